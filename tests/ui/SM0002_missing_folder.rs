samokoder_migrate::embed_migrations!("./gone", seeds = "SM0001_arguments");

fn main() {
    let _ = migrations::run_to(migrations::Revision::Head);
    let _ = migrations::status();
}
