samokoder_migrate::embed_migrations!("./SM0102_file_name");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
