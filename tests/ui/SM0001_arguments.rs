samokoder_migrate::embed_migrations!(
    "./SM0001_arguments",
    sedes = "./seeds",
    postgres = "15",
    profile = "aws",
    set = "",
    set = "billing",
    schema,
);

// The names are known in spite of the error.
fn main() {
    let _ = migrations::run_to(migrations::Revision::CreateUsers);
}
