samokoder_migrate::embed_migrations!("./SM0111_mixed_layouts");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
