samokoder_migrate::embed_migrations!("./SM0112_metadata");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
