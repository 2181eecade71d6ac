samokoder_migrate::embed_migrations!("./SM0402_name_taken");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
