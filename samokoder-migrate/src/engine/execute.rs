//! Sending a plan: it adds no decision of its own.

use std::time::Duration;

use super::{
    batch::{Batch, batches, ended},
    failure::{Blame, failed},
    job::Job,
    port::{Answer, Failure, Port, Rows},
    read, replay,
    run::add,
};
use crate::{
    error::{Error, Result, ServerError},
    plan::{Kind, Plan, Step, label},
    report::{Raw, Spot, StepReport},
    script::{
        message::{Message, Part, Place},
        opening::{self, BEGIN, opening},
        read::state as read_state,
        record,
        step::Writer,
        tables::Tables,
    },
    state::State,
};

/// Why a plan was not done to its end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Another run holds the lock.
    Busy,
    /// The history is not where the plan expected it.
    Moved,
    /// It failed.
    Failed(Box<Error>),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// The doing of one plan.
pub(super) struct Execution<'e, 's> {
    port: &'e Port,
    job: &'e Job<'s>,
    plan: &'e Plan,
    writer: Writer<'e>,
    opening: String,
    /// How many steps of this run were recorded before this plan.
    before: usize,
}

impl<'e, 's> Execution<'e, 's> {
    pub(super) fn new(
        port: &'e Port,
        job: &'e Job<'s>,
        tables: &'e Tables,
        state: &'e State,
        plan: &'e Plan,
        run: &'e str,
    ) -> Self {
        let line = state
            .history
            .as_ref()
            .map(|recorded| recorded.line.as_str());
        Self {
            port,
            job,
            plan,
            writer: Writer {
                tables,
                set: job.set,
                run,
                timeouts: job.timeouts,
                major: state.major,
                line: line.unwrap_or(opening::EMPTY_LINE),
            },
            opening: opening(tables, job.set, line, &job.trusted),
            before: 0,
        }
    }

    /// Returns the messages that would be sent.
    pub(super) fn scripts(&self) -> Vec<String> {
        super::batch::scripts(&self.writer, self.plan, &self.opening)
    }

    /// Sends the plan; what stands is in the report, also after trouble.
    pub(super) async fn execute(&mut self, raw: &mut Raw) -> Result<(), Trouble> {
        self.before = raw.steps.len();
        let mut durations = None;
        for batch in batches(&self.writer, self.plan, &self.opening) {
            durations = match batch {
                Batch::Together {
                    message,
                    first,
                    last,
                } => {
                    let answer = self.together(raw, message).await?;
                    self.stands(raw, first..last);
                    answer
                }
                Batch::Alone { index } => {
                    let answer = self.alone(raw, index).await?;
                    self.stands(raw, index..index + 1);
                    answer
                }
            };
        }
        if let Some(durations) = durations {
            for (step, millis) in raw.steps.iter_mut().zip(durations.split(',')) {
                step.duration = millis.parse().ok().map(Duration::from_millis);
            }
        }
        Ok(())
    }

    async fn together(&self, raw: &mut Raw, message: Message) -> Result<Option<String>, Trouble> {
        let answer = self.port.query(message.sql(), Rows::Last).await;
        add(raw, answer.elapsed);
        match answer.failure {
            None => Ok(last_field(answer)),
            Some(Failure::Lost(reason)) => Err(Self::lost(raw, &reason).into()),
            Some(Failure::Server(server)) => {
                let place = server
                    .position
                    .and_then(|position| message.at_character(position))
                    .or_else(|| message.after_statements(answer.completed?));
                Err(self
                    .refused(raw, *server, place, answer.completed.is_some())
                    .await)
            }
        }
    }

    /// Runs a script outside a transaction: a mark, a statement, a mark, a statement, …, the record.
    async fn alone(&self, raw: &mut Raw, index: usize) -> Result<Option<String>, Trouble> {
        let Some((step, script)) = self
            .plan
            .steps
            .get(index)
            .and_then(|step| Some((step, self.writer.script(step)?)))
        else {
            return Ok(None);
        };
        let before = index
            .checked_sub(1)
            .and_then(|index| self.plan.steps.get(index))
            .map_or(self.plan.from, Step::after);
        for statement in step.resume..script.statements.len() {
            let answer = self
                .port
                .query(self.writer.begun(step, before, statement), Rows::Last)
                .await;
            add(raw, answer.elapsed);
            self.own(raw, answer).await?;
            let answer = self
                .port
                .query(script.statement(statement), Rows::Last)
                .await;
            add(raw, answer.elapsed);
            match answer.failure {
                None => {}
                Some(Failure::Lost(reason)) => return Err(Self::lost(raw, &reason).into()),
                Some(Failure::Server(server)) => {
                    self.port
                        .query(self.writer.refused(step, statement), Rows::Last)
                        .await;
                    let offset = server.position.and_then(|position| position.checked_sub(1));
                    let blame = Blame::Statement { statement, offset };
                    return Err(self.report(raw, *server, index, blame).await);
                }
            }
        }
        let answer = self
            .port
            .query(ended(&self.writer, self.plan, index, step), Rows::Last)
            .await;
        add(raw, answer.elapsed);
        Ok(last_field(self.own(raw, answer).await?))
    }

