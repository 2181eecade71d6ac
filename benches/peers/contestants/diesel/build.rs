//! Writes the migrations that are built in.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    workload::build(
        workload::Layout::Folders,
        workload::Place::Out,
        "pub const EMBEDDED: ::diesel_migrations::EmbeddedMigrations = ::diesel_migrations::embed_migrations!(\"{folder}\");\n",
    )?;
    Ok(())
}
