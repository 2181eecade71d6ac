//! Writes the migrations that are built in.

/// How many migrations refinery's macro is given: at 1,000 its release build takes longer than the
/// whole comparison. Beyond, its runner is given what the macro writes, from constants.
const MACRO: usize = 100;

const BY_MACRO: &str = "::refinery::embed_migrations!(\"{folder}\");
pub fn runner() -> ::refinery::Runner { migrations::runner() }
";

const BY_TABLE: &str = "pub fn runner() -> ::refinery::Runner {
    let migrations: Vec<_> = MIGRATIONS
        .iter()
        .filter_map(|(number, name, up, _, _)| {
            ::refinery::Migration::unapplied(&format!(\"V{number}__{name}\"), up).ok()
        })
        .collect();
    ::refinery::Runner::new(&migrations)
}
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let code = if workload::count()? > MACRO {
        BY_TABLE
    } else {
        BY_MACRO
    };
    workload::build(workload::Layout::Versions, workload::Place::Out, code)?;
    Ok(())
}
