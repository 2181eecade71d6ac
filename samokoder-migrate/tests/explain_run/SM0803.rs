use refinery_core::Runner;
use samokoder_migrate::{Result, Set, compat::refinery};

/// The set is the embedded one, `&migrations::SET`.
pub fn back_to_refinery(set: &Set) -> Result<Runner> {
    refinery::runner(set)
}
