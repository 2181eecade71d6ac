//! One thing that a caller wants done.

use std::time::Duration;

use crate::{
    event::Listener,
    plan::{Alignment, Goal, NewerDatabase, Seen, Situation},
    script::settings::Timeouts,
    set::Set,
    state::Recorded,
    stored::Stored,
};

/// One thing that a caller wants done, with how.
#[derive(Clone, Debug)]
pub(crate) struct Job<'s> {
    pub(crate) set: &'s Set,
    pub(crate) goal: Goal,
    pub(crate) environment: Option<String>,
    pub(crate) newer: NewerDatabase,
    pub(crate) timeouts: Timeouts,
    /// How long to wait for another run.
    pub(crate) patience: Duration,
    /// How often a step that lost a lock is tried again.
    pub(crate) retries: u32,
    /// How long the whole may take.
    pub(crate) deadline: Option<Duration>,
    /// Roles, beside the current one, that may own the history.
    pub(crate) trusted: Vec<String>,
    pub(crate) locate: Locate,
    pub(crate) listener: Listener,
}

/// How the statement that failed is found where neither the server nor the driver tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locate {
    /// The step's statements are run one by one in a transaction that is rolled back.
    Replay,
    /// It is not; only the step is named.
    Never,
}

impl<'s> Job<'s> {
    pub(crate) fn new(set: &'s Set, goal: Goal) -> Self {
        Self {
            set,
            goal,
            environment: None,
            newer: NewerDatabase::default(),
            timeouts: Timeouts::default(),
            patience: Duration::from_secs(60),
            retries: 9,
            deadline: None,
            trusted: Vec::new(),
            locate: Locate::Replay,
            listener: Listener::default(),
        }
    }

    /// Returns what the job's plan is made from, where the database is as it was read.
    pub(super) fn situation<'p>(
        &'p self,
        recorded: Option<&'p Recorded>,
        alignment: &'p Alignment,
        stored: &'p [Stored],
        seen: Option<&'p Seen>,
    ) -> Situation<'p> {
        Situation {
            set: self.set,
            recorded,
            alignment,
            environment: self.environment.as_deref(),
            newer: self.newer,
            stored,
            seen,
        }
    }
}
