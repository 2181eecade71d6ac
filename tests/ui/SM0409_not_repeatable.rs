samokoder_migrate::embed_migrations!("./SM0409_not_repeatable");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateNames);
}
