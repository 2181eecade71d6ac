//! Sending a plan: it adds no decision of its own.

use std::{ops::Range, time::Duration};

use super::{
    batch::{Batch, batches},
    clock::Clock,
    job::Job,
    port::{Answer, Failure, Port},
    refused::Found,
    run::add,
};
use crate::{
    error::Error,
    event::Event,
    plan::{Kind, Plan, Step, label},
    report::{Raw, Spot, StepReport},
    script::{
        message::Message,
        opening::{self, opening},
        settings::Timeouts,
        shared::Sharing,
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
    /// A script took away what the message had prepared.
    Unprepared,
    /// The step of this subject lost a lock, was undone, and may be tried again.
    Contended(String),
    /// It failed.
    Failed(Box<Error>),
}

impl Trouble {
    /// Adds a note to the error, if that is what it is.
    pub(super) fn noted(self, note: &str) -> Self {
        match self {
            Self::Failed(error) => error.map(|diagnostic| diagnostic.note(note)).into(),
            trouble => trouble,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// The doing of one plan.
pub(super) struct Execution<'e, 's> {
    pub(super) port: &'e Port,
    pub(super) job: &'e Job<'s>,
    pub(super) plan: &'e Plan,
    pub(super) writer: Writer<'e>,
    pub(super) opening: String,
    /// Whether our tables are known to have been there: before the plan, or since its first message.
    pub(super) opened: bool,
    /// How many steps of this run were recorded before this plan.
    pub(super) before: usize,
    /// Whether its steps share their statements.
    pub(super) sharing: Sharing,
    pub(super) clock: &'e Clock<'e>,
}

impl<'e, 's> Execution<'e, 's> {
    pub(super) fn new(
        port: &'e Port,
        job: &'e Job<'s>,
        tables: &'e Tables,
        state: &'e State,
        plan: &'e Plan,
        run: &'e str,
        clock: &'e Clock<'e>,
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
                timeouts: Timeouts {
                    left: clock.left(),
                    ..job.timeouts
                },
                major: state.major,
                line: line.unwrap_or(opening::EMPTY_LINE),
            },
            opening: opening(tables, job.set, line, &job.trusted),
            opened: state.history.is_some(),
            before: 0,
            sharing: Sharing::of(job.set, plan.steps.iter()),
            clock,
        }
    }

    /// Has each step say all that it needs, where what they shared was taken away.
    pub(super) fn unshared(mut self) -> Self {
        self.sharing = Sharing::No;
        self
    }

    /// Returns the messages that would be sent.
    pub(super) fn scripts(&self) -> Vec<String> {
        super::batch::scripts(&self.writer, self.plan, &self.opening, self.sharing)
    }

    /// Sends the plan; what stands is in the report, also after trouble.
    pub(super) async fn execute(&mut self, raw: &mut Raw) -> Result<(), Trouble> {
        self.before = raw.steps.len();
        for batch in batches(&self.writer, self.plan, &self.opening, self.sharing) {
            self.clock.check()?;
            let steps = match &batch {
                Batch::Together { steps, .. } => steps.clone(),
                Batch::Alone { index } | Batch::Rows { index } => *index..index + 1,
            };
            if let Some(steps @ [_, ..]) = self.plan.steps.get(steps.clone()) {
                self.job.listener.tell(&Event::Sent { steps });
            }
            let answer = match batch {
                Batch::Together { message, .. } => self.together(raw, message).await?,
                Batch::Alone { index } => self.alone(raw, index).await?,
                Batch::Rows { index } => self.rows(raw, index).await?,
            };
            self.opened = true;
            let told = raw.steps.len();
            self.stands(raw, steps);
            let durations = answer.rows.last().and_then(|row| row.first()?.as_deref());
            let durations = durations.into_iter().flat_map(|list| list.split(','));
            for (step, millis) in raw.steps.iter_mut().rev().zip(durations) {
                step.duration = millis.parse().ok().map(Duration::from_millis);
            }
            self.tell(raw, told);
        }
        Ok(())
    }

    /// Tells of the steps that stand, but for so many that were told of before.
    pub(super) fn tell(&self, raw: &Raw, told: usize) {
        for step in raw.steps.iter().skip(told) {
            self.job.listener.tell(&Event::Done(step));
        }
    }

    async fn together(&self, raw: &mut Raw, message: Message) -> Result<Answer, Trouble> {
        let answer = self.port.query(message.query().clone()).await;
        add(raw, answer.elapsed);
        match answer.failure {
            None => Ok(answer),
            Some(Failure::Lost(reason)) => Err(Self::lost(raw, &reason).into()),
            Some(Failure::Server(mut server)) => {
                server.position = server
                    .position
                    .or_else(|| message.character(server.unconvertible()?));
                let place = server
                    .position
                    .and_then(|position| message.at_character(position))
                    .or_else(|| message.after_statements(answer.completed?));
                let perhaps = answer
                    .perhaps_at
                    .and_then(|position| Some((message.at_character(position)?, position)));
                let found = match (place, answer.completed, perhaps) {
                    (Some(place), _, _) => Found::At(place),
                    (None, Some(_), _) => Found::Ours,
                    (None, None, Some((place, position))) => Found::Perhaps(place, position),
                    (None, None, None) => Found::Nowhere,
                };
                Err(self.refused(raw, *server, found).await)
            }
        }
    }

    /// Returns whether a step may be tried once more.
    pub(super) fn may_retry(&self, raw: &Raw, step: &Step) -> bool {
        Self::lost_locks(raw, step) < self.job.retries && !self.clock.is_over()
    }

    /// Returns how often a step of this run lost a lock.
    pub(super) fn lost_locks(raw: &Raw, step: &Step) -> u32 {
        raw.lost.get(&step.subject).copied().unwrap_or_default()
    }

    /// Enters steps of the plan into the report.
    pub(super) fn stands(&self, raw: &mut Raw, steps: Range<usize>) {
        let steps = self.plan.steps.get(steps).unwrap_or_default();
        for step in steps {
            raw.steps.push(StepReport {
                kind: step.kind,
                subject: step.subject.clone(),
                version: match (&step.stored, step.kind) {
                    (Some(stored), _) => stored.version.parse().ok(),
                    (None, Kind::Seed) => None,
                    _ => self
                        .job
                        .set
                        .migration(step.position)
                        .map(|migration| migration.version),
                },
                duration: None,
                attempts: 1 + Self::lost_locks(raw, step),
            });
        }
        if let Some(step) = steps.last() {
            let position = step.after();
            let (unknown, below) = step.below.clone().unzip();
            raw.current = Spot {
                position,
                label: below.unwrap_or_else(|| label(self.job.set, position)),
                unknown,
            };
        }
    }
}
