//! What happened, also after a failure.

use std::{collections::BTreeMap, fmt, marker::PhantomData, time::Duration};

use crate::{
    Version,
    plan::Kind,
    revision::{Point, RevisionKind},
};

/// Where a database is: at a revision that this build knows, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Current<R> {
    /// A revision of this build; Base where nothing is applied.
    Known(R),
    /// A revision that this build does not have: a newer or a different build ran.
    Unknown {
        /// Its version, as the history has it.
        version: String,
        /// Its label, as the history has it.
        label: String,
    },
}

impl<R: Copy> Current<R> {
    /// Returns the revision, if this build knows it.
    #[must_use]
    pub fn known(&self) -> Option<R> {
        match self {
            Self::Known(revision) => Some(*revision),
            Self::Unknown { .. } => None,
        }
    }
}

impl<R: PartialEq> PartialEq<R> for Current<R> {
    fn eq(&self, other: &R) -> bool {
        matches!(self, Self::Known(revision) if revision == other)
    }
}

/// What a run did.
///
/// A run that had nothing to do has no steps.
#[derive(Clone, Debug)]
pub struct Report<R> {
    pub(crate) raw: Raw,
    revision: PhantomData<fn() -> R>,
}

/// What a run did, without the types of the set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Raw {
    pub(crate) run: String,
    pub(crate) steps: Vec<StepReport>,
    pub(crate) current: Spot,
    pub(crate) warnings: Vec<String>,
    pub(crate) waits: usize,
    pub(crate) elapsed: Duration,
    /// How often each step lost a lock.
    pub(crate) lost: BTreeMap<String, u32>,
}

/// Where a database is, without the types of the set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) position: usize,
    pub(crate) label: String,
    /// The version, where the build does not have it.
    pub(crate) unknown: Option<String>,
}

/// One step that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepReport {
    /// What it did.
    pub kind: Kind,
    /// The migration's label, or the seed's path.
    pub subject: String,
    /// The version of the migration, if it is about one.
    pub version: Option<Version>,
    /// How long it took on the server, in whole milliseconds, where that is known.
    pub duration: Option<Duration>,
    /// At which attempt it was done, from 1: one that lost a lock is tried again.
    pub attempts: u32,
}

impl<R> Report<R> {
    pub(crate) fn new(raw: Raw) -> Self {
        Self {
            raw,
            revision: PhantomData,
        }
    }

    /// Returns the steps that were done and stand, in order.
    #[must_use]
    pub fn steps(&self) -> &[StepReport] {
        &self.raw.steps
    }

    /// Returns whether there was nothing to do.
    #[must_use]
    pub fn is_noop(&self) -> bool {
        self.raw.steps.is_empty()
    }

    /// Returns what the caller should know though nothing failed.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.raw.warnings
    }

    /// Returns how many messages were sent and waited for.
    #[must_use]
    pub fn round_trips(&self) -> usize {
        self.raw.waits
    }

    /// Returns how long the messages took, together.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.raw.elapsed
    }

    /// Returns the run's identifier, which its rows among the events carry.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.raw.run
    }
}

impl<R: RevisionKind> Report<R> {
    /// Returns where the database is now; never `Head`.
    #[must_use]
    pub fn current(&self) -> Current<R> {
        self.raw.current.typed()
    }
}

impl Spot {
    pub(crate) fn typed<R: RevisionKind>(&self) -> Current<R> {
        let known = if self.unknown.is_some() {
            None
        } else {
            R::at(Point(self.position))
        };
        known.map_or_else(
            || Current::Unknown {
                version: self.unknown.clone().unwrap_or_default(),
                label: self.label.clone(),
            },
            Current::Known,
        )
    }
}

impl<R> fmt::Display for Report<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for warning in &self.raw.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        for step in &self.raw.steps {
            let verb = match step.kind {
                Kind::Upgrade => "upgraded",
                Kind::Downgrade => "downgraded",
                Kind::Seed => "seeded",
                Kind::Stamp => "stamped",
                Kind::Refresh => "refreshed the stored downgrades up to",
                Kind::Repair => "decided on",
            };
            write!(f, "{verb} {}", step.subject)?;
            let mut notes: Vec<String> = Vec::new();
            notes.extend(step.duration.map(|time| format!("{} ms", time.as_millis())));
            if step.attempts > 1 {
                notes.push(format!("at attempt {}", step.attempts));
            }
            if !notes.is_empty() {
                write!(f, " ({})", notes.join(", "))?;
            }
            writeln!(f)?;
        }
        if self.raw.steps.is_empty() {
            write!(f, "nothing to do, ")?;
        }
        write!(f, "the database is at {}", self.raw.current.label)
    }
}
