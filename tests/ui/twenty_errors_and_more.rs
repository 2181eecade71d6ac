samokoder_migrate::embed_migrations!("./twenty_errors_and_more");

fn main() {
    let _ = migrations::run_to(migrations::Revision::Users1);
}
