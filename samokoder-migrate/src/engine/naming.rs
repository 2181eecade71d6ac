//! What a driver keeps to itself of a refusal, and the engine needs: the SQLSTATE, and whether the
//! place that the server points at is one in the message.
//!
//! The same is run again, so that it tells, and nothing of it stays.

use super::{
    batch::before,
    execute::Execution,
    failure::Blame,
    job::Locate,
    refused::{Found, Standing},
    replay,
};
use crate::{
    error::ServerError,
    plan::Step,
    script::{
        message::Place,
        opening::{BEGIN, END, UNDO},
        sqlstate::telling,
    },
};

/// What became known.
pub(super) struct Named {
    pub(super) found: Found,
    /// What is to blame, where a step's statements were run again.
    pub(super) blame: Option<Blame>,
}

impl Execution<'_, '_> {
    /// Learns the SQLSTATE of a refusal of a message; where it cannot be told, `server` has none.
    pub(super) async fn name(
        &self,
        server: &mut ServerError,
        found: Found,
        standing: &Standing,
    ) -> Named {
        let (place, sure) = match found {
            Found::At(place) => (Some(place), found),
            Found::Perhaps(place, _) => (Some(place), Found::Nowhere),
            Found::Rows { .. } | Found::Ours | Found::Nowhere => (None, found),
        };
        // What is not the next to be done: at its syntax the server stopped before it did anything.
        let unread = place.and_then(|Place { step, .. }| {
            let step = step.filter(|&step| step != standing.steps || !standing.tables)?;
            self.writer.script(self.plan.steps.get(step)?)
        });
        if let Some(script) = unread {
            if self.job.locate == Locate::Replay {
                let again = telling(&[script.text(), UNDO]);
                self.port.name(server, again).await;
            }
            if let (Found::Perhaps(place, position), false) = (found, server.sqlstate.is_empty()) {
                server.position = Some(position);
                return Named::only(Found::At(place));
            }
            if found == sure {
                return Named::only(found);
            }
        }
        match self.next(sure, standing) {
            Some((_, step)) if step.is_outside(self.job.set) => Named::only(sure),
            Some((index, step)) => Named {
                found: sure,
                blame: Some(self.replay(server, index, step).await),
            },
            None => {
                let opening = self.opening.strip_prefix(BEGIN);
                if let Some(opening) = opening.and_then(|opening| opening.strip_suffix(END)) {
                    self.port.name(server, telling(&[opening, UNDO])).await;
                }
                Named::only(sure)
            }
        }
    }

    /// Returns the step that the server stopped at.
    pub(super) fn next(&self, found: Found, standing: &Standing) -> Option<(usize, &Step)> {
        let index = match found {
            Found::At(_) | Found::Rows { .. } => found.step(),
            Found::Ours => Some(standing.steps),
            // Our tables are committed before the first step is begun.
            Found::Perhaps(..) | Found::Nowhere => standing.tables.then_some(standing.steps),
        }?;
        Some((index, self.plan.steps.get(index)?))
    }

    /// Runs the step's statements again, to see which of them fails.
    pub(super) async fn replay(
        &self,
        server: &mut ServerError,
        index: usize,
        step: &Step,
    ) -> Blame {
        let before = before(self.plan, index);
        let locate = self.job.locate;
        replay::locate(self.port, &self.writer, locate, step, before, server).await
    }
}

impl Named {
    fn only(found: Found) -> Self {
        Self { found, blame: None }
    }
}
