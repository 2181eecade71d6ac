samokoder_migrate::embed_migrations!("./SM0104_orphan_downgrade");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
