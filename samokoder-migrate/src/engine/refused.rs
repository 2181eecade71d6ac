//! After the server refused a message: what stands, who is to blame, what is recorded.

use super::{
    batch::is_outside,
    execute::{Execution, Trouble},
    failure::{Blame, failed, foreign, incomplete, ours, untrusted},
    naming::Named,
    port::Failure,
    read,
};
use crate::{
    error::{Error, Result, ServerError},
    report::Raw,
    script::{
        message::{Part, Place},
        opening::{self, BEGIN},
        read::state as read_state,
        record,
        settings::own_path,
    },
};

/// Where in a message the server stopped, as far as it and the driver tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// There.
    At(Place),
    /// There, and at this character, unless it is one of a query inside a function.
    Perhaps(Place, usize),
    /// In what is ours.
    Ours,
    /// They do not tell.
    Nowhere,
}

/// A lock was not had in time, or who waited for whom was a circle: the step is undone, and may well
/// do the next time (appendix "PostgreSQL Error Codes").
const LOST_LOCK: [&str; 2] = ["55P03", "40P01"];

/// What the database holds of a plan that was stopped.
pub(super) struct Standing {
    /// How many of its steps stand, from the first.
    pub(super) steps: usize,
    /// Whether our tables are there.
    pub(super) tables: bool,
}

impl Execution<'_, '_> {
    /// The server refused a message: sees what stands, finds the statement, records the failure.
    pub(super) async fn refused(
        &self,
        raw: &mut Raw,
        mut server: ServerError,
        found: Found,
    ) -> Trouble {
        let standing = match self.settle(raw).await {
            Ok(standing) => standing,
            Err(error) => {
                return error
                    .map(|diagnostic| {
                        diagnostic.note(format!("the server had refused: {}", server.message))
                    })
                    .into();
            }
        };
        match server.sqlstate.as_str() {
            opening::BUSY => return Trouble::Busy,
            opening::MOVED => return Trouble::Moved,
            opening::FOREIGN => return foreign(server).into(),
            opening::INCOMPLETE => return incomplete(server).into(),
            opening::UNTRUSTED => {
                return untrusted(self.job.set, &server.message)
                    .with_server(server)
                    .into();
            }
            _ => {}
        }
        let Named { found, blame } = if server.sqlstate.is_empty() {
            self.name(&mut server, found, &standing).await
        } else {
            Named { found, blame: None }
        };
        let next = self.next(found, &standing);
        if let Some((_, step)) = next
            && LOST_LOCK.contains(&server.sqlstate.as_str())
            && !is_outside(&self.writer, step)
            && Self::lost_locks(raw, step) < self.job.retries
            && !self.clock.is_over()
        {
            return Trouble::Contended(step.subject.clone());
        }
        let Some((index, step)) = next else {
            return ours(self.job.set, server).into();
        };
        let blame = match found {
            Found::At(Place {
                part: Part::Script,
                offset,
                ..
            }) if server.position.is_some() => Blame::Character(offset),
            Found::At(Place {
                part: Part::Script,
                offset,
                ..
            }) => Blame::Statement {
                statement: offset,
                offset: None,
            },
            Found::At(Place {
                part: Part::Commit, ..
            }) => Blame::Commit,
            Found::At(Place {
                part: Part::Ours, ..
            })
            | Found::Ours => Blame::Ours,
            Found::Perhaps(..) | Found::Nowhere => match blame {
                Some(blame) => blame,
                None => self.replay(&mut server, index, step).await,
            },
        };
        let lost = Self::lost_locks(raw, step);
        let trouble = self.report(raw, server, index, blame).await;
        match trouble {
            Trouble::Failed(error) if lost > 0 => {
                let attempts = format!("the lock was not had at {} attempts", lost + 1);
                error.map(|diagnostic| diagnostic.note(attempts)).into()
            }
            trouble => trouble,
        }
    }

    /// Ends what is open, and reads which steps stand; returns how many.
    async fn settle(&self, raw: &mut Raw) -> Result<Standing> {
        let set = self.job.set;
        let mut query = read_state(self.writer.tables, set, Some(self.writer.run));
        query.sql.insert_str(0, "ROLLBACK;\n");
        let answer = self.port.query(query).await;
        let state = read::state_of(set, answer)?;
        let done = state.history.as_ref().map_or(0, |recorded| recorded.done);
        let standing = done.saturating_sub(self.before).min(self.plan.steps.len());
        let told = raw.steps.len();
        self.stands(raw, told.saturating_sub(self.before)..standing);
        self.tell(raw, told);
        Ok(Standing {
            steps: standing,
            tables: state.history.is_some(),
        })
    }

    /// Records the failure, by a commit that reaches the disk and so takes the steps before it
    /// there too, and makes the error.
    pub(super) async fn report(
        &self,
        raw: &mut Raw,
        server: ServerError,
        index: usize,
        blame: Blame,
    ) -> Trouble {
        let Some(step) = self.plan.steps.get(index) else {
            return ours(self.job.set, server).into();
        };
        let error = failed(&self.writer, step, blame, &server, &raw.steps, &raw.current);
        let event = format!(
            "{BEGIN}{}SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true);\n{}COMMIT;\n",
            own_path(),
            record::failed(
                self.writer.tables,
                self.job.set,
                step,
                self.writer.run,
                &server.sqlstate,
                &error.to_string(),
            )
        );
        let mut answer = self.port.query(format!("ROLLBACK;\n{event}")).await;
        if let Some(Failure::Server(_)) = answer.failure {
            // Syntax that the server does not know stops a message before any of it runs, so that our
            // tables may not be there.
            let message = format!("ROLLBACK;\n{}{event}", self.opening);
            answer = self.port.query(message).await;
        }
        if answer.failure.is_none() {
            return error.with_server(server).into();
        }
        self.port.query("ROLLBACK").await;
        let error = error.map(|diagnostic| {
            diagnostic.note(
                "the failure could not be recorded, so the last steps may not yet be on the server's disk",
            )
        });
        error.with_server(server).into()
    }

    pub(super) fn lost(raw: &Raw, reason: &str) -> Error {
        let known = raw.steps.last().map_or_else(
            || "no step of this run is known to stand".to_owned(),
            |step| format!("up to {} is known to stand", step.subject),
        );
        Error::lost(reason).map(|diagnostic| {
            diagnostic.note(known).note(
                "the server may have gone on; each step is either applied and recorded, or neither",
            )
        })
    }
}
