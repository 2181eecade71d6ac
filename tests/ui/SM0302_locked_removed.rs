samokoder_migrate::embed_migrations!("./SM0302_locked_removed");

fn main() {
    let _ = migrations::run_to(migrations::Revision::Head);
}
