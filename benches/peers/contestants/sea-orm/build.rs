//! Writes the migrations that are built in.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    workload::build(workload::Layout::Pairs, workload::Place::Out, "")?;
    Ok(())
}
