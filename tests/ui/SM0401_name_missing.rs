samokoder_migrate::embed_migrations!("./SM0401_name_missing");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
