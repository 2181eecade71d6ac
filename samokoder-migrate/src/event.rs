//! What a run tells while it is at work.

use std::{fmt, sync::Arc, time::Duration};

use crate::{error::Error, plan::Step, report::StepReport};

/// What a run tells a listener while it is at work, in the order in which it happens.
///
/// A run that has nothing to do tells nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A plan is made. It is made anew, and told again, after the history has moved, after a wait and
    /// after a lost lock.
    Planned {
        /// The run's identifier.
        run: &'e str,
        /// What will be done.
        steps: &'e [Step],
    },
    /// A message is sent, which does these steps.
    Sent {
        /// The steps.
        steps: &'e [Step],
    },
    /// A step was done, and stands.
    Done(&'e StepReport),
    /// Another run is at work, and this one looks again after a pause.
    Waiting {
        /// Who is at work, unless it has just ended.
        holder: Option<&'e Holder>,
        /// How long this run has waited.
        waited: Duration,
        /// How long it will.
        patience: Duration,
    },
    /// A step lost a lock, was undone, and will be tried again.
    Retrying {
        /// The migration's label, or the seed's path.
        subject: &'e str,
        /// Which attempt comes next, from 2.
        attempt: u32,
        /// After which pause.
        pause: Duration,
    },
    /// The run has failed.
    Failed(&'e Error),
}

/// Who holds the lock that runs take turns by, from `pg_locks` and `pg_stat_activity`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The backend's process.
    pub pid: String,
    /// Its `application_name`.
    pub application: String,
    /// The role that it is logged in as.
    pub role: String,
    /// When its transaction began: RFC 3339 in UTC, or nothing where it has none.
    pub since: String,
}

/// Who is told.
#[derive(Clone, Default)]
pub(crate) struct Listener(Option<Arc<Tell>>);

type Tell = dyn Fn(&Event<'_>) + Send + Sync;

impl Holder {
    /// Reads a row that `script::read::holder` asks for.
    pub(crate) fn read(row: &[Option<String>]) -> Option<Self> {
        let [pid, application, role, since] = row else {
            return None;
        };
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Some(Self {
            pid: text(pid),
            application: text(application),
            role: text(role),
            since: text(since),
        })
    }
}

/// Writes it as a message says it.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pid,
            application,
            role,
            since,
        } = self;
        write!(
            f,
            "process {pid} (application `{application}`, role `{role}`, since {since})"
        )
    }
}

impl Listener {
    pub(crate) fn new(tell: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(tell)))
    }

    pub(crate) fn tell(&self, event: &Event<'_>) {
        if let Some(tell) = &self.0 {
            tell(event);
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Listener" } else { "None" })
    }
}
