samokoder_migrate::embed_migrations!("./SM0405_left_behind");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
