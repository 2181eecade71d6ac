//! After the server refused a message: what stands, who is to blame, what is recorded.

use samokoder_migrate_core::Code;

use super::{
    advice::remedy,
    execute::{Execution, Trouble},
    failure::{Blame, failed, foreign, gone, incomplete, ours, untrusted},
    naming::Named,
    port::Failure,
    read,
};
use crate::{
    error::{Error, Result, ServerError},
    plan::Step,
    report::Raw,
    script::{
        message::{Part, Place},
        opening::{self, BEGIN},
        read::state as read_state,
        record::{self, Timed},
        settings::own_path,
        shared::{Sharing, is_gone, unshared},
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
    /// At a file of rows, or around it.
    Rows { step: usize, line: Option<usize> },
}

impl Found {
    /// Returns the step of the plan that it is in, where that is told.
    pub(super) fn step(self) -> Option<usize> {
        match self {
            Self::At(Place { step, .. }) => step,
            Self::Rows { step, .. } => Some(step),
            Self::Perhaps(..) | Self::Ours | Self::Nowhere => None,
        }
    }
}

/// A lock was not had in time, or who waited for whom was a circle: the step is undone, and may well
/// do the next time (appendix "PostgreSQL Error Codes").
pub(super) const LOST_LOCK: [&str; 2] = ["55P03", "40P01"];

/// Has the commit of its transaction flushed, whatever the database is set to.
const FLUSHED: &str = "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true);\n";

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
                return Self::unsettled(raw, error, &server).into();
            }
        };
        match server.sqlstate.as_str() {
            opening::BUSY => return Trouble::Busy,
            opening::MOVED => return Trouble::Moved,
            opening::LOST_SESSION => {
                let step = found.step().and_then(|index| self.plan.steps.get(index));
                let subject = step.map_or("the script", |step| &step.subject);
                return self.lost_session(subject).await.with_server(server).into();
            }
            opening::FOREIGN => return foreign(server).into(),
            opening::INCOMPLETE => return incomplete(server).into(),
            opening::UNTRUSTED => {
                return untrusted(self.job.set, &server.message)
                    .with_server(server)
                    .into();
            }
            _ => {}
        }
        if self.opened && !standing.tables {
            return self.gone(raw, server, found).into();
        }
        if self.sharing == Sharing::Yes && is_gone(&server) {
            return Trouble::Unprepared;
        }
        let Named { found, blame } = if server.sqlstate.is_empty() {
            self.name(&mut server, found, &standing).await
        } else {
            Named { found, blame: None }
        };
        let next = self.next(found, &standing);
        if let Some((_, step)) = next
            && LOST_LOCK.contains(&server.sqlstate.as_str())
            && !step.is_outside(self.job.set)
            && self.may_retry(raw, step)
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
            Found::Rows { line, .. } => Blame::Rows { line },
            Found::Perhaps(..) | Found::Nowhere => match blame {
                Some(blame) => blame,
                None => self.replay(&mut server, index, step).await,
            },
        };
        let lost = Self::lost_locks(raw, step);
        let trouble = self.report(raw, server, index, blame).await;
        if lost == 0 {
            return trouble;
        }
        trouble.noted(&format!("the lock was not had at {} attempts", lost + 1))
    }

    /// The tables went, and with them what tells which steps stand; those before the one that the
    /// server stopped at do.
    fn gone(&self, raw: &mut Raw, server: ServerError, found: Found) -> Error {
        let step = found.step();
        if let Some(index) = step {
            let told = raw.steps.len();
            self.stands(raw, told.saturating_sub(self.before)..index);
            self.tell(raw, told);
        }
        let step = step.and_then(|index| self.plan.steps.get(index));
        let undone = step.filter(|step| !step.is_outside(self.job.set));
        gone(server, undone, &raw.steps, &raw.current)
    }

    /// Ends what is open, and reads which steps stand; returns how many.
    async fn settle(&self, raw: &mut Raw) -> Result<Standing> {
        let set = self.job.set;
        let mut query = read_state(self.writer.tables, set, Some(self.writer.run));
        if self.sharing == Sharing::Yes {
            query = query.after(&unshared());
        }
        let answer = self.port.query(query.after("ROLLBACK;\n")).await;
        let state = read::state_of(set, answer)?;
        let done = state.history.as_ref().map_or(0, |recorded| recorded.done);
        let standing = done.saturating_sub(self.before).min(self.plan.steps.len());
        let told = raw.steps.len();
        let fresh = told.saturating_sub(self.before)..standing;
        if let Some(last) = self.plan.steps.get(fresh.clone()).and_then(<[Step]>::last) {
            self.flush(last).await?;
        }
        self.stands(raw, fresh);
        self.tell(raw, told);
        Ok(Standing {
            steps: standing,
            tables: state.history.is_some(),
        })
    }

    /// Takes what was committed without a flush to the disk, before it is told of.
    ///
    /// That is done by a commit of anything that was written (chapter "Asynchronous Commit"), also
    /// where that is taken back: so no more is needed than each step needs, and nothing is left.
    async fn flush(&self, step: &Step) -> Result<()> {
        let sql = format!(
            "{BEGIN}{}{FLUSHED}SAVEPOINT written;\n{}ROLLBACK TO SAVEPOINT written;\nCOMMIT;\n",
            own_path(),
            record::done(
                self.writer.tables,
                self.job.set,
                step,
                self.writer.run,
                Timed::No,
            )
        );
        match self.port.query(sql).await.failure {
            None => Ok(()),
            Some(failure) => Err(read::refused(failure)),
        }
    }

    /// Records the failure, by a commit that is flushed, and makes the error.
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
            "{BEGIN}{}{FLUSHED}{}COMMIT;\n",
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
        if let (false, Some(Failure::Server(_))) = (self.opened, &answer.failure) {
            // Syntax that the server does not know stops a message before any of it runs, so that our
            // tables may not be there.
            let message = format!("ROLLBACK;\n{}{event}", self.opening);
            answer = self.port.query(message).await;
        }
        if answer.failure.is_none() {
            return error.with_server(server).into();
        }
        self.port.query("ROLLBACK").await;
        let error = error.map(|diagnostic| diagnostic.note("the failure could not be recorded"));
        error.with_server(server).into()
    }

    /// The server refused, and cannot be asked any more: it may have ended the session, as its
    /// timeouts do.
    fn unsettled(raw: &Raw, error: Error, server: &ServerError) -> Error {
        let error = if error.code() == Code::ConnectionLost {
            Self::known(raw, error)
        } else {
            error
        };
        error.map(|diagnostic| {
            let diagnostic = diagnostic.note(format!(
                "the server had refused: {} ({})",
                server.message, server.sqlstate
            ));
            match remedy(&server.sqlstate) {
                Some(remedy) => diagnostic.help(remedy),
                None => diagnostic,
            }
        })
    }

    pub(super) fn lost(raw: &Raw, reason: &str) -> Error {
        Self::known(raw, Error::lost(reason))
    }

    /// Says what is known to stand where nobody can be asked.
    fn known(raw: &Raw, error: Error) -> Error {
        let known = raw.steps.last().map_or_else(
            || "no step of this run is known to stand".to_owned(),
            |step| format!("up to {} is known to stand", step.subject),
        );
        error.map(|diagnostic| {
            diagnostic.note(known).note(
                "the server may have gone on; each step is either applied and recorded, or neither",
            )
        })
    }
}
