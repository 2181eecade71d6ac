samokoder_migrate::embed_migrations!("./SM0304_lock_syntax");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
