samokoder_migrate::embed_migrations!("./SM0207_outside_transaction");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
