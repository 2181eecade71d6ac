//! What is run while it is killed: steps in a transaction and outside one, and a seed.

use std::time::Duration;

use samokoder_migrate::{
    Set,
    revision::{Point, Target},
    verb::{self, Run},
};
use samokoder_migrate_core::{
    check::{self, Baseline},
    folder::Folder,
};

use super::Way;
use crate::Result;

/// How many migrations there are: enough that those in a transaction share their statements, but not in
/// a run that goes on near the end.
pub(super) const STEPS: usize = 20;
/// Those that run outside a transaction: so the plan is three messages, and those of these two between.
pub(super) const OUTSIDE: [usize; 2] = [4, 7];
/// The one that may meet a gate; the one before it is in the same message.
pub(super) const GATED: usize = 6;
/// What the seed inserts into the first table.
pub(super) const SEEDED: i32 = 100;
/// What each script begins and ends with: it sleeps for as long as its session says, or not at all.
const PAUSE: &str = "SELECT pg_sleep(current_setting('harness.pause', true)::float8)";
/// The table that a gate is about, outside the set.
pub(super) const GATE: &str = "gate";

/// What becomes of a run that nobody kills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// It ends well.
    Smooth,
    /// Its gated step is refused a lock, and tried again.
    LosesLock,
    /// Its gated step fails.
    Fails,
}

/// How much of a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Nothing,
    Table,
    Row,
    Index,
}

/// A script: its statements, each with what stands after it.
pub(super) type Script = Vec<(String, Level)>;

impl Course {
    pub(super) fn named(name: &str) -> Self {
        [Self::LosesLock, Self::Fails]
            .into_iter()
            .find(|course| course.name() == name)
            .unwrap_or(Self::Smooth)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::LosesLock => "loses-lock",
            Self::Fails => "fails",
        }
    }
}

/// Returns a URL whose sessions pause in each script, so that a kill may meet it.
pub(super) fn slow(url: &str) -> String {
    format!("{url}?options=-c%20harness.pause%3D0.02")
}

/// Returns the label of a migration.
pub(super) fn label(step: usize) -> String {
    format!("{step:03}_step_{step}")
}

/// Returns how much stands of a migration that is applied.
pub(super) fn whole(step: usize) -> Level {
    if OUTSIDE.contains(&step) {
        Level::Index
    } else {
        Level::Row
    }
}

/// Returns the statements of a migration, and what stands of it after each.
pub(super) fn script(step: usize, way: Way, course: Course) -> Script {
    let mut script = Script::new();
    let outside = OUTSIDE.contains(&step);
    let mut add = |sql: String, level| script.push((sql, level));
    match way {
        Way::Up => {
            if outside {
                // The first statement is long and does something, so that a kill may meet it at work.
                let table = format!("CREATE TABLE t{step} AS SELECT 0 AS id FROM ({PAUSE}) AS p");
                add(table, Level::Table);
            } else {
                add(PAUSE.to_owned(), Level::Nothing);
                add(format!("CREATE TABLE t{step} (id int)"), Level::Table);
            }
            add(format!("INSERT INTO t{step} VALUES ({step})"), Level::Row);
            if outside {
                let sql = format!("CREATE INDEX CONCURRENTLY i{step} ON t{step} (id)");
                add(sql, Level::Index);
            }
            match course {
                Course::LosesLock if step == GATED => {
                    add(
                        format!("LOCK TABLE {GATE} IN ACCESS SHARE MODE"),
                        Level::Row,
                    );
                }
                Course::Fails if step == GATED => {
                    add(format!("SELECT 1 / count(*) FROM {GATE}"), Level::Row);
                }
                _ => {}
            }
            add(PAUSE.to_owned(), whole(step));
        }
        Way::Down => {
            add(PAUSE.to_owned(), whole(step));
            if outside {
                add(format!("DROP INDEX CONCURRENTLY i{step}"), Level::Row);
            }
            add(format!("DROP TABLE t{step}"), Level::Nothing);
            add(PAUSE.to_owned(), Level::Nothing);
        }
    }
    script
}

/// Makes the set.
pub(super) fn set(course: Course) -> Result<Set> {
    let mut migrations = Folder::new("migrations");
    for step in 1..=STEPS {
        let text = |way| {
            let head = if OUTSIDE.contains(&step) {
                "-- samokoder: no-transaction\n"
            } else {
                ""
            };
            let statements: Vec<String> = script(step, way, course)
                .into_iter()
                .map(|(sql, _)| sql)
                .collect();
            format!("{head}{}; -- the end", statements.join(";\n"))
        };
        migrations = migrations
            .file(format!("{}.up.sql", label(step)), text(Way::Up))
            .file(format!("{}.down.sql", label(step)), text(Way::Down));
    }
    let seeds = Folder::new("seeds").file(
        "s.sql",
        format!("INSERT INTO t1 SELECT {SEEDED} WHERE true ON CONFLICT DO NOTHING"),
    );
    let mut options = check::Options::default();
    // The gate is there before.
    options.baseline = Baseline::Unknown;
    let checked = check::check(&migrations, Some(&seeds), &options);
    let history = checked.history.ok_or_else(|| {
        format!(
            "the harness's own migrations do not pass: {:#?}",
            checked.diagnostics
        )
    })?;
    Ok(Set::of_history(&history, "main", "samokoder_migrate"))
}

/// Returns the run that is killed, and that which comes after it.
pub(super) fn moved(set: &Set, way: Way) -> Run<'_, Point> {
    let target = match way {
        Way::Up => Target::Head,
        Way::Down => Target::BASE,
    };
    verb::run_to(set, target)
        .allow_downgrade()
        // So that a gate is met more than once in a second.
        .lock_timeout(Duration::from_millis(50))
}
