samokoder_migrate::embed_migrations!("./SM0208_newer_syntax", postgres = 15);

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
