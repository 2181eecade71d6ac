//! One round: a fresh database, all copies at once, and what they leave.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;

use super::{
    STARTERS,
    builder::Builder,
    figures::Figures,
    kind::{Build, GATE, Kind},
    outcome::Outcome,
};
use crate::{
    Result,
    process::{PATIENCE, Process},
};

/// How the first of the copies goes about its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Start {
    /// Its first step waits until all others wait for it.
    Held,
    /// As fast as it can.
    Free,
}

/// Runs a round.
pub(super) fn run(server: &Server, kind: Kind, start: Start, figures: &mut Figures) -> Result {
    let database = server.database()?;
    let mut gate = Client::connect(&database.url(), NoTls)?;
    gate.batch_execute(&format!("CREATE TABLE {GATE} (id int)"))?;
    let other = match kind {
        Kind::Busy => Some(Builder::start(&database.url())?),
        _ => None,
    };
    if start == Start::Held {
        gate.batch_execute(&format!("BEGIN; LOCK TABLE {GATE}"))?;
    }
    let mut copies = Vec::new();
    for (number, build) in (0..STARTERS).zip(kind.builds().into_iter().cycle()) {
        // Both builds of a round with both drivers.
        let driver = if number / 2 % 2 == 0 {
            "blocking"
        } else {
            "async"
        };
        let url = format!("{}?application_name=starter", database.url());
        let copy = Process::start(&url, &["starters-child", driver, build.name()])?;
        copies.push((build, copy));
    }
    for (_, copy) in &mut copies {
        copy.says("ready", 1)?;
    }
    for (_, copy) in &mut copies {
        copy.release();
    }
    if start == Start::Held {
        all_but_one_wait(&mut copies)?;
        gate.batch_execute("ROLLBACK")?;
    }
    let mut outcomes = Vec::new();
    for (build, copy) in copies {
        outcomes.push(Outcome::read(build, copy.end()?)?);
    }
    let built = other.map(Builder::stop).transpose()?;
    let winner = winner(&mut gate, kind).map_err(|error| format!("{error}; {outcomes:?}"))?;
    for outcome in &outcomes {
        outcome.judge(kind, winner)?;
    }
    is_whole(&mut gate, winner, &outcomes)?;
    figures.enter(kind, start, &outcomes, built.unwrap_or_default());
    Ok(())
}

/// Waits until all copies but one have told that they wait for another.
fn all_but_one_wait(copies: &mut [(Build, Process)]) -> Result {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let mut waiting = 0;
        for (_, copy) in copies.iter_mut() {
            if copy.has_ended()? {
                return Err("a copy ended while the gate was closed".into());
            }
            waiting += usize::from(copy.has_said("waiting "));
        }
        if waiting + 1 >= copies.len() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(1));
    }
    Err("copies neither work nor tell that they wait".into())
}

/// Returns the build whose history is there, whole.
fn winner(watcher: &mut Client, kind: Kind) -> Result<Build> {
    let history = column(
        watcher,
        "SELECT label FROM samokoder_migrate.history ORDER BY position",
    )?;
    kind.builds()
        .into_iter()
        .find(|build| build.labels() == history && *build != Build::Old)
        .ok_or_else(|| format!("the history is nobody's: {history:?}").into())
}

/// Fails unless each step was done once, by one copy, and nothing is left behind.
fn is_whole(watcher: &mut Client, winner: Build, outcomes: &[Outcome]) -> Result {
    let mut expected = winner.labels();
    expected.extend(winner.seed().map(str::to_owned));
    let mut told: Vec<String> = outcomes
        .iter()
        .flat_map(|outcome| outcome.done.clone())
        .collect();
    told.sort_unstable();
    for (what, found) in [
        ("was told of", told),
        (
            "is among the events",
            column(
                watcher,
                "SELECT subject FROM samokoder_migrate.event WHERE outcome = 'done' ORDER BY subject COLLATE \"C\"",
            )?,
        ),
        (
            "ran",
            column(
                watcher,
                "SELECT label FROM ran ORDER BY label COLLATE \"C\"",
            )?,
        ),
    ] {
        if found != expected {
            return Err(format!("{found:?} {what}, not {expected:?}").into());
        }
    }
    for (what, sql) in [
        (
            "locks are held",
            "SELECT granted::text FROM pg_locks WHERE locktype = 'advisory'
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        ),
        (
            "indexes are not valid",
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
        ),
        (
            "scripts are in doubt",
            "SELECT label FROM samokoder_migrate.unfinished",
        ),
    ] {
        let found = column(watcher, sql)?;
        if !found.is_empty() {
            return Err(format!("{what}: {found:?}").into());
        }
    }
    Ok(())
}

fn column(watcher: &mut Client, sql: &str) -> Result<Vec<String>> {
    let rows = watcher.query(sql, &[])?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Held => "the first held until all others wait",
            Self::Free => "free",
        })
    }
}
