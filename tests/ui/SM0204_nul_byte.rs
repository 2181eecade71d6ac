samokoder_migrate::embed_migrations!("./SM0204_nul_byte");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
