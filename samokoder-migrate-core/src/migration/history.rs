//! The checked, ordered set of migrations and seeds.

use super::{Migration, Seed};

/// The checked history: migrations in order of version, seeds in order of path.
///
/// Only `check` makes one, so whoever holds it holds migrations that were checked.
#[derive(Clone, Debug)]
pub struct History {
    migrations: Vec<Migration>,
    seeds: Vec<Seed>,
}

impl History {
    /// Wraps what was checked.
    pub(crate) fn new(migrations: Vec<Migration>, seeds: Vec<Seed>) -> Self {
        Self { migrations, seeds }
    }

    /// Returns the migrations, in order of version.
    #[must_use]
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// Returns the seeds: those of every environment first, then by environment and path.
    #[must_use]
    pub fn seeds(&self) -> &[Seed] {
        &self.seeds
    }

    /// Returns the environments that have seeds, sorted, each once.
    #[must_use]
    pub fn environments(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .seeds
            .iter()
            .filter_map(|seed| seed.environment.as_deref())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
