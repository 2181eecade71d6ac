//! How much of its time a run has left.

use std::time::Duration;

use samokoder_migrate_core::{Code, Diagnostic};

use super::port::Port;
use crate::error::{Error, Result, ServerError};

/// How much of its time a run has left: what its messages and pauses take is what the engine sees
/// pass.
#[derive(Debug)]
pub(super) struct Clock<'e> {
    port: &'e Port,
    deadline: Option<Duration>,
}

impl<'e> Clock<'e> {
    pub(super) fn new(port: &'e Port, deadline: Option<Duration>) -> Self {
        Self { port, deadline }
    }

    /// Returns what is left; `None` where there is no end to it.
    ///
    /// PostgreSQL takes a timeout of zero for none, so there is always a little left.
    pub(super) fn left(&self) -> Option<Duration> {
        let deadline = self.deadline?;
        let left = deadline.saturating_sub(self.port.elapsed());
        Some(left.max(Duration::from_millis(1)))
    }

    /// Returns a pause, cut where the time ends.
    pub(super) fn cut(&self, pause: Duration) -> Duration {
        self.left().map_or(pause, |left| pause.min(left))
    }

    pub(super) fn is_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| self.port.elapsed() >= deadline)
    }

    /// Fails where the time is over: what was done stands, and nothing more is begun.
    pub(super) fn check(&self) -> Result<()> {
        if !self.is_over() {
            return Ok(());
        }
        Err(Error::new(
            Diagnostic::new(Code::DeadlinePassed, self.over())
                .note("nothing more was begun; what was done before stands")
                .help(
                    "run again: it goes on where this one ended; `.deadline()` gives it more time",
                ),
        ))
    }

    /// Says of a statement that the server cancelled that it was for the deadline's sake.
    pub(super) fn told(&self, error: Error) -> Error {
        let is_cancelled = error.server().is_some_and(ServerError::is_cancelled);
        if is_cancelled && self.is_over() {
            error.map(|diagnostic| diagnostic.note(self.over()))
        } else {
            error
        }
    }

    fn over(&self) -> String {
        let deadline = self.deadline.unwrap_or_default();
        format!("the run's {} s are over", deadline.as_secs_f32())
    }
}
