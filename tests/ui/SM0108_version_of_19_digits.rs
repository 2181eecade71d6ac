samokoder_migrate::embed_migrations!("./SM0108_version_of_19_digits");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
