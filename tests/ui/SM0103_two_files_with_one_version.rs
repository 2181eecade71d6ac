samokoder_migrate::embed_migrations!("./SM0103_two_files_with_one_version");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
