samokoder_migrate::embed_migrations!("./SM0202_psql_command");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
