samokoder_migrate::embed_migrations!("./SM0109_unreadable");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
