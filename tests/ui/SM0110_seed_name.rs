samokoder_migrate::embed_migrations!("./SM0110_seed_name", seeds = "./SM0110_seed_name/seeds");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
