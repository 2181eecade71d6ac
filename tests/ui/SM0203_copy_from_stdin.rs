samokoder_migrate::embed_migrations!("./SM0203_copy_from_stdin");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
