samokoder_migrate::embed_migrations!("./SM0206_transaction_control");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
