//! Writes the migrations that are built in.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let code = "::samokoder_migrate::embed_migrations!();\n";
    let folder = workload::build(workload::Layout::Pairs, workload::Place::Crate, code)?;
    // What this script writes is made anew whenever cargo runs it.
    println!(
        "cargo::rustc-env=SAMOKODER_MIGRATE_WATCH={}",
        folder.display()
    );
    Ok(())
}
