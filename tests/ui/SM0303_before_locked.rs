samokoder_migrate::embed_migrations!("./SM0303_before_locked");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