    /// Takes the answer to a message that holds nothing but our own statements.
    async fn own(&self, raw: &mut Raw, answer: Answer) -> Result<Answer, Trouble> {
        match answer.failure {
            None => Ok(answer),
            Some(Failure::Lost(reason)) => Err(Self::lost(raw, &reason).into()),
            Some(Failure::Server(server)) => Err(self.refused(raw, *server, None, true).await),
        }
    }

    /// The server refused a message: sees what stands, finds the statement, records the failure.
    async fn refused(
        &self,
        raw: &mut Raw,
        server: ServerError,
        place: Option<Place>,
        counted: bool,
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
            opening::FOREIGN => return super::failure::foreign(server).into(),
            opening::UNTRUSTED => return super::failure::untrusted(self.job.set, server).into(),
            _ => {}
        }
        let index = place.and_then(|place| place.step).unwrap_or(standing);
        let (Some(step), true) = (
            self.plan.steps.get(index),
            place.is_none_or(|place| place.step.is_some()),
        ) else {
            return super::failure::ours(self.job.set, server).into();
        };
        let blame = match place {
            Some(Place {
                part: Part::Script,
                offset,
                ..
            }) if server.position.is_some() => Blame::Character(offset),
            Some(Place {
                part: Part::Script,
                offset,
                ..
            }) => Blame::Statement {
                statement: offset,
                offset: None,
            },
            Some(Place {
                part: Part::Commit, ..
            }) => Blame::Commit,
            Some(Place {
                part: Part::Ours, ..
            }) => Blame::Ours,
            None if counted => Blame::Ours,
            None => {
                let before = index
                    .checked_sub(1)
                    .and_then(|index| self.plan.steps.get(index))
                    .map_or(self.plan.from, Step::after);
                replay::locate(
                    self.port,
                    &self.writer,
                    self.job.locate,
                    step,
                    before,
                    &server,
                )
                .await
            }
        };
        self.report(raw, server, index, blame).await
    }

    /// Ends what is open, and reads which steps stand; returns the first that does not.
    async fn settle(&self, raw: &mut Raw) -> Result<usize> {
        let set = self.job.set;
        let sql = format!(
            "ROLLBACK;\n{}",
            read_state(self.writer.tables, set, Some(self.writer.run))
        );
        let answer = self.port.query(sql, Rows::Last).await;
        let state = read::state_of(answer)?;
        let done = state.history.as_ref().map_or(0, |recorded| recorded.done);
        let standing = done.saturating_sub(self.before).min(self.plan.steps.len());
        let reported = raw.steps.len().saturating_sub(self.before);
        self.stands(raw, reported..standing);
        Ok(standing)
    }

    /// Records the failure, by a commit that reaches the disk and so takes the steps before it
    /// there too, and makes the error.
    async fn report(
        &self,
        raw: &mut Raw,
        server: ServerError,
        index: usize,
        blame: Blame,
    ) -> Trouble {
        let Some(step) = self.plan.steps.get(index) else {
            return super::failure::ours(self.job.set, server).into();
        };
        let error = failed(&self.writer, step, blame, &server, &raw.steps, &raw.current);
        let event = format!(
            "ROLLBACK;\n{BEGIN}SELECT pg_catalog.set_config('synchronous_commit', CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE pg_catalog.current_setting('synchronous_commit') END, true);\n{}COMMIT;\n",
            record::failed(
                self.writer.tables,
                self.job.set,
                step,
                self.writer.run,
                &server.sqlstate,
                &error.to_string(),
            )
        );
        let answer = self.port.query(event, Rows::Last).await;
        if answer.failure.is_none() {
            return error.with_server(server).into();
        }
        self.port.query("ROLLBACK", Rows::Last).await;
        let error = error.map(|diagnostic| {
            diagnostic.note(
                "the failure could not be recorded, so the last steps may not yet be on the server's disk",
            )
        });
        error.with_server(server).into()
    }

    fn lost(raw: &Raw, reason: &str) -> Error {
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

    /// Enters steps of the plan into the report.
    fn stands(&self, raw: &mut Raw, steps: std::ops::Range<usize>) {
        for step in self.plan.steps.get(steps).unwrap_or_default() {
            raw.steps.push(StepReport {
                kind: step.kind,
                subject: step.subject.clone(),
                version: match step.kind {
                    Kind::Seed => None,
                    _ => self
                        .job
                        .set
                        .migration(step.position)
                        .map(|migration| migration.version),
                },
                duration: None,
            });
            let position = step.after();
            raw.current = Spot {
                position,
                label: label(self.job.set, position),
                unknown: None,
            };
        }
    }
}

fn last_field(answer: Answer) -> Option<String> {
    answer
        .rows
        .into_iter()
        .next_back()?
        .into_iter()
        .next_back()?
}
