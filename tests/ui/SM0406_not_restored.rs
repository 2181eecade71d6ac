samokoder_migrate::embed_migrations!("./SM0406_not_restored");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
