samokoder_migrate::embed_migrations!("./SM0105_no_downgrade");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
