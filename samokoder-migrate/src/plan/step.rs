//! One thing that a plan does.

use std::fmt;

use crate::{
    Digest,
    set::{Script, Set, Transaction},
    stored::{Stored, Way},
};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Runs a migration's upgrade.
    Upgrade,
    /// Runs a migration's downgrade.
    Downgrade,
    /// Runs a seed.
    Seed,
    /// Records a revision without running anything.
    Stamp,
    /// Stores the downgrades of this build where the history holds older ones.
    Refresh,
    /// Records what was decided of a statement that a run was cut off at.
    Repair,
}

impl Kind {
    /// Returns its word in the events' table.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Seed => "seed",
            Self::Stamp => "stamp",
            Self::Refresh => "refresh-downgrades",
            Self::Repair => "repair",
        }
    }
}

/// One thing that a plan does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What it does.
    pub kind: Kind,
    /// The position, from 1, of the migration it is about; for a seed or a stamp, the position
    /// that the database is at after it.
    pub position: usize,
    /// The migration's label, or the seed's path.
    pub subject: String,
    /// Which of the set's seeds it runs.
    pub(crate) seed: usize,
    /// Where the step goes on with what an earlier run began.
    pub(crate) resume: Option<Resume>,
    /// The seed's checksum as it will be recorded, where its file of rows is a part of it.
    pub(crate) checksum: Option<Digest>,
    /// The seed's checksum as the history has it, which the step expects to find again.
    pub(crate) seen: String,
    /// The positions whose downgrades are refreshed.
    pub(crate) refresh: Vec<usize>,
    /// The way back that the history holds, where the build does not have the migration.
    pub(crate) stored: Option<Box<Stored>>,
    /// The version and label that such a step leads back to, where the build does not have that one.
    pub(crate) below: Option<(String, String)>,
    /// PL/pgSQL that the step's transaction runs under the lock, before it records anything; it
    /// raises where the step must not be done.
    pub(crate) condition: String,
}

/// Where a step goes on with what an earlier run began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resume {
    /// The statement, from 0; as many as there are where all of them ran.
    pub(crate) statement: usize,
    /// How many there are.
    pub(crate) statements: usize,
    /// The mark as it was read, which the step expects to find again.
    pub(crate) mark: String,
    /// The index, qualified and quoted, that was left invalid, and is dropped first.
    pub(crate) left: Option<String>,
}

/// Writes what it adds to a step's line in a plan.
impl fmt::Display for Resume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            statement,
            statements,
            ..
        } = self;
        if statement == statements {
            f.write_str(", all of which ran")
        } else {
            write!(f, ", from statement {} of {statements}", statement + 1)
        }
    }
}

impl Step {
    pub(crate) fn new(kind: Kind, position: usize, subject: &str) -> Self {
        Self {
            kind,
            position,
            subject: subject.to_owned(),
            seed: 0,
            resume: None,
            checksum: None,
            seen: String::new(),
            refresh: Vec::new(),
            stored: None,
            below: None,
            condition: String::new(),
        }
    }

    /// Returns the mark that the step expects to find; none where nothing may be unfinished.
    pub(crate) fn mark(&self) -> Option<&str> {
        self.resume.as_ref().map(|resume| resume.mark.as_str())
    }

    /// Returns the position that the database is at after the step.
    pub(crate) fn after(&self) -> usize {
        match self.kind {
            Kind::Downgrade => self.position.saturating_sub(1),
            _ => self.position,
        }
    }

    /// Returns whether its script runs outside a transaction, statement by statement.
    pub(crate) fn is_outside(&self, set: &Set) -> bool {
        self.script(set).is_some_and(|script| {
            script.transaction == Transaction::Outside && !script.statements.is_empty()
        })
    }

    /// Returns the script that it runs.
    pub(crate) fn script<'s>(&'s self, set: &'s Set) -> Option<&'s Script> {
        if let Some(stored) = &self.stored {
            return match &stored.way {
                Way::Script { script, .. } => Some(script),
                Way::Irreversible(_) => None,
            };
        }
        match self.kind {
            Kind::Upgrade => Some(&set.migration(self.position)?.upgrade),
            Kind::Downgrade => set.migration(self.position)?.downgrade.script(),
            Kind::Seed => Some(&set.seeds().get(self.seed)?.script),
            Kind::Stamp | Kind::Refresh | Kind::Repair => None,
        }
    }
}
