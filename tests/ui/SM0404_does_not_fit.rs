samokoder_migrate::embed_migrations!("./SM0404_does_not_fit");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
