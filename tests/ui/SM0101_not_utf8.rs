samokoder_migrate::embed_migrations!("./SM0101_not_utf8");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
