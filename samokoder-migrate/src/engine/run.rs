//! A run from the first read to the report.

use std::time::Duration;

use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    clock::Clock,
    doubt::{self, Doubt},
    execute::{Execution, Trouble},
    job::Job,
    port::Port,
    read, retry,
    rows::{self, Files},
    wait::Wait,
};
use crate::{
    error::{Error, Result},
    event::Event,
    plan::{Alignment, Situation, label, plan},
    report::{Raw, Report, Spot},
    script::tables::Tables,
    set::Set,
    state::{State, Unfinished},
};

/// How often a plan is made anew because the history moved under it.
const REPLANS: usize = 20;

/// Does what the job says, and reports.
pub(crate) async fn run(port: Port, job: Job<'_>) -> Result<Raw> {
    let tables = Tables::of(job.set);
    let clock = Clock::new(&port, job.deadline);
    let listener = &job.listener;
    let mut wait = Wait::new(job.patience);
    let mut raw = Raw::default();
    let mut replans = 0;
    let mut memory = Memory::default();
    let outcome = loop {
        match attempt(&port, &job, &tables, &clock, &mut raw, &mut memory).await {
            Ok(Attempt::Done) => break Ok(()),
            Err(error) => break Err(error),
            Ok(Attempt::Again) => {
                replans += 1;
                if replans == REPLANS {
                    break Err(moved());
                }
            }
            // Bounded by the job's patience.
            Ok(Attempt::Wait) => {
                if let Err(error) = wait.until_free(&port, &tables, &clock, listener).await {
                    break Err(error);
                }
            }
            // Bounded by the job's retries.
            Ok(Attempt::Retry(subject)) => {
                let lost = raw.lost.entry(subject.clone()).or_default();
                let pause = clock.cut(retry::pause(&raw.run, *lost));
                *lost += 1;
                listener.tell(&Event::Retrying {
                    subject: &subject,
                    attempt: *lost + 1,
                    pause,
                });
                port.sleep(pause).await;
            }
        }
        if let Err(error) = clock.check() {
            break Err(error);
        }
    };
    if memory.strings_changed {
        // The scripts were checked with standard strings; the session had them otherwise.
        port.query("SET standard_conforming_strings = off").await;
    }
    raw.waits = port.waits();
    match outcome {
        Ok(()) => Ok(raw),
        Err(error) => {
            let error = clock.told(error).with_report(Report::new(raw));
            listener.tell(&Event::Failed(&error));
            Err(error)
        }
    }
}

enum Attempt {
    Done,
    /// The history moved: plan again.
    Again,
    /// Another run is at work.
    Wait,
    /// A step lost a lock: plan again from there.
    Retry(String),
}

/// What an attempt leaves for the next.
#[derive(Default)]
struct Memory {
    doubted: Option<Unfinished>,
    /// The session's strings were made standard.
    strings_changed: bool,
    /// A script takes away what is prepared.
    unprepared: bool,
    /// What the seeds' files are: they are read once a run.
    files: Option<Files>,
}

async fn attempt(
    port: &Port,
    job: &Job<'_>,
    tables: &Tables,
    clock: &Clock<'_>,
    raw: &mut Raw,
    memory: &mut Memory,
) -> Result<Attempt> {
    let state = read::state(port, job.set, tables).await?;
    if raw.run.is_empty() {
        raw.run.clone_from(&state.run);
    }
    let alignment = read::alignment(port, job.set, tables, &state).await?;
    let stored = read::stored(port, job, tables, &alignment).await?;
    raw.current = spot(job.set, &state, &alignment);
    let history = state.history.as_ref();
    let seen = match doubt::examine(port, job.set, tables, history, &stored).await? {
        Doubt::Live(_) => return Ok(Attempt::Wait),
        Doubt::Seen(seen) => seen,
    };
    if memory.files.is_none() {
        memory.files = Some(rows::files(port, job, &alignment).await?);
    }
    let files = memory.files.clone().unwrap_or_default();
    let situation = Situation {
        files: &files,
        ..job.situation(history, &alignment, &stored, seen.as_ref())
    };
    let plan = match plan(situation, &job.goal) {
        Ok(plan) => plan,
        Err(error) if error.code() == Code::InDoubt => {
            return in_doubt(&state, &mut memory.doubted, error);
        }
        Err(error) => return Err(error),
    };
    raw.warnings.clone_from(&plan.warnings);
    if plan.steps.is_empty() {
        return Ok(Attempt::Done);
    }
    if state.replica {
        return Err(super::failure::replica());
    }
    super::pooler::check(port, job.set, &plan, job.pooler).await?;
    if !state.standard_strings && !memory.strings_changed {
        port.query("SET standard_conforming_strings = on").await;
        memory.strings_changed = true;
    }
    let run = raw.run.clone();
    job.listener.tell(&Event::Planned {
        run: &run,
        steps: &plan.steps,
    });
    let mut execution = Execution::new(port, job, tables, &state, &plan, &run, clock);
    if memory.unprepared {
        execution = execution.unshared();
    }
    let trouble = execution.execute(raw).await.err();
    match trouble {
        None => Ok(Attempt::Done),
        Some(Trouble::Busy) => Ok(Attempt::Wait),
        Some(Trouble::Moved) => Ok(Attempt::Again),
        Some(Trouble::Unprepared) => {
            memory.unprepared = true;
            Ok(Attempt::Again)
        }
        Some(Trouble::Contended(subject)) => Ok(Attempt::Retry(subject)),
        Some(Trouble::Failed(error)) => Err(*error),
    }
}

/// A script outside a transaction was begun, and nobody is at it now.
///
/// The run that was may have ended since its mark was read, so the doubt is real where the same mark
/// is read twice.
fn in_doubt(state: &State, doubted: &mut Option<Unfinished>, error: Error) -> Result<Attempt> {
    let history = state.history.as_ref();
    let unfinished = history.and_then(|recorded| recorded.unfinished.clone());
    if unfinished == *doubted {
        return Err(error);
    }
    *doubted = unfinished;
    Ok(Attempt::Again)
}

/// Returns where the database is before the plan.
pub(super) fn spot(set: &Set, state: &State, alignment: &Alignment) -> Spot {
    match alignment {
        Alignment::At { point, .. } => Spot {
            position: point.0,
            label: label(set, point.0),
            unknown: None,
        },
        Alignment::Ahead { rows }
        | Alignment::Diverged { rows, .. }
        | Alignment::Altered { rows } => rows.last().map_or_else(
            || Spot {
                position: state.history.as_ref().map_or(0, |recorded| recorded.count),
                ..Spot::default()
            },
            |last| Spot {
                position: last.position,
                label: last.label.clone(),
                unknown: Some(last.version.clone()),
            },
        ),
    }
}

fn moved() -> Error {
    Error::new(
        Diagnostic::new(
            Code::HistoryMoved,
            format!("the history changed under each of {REPLANS} plans"),
        )
        .note("other runs are at work on this database, or something else writes to the history")
        .help("let it end, and run again"),
    )
}

/// Adds an answer's time to the report.
pub(super) fn add(raw: &mut Raw, elapsed: Duration) {
    raw.elapsed = raw.elapsed.saturating_add(elapsed);
}
