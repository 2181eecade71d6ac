//! What a run tells, as spans and events of `tracing`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::{Span, error, field::Empty, info, info_span, warn};

use crate::{event::Event, plan::Step, report::StepReport};

/// The spans of one run; a clone has none yet.
#[derive(Debug, Default)]
pub(crate) struct Spans(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    /// The run's; none before its first plan.
    run: Option<Span>,
    /// The steps' that were sent, each with its subject.
    steps: Vec<(String, Span)>,
    /// The step that lost a lock, and which attempt comes next.
    retried: Option<(String, u32)>,
}

impl Clone for Spans {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Spans {
    /// Opens and closes spans, and writes events, by what happens.
    pub(crate) fn hear(&self, event: &Event<'_>) {
        let mut open = self.open();
        match event {
            Event::Planned { run, steps } => open.planned(run, steps.len()),
            Event::Sent { steps } => open.sent(steps),
            Event::Done(step) => open.done(step),
            Event::Waiting { holder, waited, .. } => {
                let holder = holder.map(ToString::to_string).unwrap_or_default();
                info!(parent: open.run(), holder, waited_ms = millis(*waited), "another run is at work");
            }
            Event::Building { holder, progress } => {
                info!(parent: open.run(), process = holder.pid, phase = progress.phase, done = progress.done, total = progress.total, "an index is being built");
            }
            Event::Retrying {
                subject,
                attempt,
                pause,
            } => {
                warn!(parent: open.of(subject), revision = subject, attempt, pause_ms = millis(*pause), "a step lost a lock, and is tried again");
                open.steps.clear();
                open.retried = Some(((*subject).to_owned(), *attempt));
            }
            Event::Failed(failed) => {
                let sqlstate = failed.server().map_or("", |server| &server.sqlstate);
                error!(parent: open.run(), code = failed.code().as_str(), sqlstate, "{failed}");
                *open = Open::default();
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn planned(&mut self, run: &str, steps: usize) {
        let span = self
            .run
            .get_or_insert_with(|| info_span!("samokoder_migrate.run", run));
        info!(parent: &*span, steps, "planned");
        self.steps.clear();
    }

    fn sent(&mut self, steps: &[Step]) {
        for step in steps {
            let attempt = match &self.retried {
                Some((subject, attempt)) if *subject == step.subject => *attempt,
                _ => 1,
            };
            let span = info_span!(
                parent: self.run(),
                "samokoder_migrate.step",
                revision = step.subject,
                direction = step.kind.word(),
                step = step.position,
                attempt,
                duration_ms = Empty,
            );
            self.steps.push((step.subject.clone(), span));
        }
    }

    fn done(&mut self, step: &StepReport) {
        let duration = step.duration.map(millis);
        let span = self.of(&step.subject);
        if let Some(duration) = duration {
            span.record("duration_ms", duration);
        }
        info!(parent: &span, duration_ms = duration, attempts = step.attempts, "done");
        let subject = &step.subject;
        if let Some(at) = self.steps.iter().position(|(sent, _)| sent == subject) {
            self.steps.remove(at);
        }
    }

    fn run(&self) -> Span {
        self.run.clone().unwrap_or_else(Span::current)
    }

    fn of(&self, subject: &str) -> Span {
        let mut steps = self.steps.iter();
        let found = steps.find(|(sent, _)| sent == subject);
        found.map_or_else(|| self.run(), |(_, span)| span.clone())
    }
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
