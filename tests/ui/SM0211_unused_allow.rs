samokoder_migrate::embed_migrations!("./SM0211_unused_allow", seeds = "./SM0211_unused_allow/seeds");

fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
