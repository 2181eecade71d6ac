//! What a run is asked for.

use crate::revision::{Point, Target};

/// What a run is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Up to a target, then, at head, the seeds; down only where it is allowed.
    RunTo(Target, Downward),
    /// Down by so many migrations.
    Downgrade(usize),
    /// Down to a target.
    DowngradeTo(Target),
    /// Record a target without running anything.
    Stamp(Target),
    /// Record what another tool applied, where nothing was recorded before.
    #[cfg_attr(
        not(feature = "refinery"),
        expect(dead_code, reason = "what knows another tool asks for it")
    )]
    Adopt(Adopt),
    /// Run one seed, due or not.
    Seed(usize),
    /// Decide whether the statement that a run was cut off at happened.
    Repair(Repair),
}

/// What is decided of the statement that a run outside a transaction was cut off at.
///
/// The next run goes on by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repair {
    /// It happened, or was finished by hand: the script goes on after it.
    Done,
    /// It did not, or was undone by hand: the script goes on with it.
    Again,
}

/// What another tool applied, and the proof that it still says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Adopt {
    pub(crate) point: Point,
    /// A block of PL/pgSQL that raises [`FOREIGN`](crate::script::opening::FOREIGN) where the
    /// other tool's history is no longer what was read.
    pub(crate) condition: String,
}

/// Whether `run_to` may move down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Downward {
    /// A target below is an error.
    Refused,
    /// It is what the caller wants.
    Allowed,
}

/// What is done with a database that is ahead of this build.
///
/// A database is ahead when this build's history is the beginning of its own: a newer build ran.
/// A database whose history parts from the build's is an error whatever is chosen here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NewerDatabase {
    /// It is an error, SM0604.
    Refuse,
    /// It is accepted, with a warning in the report: old copies restart during a rolling deploy.
    #[default]
    Accept,
    /// What the newer build applied is taken back by the downgrade scripts that it left in the
    /// history, and the run goes on from this build's head. This build has never seen them: it
    /// trusts whoever may write to the history, which is looked at first (SM0704).
    ///
    /// It holds for `run_to`, `downgrade_to` and `downgrade`. While copies of the newer build still
    /// start, the two would undo each other's work.
    Downgrade,
}
