//! Waiting for another run: bounded, and never in a lock's queue, where a waiter holds a snapshot
//! and so stands in the way of CREATE INDEX CONCURRENTLY.

use std::time::Duration;

use samokoder_migrate_core::{Code, Diagnostic};

use super::{clock::Clock, port::Port, read::holder};
use crate::{
    error::Error,
    event::{Event, Holder, Listener},
    script::tables::Tables,
};

/// How long a run has waited for others, and how long it may.
#[derive(Debug)]
pub(super) struct Wait {
    patience: Duration,
    waited: Duration,
    pause: Duration,
    /// Who was at work when it was last looked.
    holder: Option<Holder>,
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Wait {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience,
            waited: Duration::ZERO,
            pause: FIRST_PAUSE,
            holder: None,
        }
    }

    /// Waits until nobody holds the lock, with short reads and growing pauses.
    pub(super) async fn until_free(
        &mut self,
        port: &Port,
        tables: &Tables,
        clock: &Clock<'_>,
        listener: &Listener,
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
            self.holder = holder(port, tables).await?;
            if self.holder.is_none() {
                return Ok(());
            }
            if let Some(holder) = &self.holder
                && let Some(progress) = &holder.progress
            {
                listener.tell(&Event::Building { holder, progress });
            }
            listener.tell(&Event::Waiting {
                holder: self.holder.as_ref(),
                waited: self.waited,
                patience: self.patience,
            });
        }
    }

    async fn busy(&self, port: &Port, tables: &Tables) -> Error {
        // Where it does not wait at all, nobody was looked for yet.
        let found = match &self.holder {
            None => holder(port, tables).await.ok().flatten(),
            seen => seen.clone(),
        };
        let mut diagnostic = Diagnostic::new(
            Code::Busy,
            format!(
                "another run is at work; gave up after {} s",
                self.waited.as_secs_f32()
            ),
        );
        if let Some(holder) = found {
            diagnostic = diagnostic.note(format!("the lock is held by {holder}"));
        }
        Error::new(
            diagnostic
                .note("nothing was done")
                .help("wait for it, or give `.wait()` more time"),
        )
    }
}
