samokoder_migrate::embed_migrations!("./SM0201_syntax_error");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
