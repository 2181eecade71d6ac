//! Waiting for another run: bounded, and never in a lock's queue, where a waiter holds a snapshot
//! and so stands in the way of CREATE INDEX CONCURRENTLY.

use std::time::Duration;

use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    clock::Clock,
    port::{Port, Rows},
};
use crate::{
    error::Error,
    script::{read, tables::Tables},
};

/// How long a run has waited for others, and how long it may.
#[derive(Debug)]
pub(super) struct Wait {
    patience: Duration,
    waited: Duration,
    pause: Duration,
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Wait {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience,
            waited: Duration::ZERO,
            pause: FIRST_PAUSE,
        }
    }

    /// Waits until nobody holds the lock, with short reads and growing pauses.
    pub(super) async fn until_free(
        &mut self,
        port: &Port,
        tables: &Tables,
        clock: &Clock<'_>,
    ) -> Result<(), Error> {
        loop {
            if self.waited >= self.patience || clock.is_over() {
                return Err(self.busy(port, tables).await);
            }
            let pause = self.pause.min(self.patience.saturating_sub(self.waited));
            let pause = clock.cut(pause);
            port.sleep(pause).await;
            self.waited += pause;
            self.pause = self.pause.saturating_mul(2).min(LONGEST_PAUSE);
            let answer = port.query(read::holder(tables), Rows::Last).await;
            if let Some(failure) = answer.failure {
                return Err(super::read::refused(failure));
            }
            if answer.rows.is_empty() {
                return Ok(());
            }
        }
    }

    async fn busy(&self, port: &Port, tables: &Tables) -> Error {
        let answer = port.query(read::holder(tables), Rows::Last).await;
        let mut diagnostic = Diagnostic::new(
            Code::Busy,
            format!(
                "another run is at work; gave up after {} s",
                self.waited.as_secs_f32()
            ),
        );
        if let Some([pid, application, role, since]) = answer.rows.last().map(Vec::as_slice) {
            let text = |field: &Option<String>| field.clone().unwrap_or_default();
            diagnostic = diagnostic.note(format!(
                "the lock is held by process {} (application `{}`, role `{}`, since {})",
                text(pid),
                text(application),
                text(role),
                text(since)
            ));
        }
        Error::new(
            diagnostic
                .note("nothing was done")
                .help("wait for it, or give `.wait()` more time"),
        )
    }
}
