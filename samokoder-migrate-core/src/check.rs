//! The way from folders to a checked history.

use crate::{Diagnostics, migration::History};

/// What the checks are told.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The oldest major version of PostgreSQL that must take the SQL: 13 to 19.
    pub postgres: Option<u16>,
    /// What the platform provides beside PostgreSQL itself.
    pub profile: Option<Profile>,
}

/// A platform that provides schemas, roles and functions of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Supabase.
    Supabase,
}

/// What a check found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The history, if no finding is an error.
    pub history: Option<History>,
    /// All findings, sorted.
    pub diagnostics: Diagnostics,
    /// How many migrations were found, right or wrong.
    pub migrations: usize,
    /// How many statements were found in upgrades, downgrades and seeds, right or wrong.
    pub statements: usize,
    /// The names that migrations, seeds and environments had, for a stub when there is no history.
    pub names: Names,
}

/// Names that a stub of the generated module needs, whatever else is wrong.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Names {
    /// The migrations in order of version.
    pub migrations: Vec<(crate::Version, String)>,
    /// The seeds' paths, as in `Seed::path`.
    pub seeds: Vec<String>,
}
