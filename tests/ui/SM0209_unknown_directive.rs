samokoder_migrate::embed_migrations!("./SM0209_unknown_directive");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
