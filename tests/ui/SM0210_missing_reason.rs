samokoder_migrate::embed_migrations!("./SM0210_missing_reason");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
