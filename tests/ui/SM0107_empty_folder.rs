samokoder_migrate::embed_migrations!("./SM0107_empty_folder");

fn main() {
    let _ = migrations::run_to(migrations::Revision::Head);
}
