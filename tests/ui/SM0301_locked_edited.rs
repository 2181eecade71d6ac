samokoder_migrate::embed_migrations!("./SM0301_locked_edited");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
