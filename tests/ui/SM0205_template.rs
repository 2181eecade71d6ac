samokoder_migrate::embed_migrations!("./SM0205_template");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
