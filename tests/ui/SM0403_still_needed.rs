samokoder_migrate::embed_migrations!("./SM0403_still_needed");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
