//! The way from folders to a checked history.

use crate::{
    Diagnostics, Digest, Position, assemble, exception::Exception, folder::Folder,
    migration::History, stack,
};

/// Checks a folder of migrations, and one of seeds.
///
/// It works on a thread of its own, whose stack deeply nested SQL does not overflow, and on a
/// second one where there is much to read.
///
/// ```
/// use samokoder_migrate_core::{check::{Options, check}, folder::Folder};
///
/// let migrations = Folder::new("migrations")
///     .file("001_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY);")
///     .file("001_users.down.sql", "DROP TABLE users;");
/// let checked = check(&migrations, None, &Options::default());
/// assert!(checked.diagnostics.is_empty());
/// assert_eq!(checked.history.unwrap().migrations()[0].name, "users");
/// ```
#[must_use]
pub fn check(migrations: &Folder, seeds: Option<&Folder>, options: &Options) -> Checked {
    stack::on_large_stack(|| assemble::assemble(migrations, seeds, options))
}

/// Replays the upgrades of a folder, and shows the catalog after each to `visit`, with the migration's
/// label; statements that the replay refuses are passed over.
pub fn replay(
    migrations: &Folder,
    options: &Options,
    visit: impl FnMut(&str, &crate::catalog::Catalog) + Send,
) {
    stack::on_large_stack(|| assemble::replay(migrations, options, visit));
}

/// What the checks are told.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The oldest major version of PostgreSQL that must take the SQL: 13 to 19.
    pub postgres: Option<u16>,
    /// What the platform provides beside PostgreSQL itself.
    pub profile: Option<Profile>,
    /// What the database holds at Base.
    pub baseline: Baseline,
    /// What the findings of the catalog are.
    pub catalog: Judgement,
}

/// What the database holds before the first migration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Baseline {
    /// `public` is there and empty.
    #[default]
    Empty,
    /// Anything may be there.
    Unknown,
}

/// What the findings of the catalog (stage 04) are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Judgement {
    /// What each code says.
    #[default]
    Deny,
    /// Warnings, all of them.
    Warn,
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
    /// The upgrades that could be read, in order: labels and checksums, for a new lock file.
    pub upgrades: Vec<(String, Digest)>,
    /// The ways out that were taken, sorted by place: what to read before a release.
    pub exceptions: Vec<Exception>,
    /// The statements whose effect is not all in their text: `DO`, calls of functions that change the
    /// schema.
    pub opaque: Vec<Opaque>,
    /// The labels of the migrations whose downgrades have faults that a lock file can accept.
    pub broken_downgrades: Vec<String>,
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

/// A statement whose effect is not all in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opaque {
    /// The script, as diagnostics show it.
    pub path: String,
    /// Where the statement begins.
    pub position: Position,
    /// How much may have changed.
    pub reach: Reach,
}

/// How much an opaque statement may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reach {
    /// What can be said: all else is known as before.
    Part,
    /// Anything.
    All,
}
