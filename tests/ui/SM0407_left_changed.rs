samokoder_migrate::embed_migrations!("./SM0407_left_changed");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
