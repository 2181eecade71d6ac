samokoder_migrate::embed_migrations!("./SM0306_unused_acceptance");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
