//! Sending a script outside a transaction, and what is done where one of its statements is refused.

use samokoder_migrate_core::trace::Trace;

use super::{
    batch::alone,
    execute::{Execution, Trouble},
    failure::Blame,
    port::{Answer, Failure},
    refused::{Found, LOST_LOCK},
    run::add,
};
use crate::{
    error::ServerError,
    plan::Step,
    report::Raw,
    script::{
        look::{self, INVALID},
        message::{Part, Place},
        opening,
        outside::{Sent, Stands, What, drop_index},
    },
};

/// What a refused `CREATE INDEX CONCURRENTLY` left.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Left {
    Nothing,
    /// An invalid index, which was dropped.
    Dropped(String),
    /// An invalid index.
    Stays(String),
}

/// The SQLSTATE of a name that is taken.
const TAKEN: &str = "42P07";

impl Execution<'_, '_> {
    /// Runs a script outside a transaction, a message a statement, with marks between.
    pub(super) async fn alone(&self, raw: &mut Raw, index: usize) -> Result<Answer, Trouble> {
        let mut last = Answer::default();
        let Some(step) = self.plan.steps.get(index) else {
            return Ok(last);
        };
        for Sent { query, what } in alone(&self.writer, self.plan, index) {
            let answer = self.port.query(query).await;
            add(raw, answer.elapsed);
            match &answer.failure {
                None => last = answer,
                Some(Failure::Lost(reason)) => return Err(Self::lost(raw, reason).into()),
                Some(Failure::Server(server)) => {
                    let server = (**server).clone();
                    return Err(self.stopped(raw, index, step, what, server).await);
                }
            }
        }
        Ok(last)
    }

    /// The server refused a message of a step.
    async fn stopped(
        &self,
        raw: &mut Raw,
        index: usize,
        step: &Step,
        what: What,
        server: ServerError,
    ) -> Trouble {
        let first = step.resume.as_ref().map_or(0, |resume| resume.statement);
        match what {
            What::Mark(Some(made)) if server.sqlstate == INVALID => {
                // The mark is in a transaction, which the look must not be in.
                self.port.query("ROLLBACK").await;
                self.statement(raw, index, step, made, server).await
            }
            What::Statement(statement) => self.statement(raw, index, step, statement, server).await,
            What::Setting(statement) => {
                let give_back = self.writer.refused(step, Stands::Something);
                self.give_back(step, give_back).await;
                let blame = Blame::Statement {
                    statement,
                    offset: offset(&server),
                };
                self.report(raw, server, index, blame).await
            }
            What::Clear => {
                let give_back = self.writer.refused(step, Stands::Something);
                self.give_back(step, give_back).await;
                if is_passing(&server) && self.may_retry(raw, step) {
                    return Trouble::Contended(step.subject.clone());
                }
                let blame = Blame::Statement {
                    statement: first,
                    offset: None,
                };
                let trouble = self.report(raw, server, index, blame).await;
                trouble.noted(
                    "the server refused to drop the invalid index that an earlier attempt left, which comes first",
                )
            }
            What::First | What::Mark(_) => {
                let give_back = match what {
                    What::First => format!("ROLLBACK;\n{}", self.writer.release()),
                    _ => self.writer.abandoned(step),
                };
                // Where our own guard refused, nothing is to be given back.
                if what != What::First || !opening::is_ours(&server.sqlstate) {
                    self.give_back(step, give_back).await;
                }
                let place = Place {
                    part: Part::Ours,
                    step: Some(index),
                    offset: 0,
                };
                self.refused(raw, server, Found::At(place)).await
            }
        }
    }

    /// The server refused a statement of the script: clears what it left, gives the session back,
    /// and says whether it may be tried again.
    async fn statement(
        &self,
        raw: &mut Raw,
        index: usize,
        step: &Step,
        statement: usize,
        server: ServerError,
    ) -> Trouble {
        let trace = self
            .writer
            .script(step)
            .map_or(&Trace::None, |script| script.trace(statement));
        let left = self.clear(trace, &server).await;
        // Of an index whose name the server chose it is not known whose it is.
        let is_unnamed = matches!(trace, Trace::IndexMade { index, .. } if index.is_empty());
        let partial = *trace == Trace::Partial || is_unnamed && matches!(left, Left::Stays(_));
        let stands = match (&left, statement, &step.resume) {
            (Left::Nothing | Left::Dropped(_), 0, None) => Stands::Nothing,
            _ => Stands::Something,
        };
        // First of all the session is given back, as whom the script may have acted.
        let give_back = if partial {
            self.writer.abandoned(step)
        } else {
            self.writer.refused(step, stands)
        };
        self.give_back(step, give_back).await;
        let was_in_the_way = server.sqlstate == TAKEN && matches!(left, Left::Dropped(_));
        let passes = was_in_the_way || is_passing(&server);
        if !partial && passes && self.may_retry(raw, step) {
            return Trouble::Contended(step.subject.clone());
        }
        let blame = Blame::Statement {
            statement,
            offset: offset(&server),
        };
        let trouble = self.report(raw, server, index, blame).await;
        match left {
            Left::Nothing => trouble,
            Left::Dropped(name) => trouble.noted(&format!(
                "the invalid index {name} that it left was dropped"
            )),
            Left::Stays(name) if partial => trouble.noted(&format!(
                "the index {name} is invalid; drop it if this statement made it"
            )),
            Left::Stays(name) => trouble.noted(&format!(
                "the index {name} is left invalid; the next run drops it before it goes on"
            )),
        }
    }

    /// Drops the invalid index that a statement left, unless somebody may be building it, or the run
    /// is wanted to end.
    async fn clear(&self, trace: &Trace, server: &ServerError) -> Left {
        let Trace::IndexMade { table, index } = trace else {
            return Left::Nothing;
        };
        let is_unnamed = index.is_empty();
        let answer = self.port.query(look::index(table, index)).await;
        let found = answer.rows.last().and_then(|row| look::Index::read(row));
        let Some(found) = found.filter(|found| !found.valid) else {
            return Left::Nothing;
        };
        let is_to_end = server.is_cancelled() || self.clock.is_over();
        if is_unnamed || found.builder.is_some() || is_to_end {
            return Left::Stays(found.name);
        }
        match self.port.query(drop_index(&found.name)).await.failure {
            None => Left::Dropped(found.name),
            Some(_) => Left::Stays(found.name),
        }
    }
}

/// Returns whether a second try may well do.
fn is_passing(server: &ServerError) -> bool {
    let sqlstate = server.sqlstate.as_str();
    LOST_LOCK.contains(&sqlstate) || sqlstate == INVALID
}

fn offset(server: &ServerError) -> Option<usize> {
    server.position.and_then(|position| position.checked_sub(1))
}
