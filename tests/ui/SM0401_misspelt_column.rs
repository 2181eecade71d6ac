samokoder_migrate::embed_migrations!("./SM0401_misspelt_column");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
