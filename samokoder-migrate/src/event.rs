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
    /// This run, or the one that it waits for, builds an index.
    ///
    /// What a run itself builds is told by `from_env` and the command alone, which can open a second
    /// connection to look, about once a second.
    Building {
        /// Whose run it is.
        holder: &'e Holder,
        /// How far it is.
        progress: &'e Progress,
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
    /// How far an index is that it builds, where this role may see it.
    pub progress: Option<Progress>,
}

/// How far an index is that is being built, from `pg_stat_progress_create_index`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is done, in the server's words (section "Progress Reporting"): `building index: scanning table`.
    pub phase: String,
    /// How many are done of what the phase counts: blocks, tuples, or transactions waited for.
    pub done: u64,
    /// Of how many; 0 where it is not known.
    pub total: u64,
}

/// Who is told.
#[derive(Clone, Default)]
pub(crate) struct Listener {
    tell: Option<Arc<Tell>>,
    #[cfg(feature = "tracing")]
    spans: crate::spans::Spans,
}

type Tell = dyn Fn(&Event<'_>) + Send + Sync;

impl Holder {
    /// Reads a row that `script::read::holder` asks for.
    pub(crate) fn read(row: &[Option<String>]) -> Option<Self> {
        let [pid, application, role, since, progress @ ..] = row else {
            return None;
        };
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Some(Self {
            pid: text(pid),
            application: text(application),
            role: text(role),
            since: text(since),
            progress: Progress::read(progress),
        })
    }
}

impl Progress {
    fn read(row: &[Option<String>]) -> Option<Self> {
        let [phase, done, total] = row else {
            return None;
        };
        let number = |field: &Option<String>| field.as_deref()?.parse().ok();
        Some(Self {
            phase: phase.clone()?,
            done: number(done).unwrap_or_default(),
            total: number(total).unwrap_or_default(),
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
            progress,
        } = self;
        write!(
            f,
            "process {pid} (application `{application}`, role `{role}`, since {since})"
        )?;
        match progress {
            None => Ok(()),
            Some(progress) => write!(f, ", {progress}"),
        }
    }
}

/// Writes the phase, and the share that is done of it: `building index: scanning table, 45 %`.
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phase)?;
        match self.done.saturating_mul(100).checked_div(self.total) {
            None => Ok(()),
            Some(share) => write!(f, ", {share} %"),
        }
    }
}

impl Listener {
    pub(crate) fn new(tell: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        Self {
            tell: Some(Arc::new(tell)),
            #[cfg(feature = "tracing")]
            spans: crate::spans::Spans::default(),
        }
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn is_none(&self) -> bool {
        self.tell.is_none() && cfg!(not(feature = "tracing"))
    }

    pub(crate) fn tell(&self, event: &Event<'_>) {
        #[cfg(feature = "tracing")]
        self.spans.hear(event);
        if let Some(tell) = &self.tell {
            tell(event);
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.tell.is_some() {
            "Listener"
        } else {
            "None"
        })
    }
}
