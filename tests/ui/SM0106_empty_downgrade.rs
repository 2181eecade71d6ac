samokoder_migrate::embed_migrations!("./SM0106_empty_downgrade");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
