// The migrations are checked all the same.
samokoder_migrate::embed_migrations!("./SM0201_syntax_error", seeds = "./seed");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
