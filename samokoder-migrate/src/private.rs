//! What generated code names; no part of the public interface.
//!
//! A generated method is one call into here, so that a history of a thousand migrations costs its
//! crate's compiler tables and no code.

pub use core::{
    clone::Clone,
    cmp::{Eq, Ord, PartialEq, PartialOrd},
    compile_error,
    fmt::{self, Debug, Display, Formatter},
    hash::Hash,
    include_bytes,
    marker::Copy,
    option::Option,
    option_env,
    result::Result,
    str::FromStr,
};
pub use std::borrow::Cow;

pub use samokoder_migrate_core::trace::Trace;

pub use crate::{
    Repair, Version,
    name::{UnknownEnvironment, UnknownSeed},
    revision::{EnvironmentKind, Point, RevisionKind, Target, UnknownRevision},
    set::{DEFAULT_SCHEMA, DEFAULT_SET, Downgrade, Migration, Script, Seed, Set, Transaction},
    verb::{
        Plan, ReadStatus, Run, Verify, downgrade, downgrade_to, plan_to, repair, run_to, seed,
        stamp, status, verify,
    },
};

/// Returns the version of the migration that a target resolves to.
#[must_use]
pub fn version(set: &'static Set, target: Target) -> Option<Version> {
    migration(set, target).map(Migration::version)
}

/// Returns the name of the migration that a target resolves to; `base` before the first.
#[must_use]
pub fn name(set: &'static Set, target: Target) -> &'static str {
    migration(set, target).map_or("base", Migration::name)
}

/// Returns what a target is called: `head`, `base`, or version and name.
#[must_use]
pub fn label(set: &'static Set, target: Target) -> &'static str {
    match target {
        Target::Head => "head",
        Target::At(_) => migration(set, target).map_or("base", Migration::label),
    }
}

/// Returns the revision after what a target resolves to.
#[must_use]
pub fn next<R: RevisionKind>(set: &'static Set, target: Target) -> Option<R> {
    let Point(point) = target.resolve(set);
    R::at(Point(point.checked_add(1)?))
}

/// Returns the revision before what a target resolves to.
#[must_use]
pub fn prev<R: RevisionKind>(set: &'static Set, target: Target) -> Option<R> {
    let Point(point) = target.resolve(set);
    R::at(Point(point.checked_sub(1)?))
}

/// Returns the revision that a target resolves to.
#[must_use]
pub fn resolve<R: RevisionKind>(set: &'static Set, target: Target, otherwise: R) -> R {
    R::at(target.resolve(set)).unwrap_or(otherwise)
}

/// Returns the revision at a point: 0 is `base`, the others are positions in `all` from 1.
#[must_use]
pub fn at<R: Copy>(point: Point, base: R, all: &[R]) -> Option<R> {
    match point.0.checked_sub(1) {
        None => Some(base),
        Some(position) => all.get(position).copied(),
    }
}

/// Reads a revision.
///
/// # Errors
///
/// [`UnknownRevision`] where no migration, or more than one, is meant.
pub fn parse<R: RevisionKind>(
    set: &'static Set,
    text: &str,
    head: R,
) -> Result<R, UnknownRevision> {
    Ok(match Target::parse(set, text)? {
        Target::Head => head,
        Target::At(point) => R::at(point).unwrap_or(head),
    })
}

/// Returns a seed's path.
#[must_use]
pub fn seed_path(set: &'static Set, index: usize) -> &'static str {
    set.seeds().get(index).map_or("", Seed::path)
}

/// Returns an entry of a table, or `None` outside it.
#[must_use]
pub fn lookup<T: Copy>(table: &[Option<T>], index: usize) -> Option<T> {
    table.get(index).copied().flatten()
}

/// Returns a text of a table, or an empty one outside it.
#[must_use]
pub fn text(table: &[&'static str], index: usize) -> &'static str {
    table.get(index).copied().unwrap_or_default()
}

/// Reads a seed by its path.
///
/// # Errors
///
/// [`UnknownSeed`] where no seed has that path.
pub fn parse_seed<T: Copy>(
    all: &[T],
    path: fn(T) -> &'static str,
    text: &str,
) -> Result<T, UnknownSeed> {
    find(all, path, text).map_err(|known| UnknownSeed::new(text, known))
}

/// Reads an environment by its name.
///
/// # Errors
///
/// [`UnknownEnvironment`] where no environment has that name.
pub fn parse_environment<T: Copy>(
    all: &[T],
    name: fn(T) -> &'static str,
    text: &str,
) -> Result<T, UnknownEnvironment> {
    find(all, name, text).map_err(|known| UnknownEnvironment::new(text, known))
}

fn find<T: Copy>(
    all: &[T],
    name: fn(T) -> &'static str,
    text: &str,
) -> Result<T, Vec<&'static str>> {
    let found = all.iter().copied().find(|&item| name(item) == text);
    found.ok_or_else(|| all.iter().copied().map(name).collect())
}

fn migration(set: &'static Set, target: Target) -> Option<&'static Migration> {
    set.migration(target.resolve(set).0)
}
