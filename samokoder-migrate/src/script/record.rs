//! The rows that a step leaves: in the history, and among the events.

use std::time::Duration;

use super::tables::Tables;
use crate::{
    Digest,
    plan::Step,
    quote::{bytes, literal, optional},
    set::{Downgrade, Migration, Script, Set, Transaction},
    stored, traced,
};

/// The columns that say which migration a row is about.
const IDENTITY: [&str; 5] = ["position", "version", "name", "label", "checksum"];

/// The columns that hold its way back.
const DOWNGRADE: [&str; 10] = [
    "downgrade",
    "downgrade_checksum",
    "downgrade_path",
    "downgrade_outside",
    "downgrade_statements",
    "downgrade_traces",
    "downgrade_settings",
    "downgrade_lock_ms",
    "downgrade_statement_ms",
    "irreversible",
];

/// Returns the statement that records a migration as applied.
pub(crate) fn applied(
    tables: &Tables,
    set: &Set,
    position: usize,
    migration: &Migration,
    run: &str,
    timed: Timed,
) -> String {
    insert(tables, set, &values(position, migration), run, timed)
}

/// Returns the statement that records a migration as applied, with a parameter for each of the
/// migration's [`values`].
pub(crate) fn applying(tables: &Tables, set: &Set, run: &str) -> String {
    let columns = 1..=IDENTITY.len() + DOWNGRADE.len();
    let parameters: Vec<String> = columns.map(|place| format!("${place}")).collect();
    insert(tables, set, &parameters.join(", "), run, Timed::Yes)
}

/// Returns what the history holds of a migration.
pub(crate) fn values(position: usize, migration: &Migration) -> String {
    format!(
        "{position}, {}, {}, {}, {}, {}",
        literal(&migration.version.to_string()),
        literal(&migration.name),
        literal(&migration.label),
        bytes(migration.upgrade.checksum.as_bytes()),
        downgrade(migration).join(", "),
    )
}

fn insert(tables: &Tables, set: &Set, values: &str, run: &str, timed: Timed) -> String {
    format!(
        "INSERT INTO {} (set_name, {}, {}, duration_ms, run)
VALUES ({}, {values}, {}, {});\n",
        tables.history,
        IDENTITY.join(", "),
        DOWNGRADE.join(", "),
        literal(set.name()),
        timed.sql(),
        literal(run),
    )
}

/// Returns the statements that record a migration as taken back, and forget the seeds that ran
/// at or above it; `position` is an expression.
pub(crate) fn taken_back(tables: &Tables, set: &Set, position: &str) -> [String; 2] {
    let name = literal(set.name());
    [&tables.history, &tables.seed].map(|table| {
        format!("DELETE FROM {table} WHERE set_name = {name} AND position >= {position};\n")
    })
}

/// Returns the statement that records a seed as run at a position.
pub(crate) fn seeded(
    tables: &Tables,
    set: &Set,
    seed: &crate::set::Seed,
    checksum: Digest,
    position: usize,
    run: &str,
) -> String {
    format!(
        "INSERT INTO {} AS s (set_name, path, checksum, position, run) VALUES ({}, {}, {}, {position}, {})
ON CONFLICT (set_name, path) DO UPDATE SET checksum = EXCLUDED.checksum, position = EXCLUDED.position,
    applied_at = EXCLUDED.applied_at, run = EXCLUDED.run;\n",
        tables.seed,
        literal(set.name()),
        literal(&seed.path),
        bytes(checksum.as_bytes()),
        literal(run),
    )
}

/// Returns the statement that stores this build's downgrade of a migration.
pub(crate) fn refreshed(
    tables: &Tables,
    set: &Set,
    position: usize,
    migration: &Migration,
) -> String {
    let columns: Vec<String> = DOWNGRADE
        .iter()
        .zip(downgrade(migration))
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    format!(
        "UPDATE {} SET {}
WHERE set_name = {} AND position = {position};\n",
        tables.history,
        columns.join(", "),
        literal(set.name()),
    )
}

/// Returns the statement that records a step among the events.
pub(crate) fn done(tables: &Tables, set: &Set, step: &Step, run: &str, timed: Timed) -> String {
    event(tables, set, step, run, "done", timed, None)
}

/// Returns the statement that records a step's failure among the events.
pub(crate) fn failed(
    tables: &Tables,
    set: &Set,
    step: &Step,
    run: &str,
    sqlstate: &str,
    message: &str,
) -> String {
    event(
        tables,
        set,
        step,
        run,
        "failed",
        Timed::No,
        Some((sqlstate, message)),
    )
}

/// Returns what is in the columns that hold a migration's way back.
fn downgrade(migration: &Migration) -> [String; DOWNGRADE.len()] {
    let (script, reason) = match &migration.downgrade {
        Downgrade::Script(script) => (Some(script), None),
        Downgrade::Irreversible(reason) => (None, Some(&**reason)),
    };
    let outside = script.is_some_and(|script| script.transaction == Transaction::Outside);
    let millis = |timeout: Option<Duration>| {
        timeout.map_or_else(|| "NULL".to_owned(), |time| time.as_millis().to_string())
    };
    let checksum = script.map_or(Digest::new([0; 32]), |script| script.checksum);
    let written = |write: fn(&Script) -> String| optional(script.map(write).as_deref());
    [
        optional(script.map(|script| &*script.text)),
        bytes(checksum.as_bytes()),
        optional(script.map(|script| &*script.path)),
        outside.to_string(),
        written(|script| stored::written(&script.statements)),
        written(|script| traced::write(&script.traces)),
        written(|script| script.settings.join(",")),
        millis(script.and_then(|script| script.lock_timeout)),
        millis(script.and_then(|script| script.statement_timeout)),
        optional(reason),
    ]
}

/// Whether a statement can tell how long its step has taken so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timed {
    /// The step's transaction noted when it began.
    Yes,
    /// It did not.
    No,
}

impl Timed {
    fn sql(self) -> &'static str {
        match self {
            Self::Yes => {
                "(1000 * (extract(epoch FROM clock_timestamp())::numeric - nullif(current_setting('samokoder_migrate.started', true), '')::numeric))::bigint"
            }
            Self::No => "NULL",
        }
    }
}

/// Returns the statement that records a step among the events, with parameters for its kind, its
/// position and its subject.
pub(crate) fn happened(tables: &Tables, set: &Set, run: &str) -> String {
    occurred(
        tables,
        set,
        run,
        ["$1", "'done'", "$2", "$3"],
        Timed::Yes,
        None,
    )
}

fn event(
    tables: &Tables,
    set: &Set,
    step: &Step,
    run: &str,
    outcome: &str,
    timed: Timed,
    error: Option<(&str, &str)>,
) -> String {
    let kind = format!("'{}'", step.kind.word());
    let outcome = format!("'{outcome}'");
    let position = step.position.to_string();
    let what = [&*kind, &outcome, &position, &literal(&step.subject)];
    occurred(tables, set, run, what, timed, error)
}

fn occurred(
    tables: &Tables,
    set: &Set,
    run: &str,
    what: [&str; 4],
    timed: Timed,
    error: Option<(&str, &str)>,
) -> String {
    format!(
        "INSERT INTO {} (set_name, run, kind, outcome, position, subject, duration_ms, sqlstate, message, tool, build)
VALUES ({}, {}, {}, {}, {}, {}, {}, {});\n",
        tables.event,
        literal(set.name()),
        literal(run),
        what.join(", "),
        timed.sql(),
        optional(error.map(|(sqlstate, _)| sqlstate).filter(|sqlstate| !sqlstate.is_empty())),
        optional(error.map(|(_, message)| message)),
        literal(concat!("samokoder-migrate ", env!("CARGO_PKG_VERSION"))),
        optional(set.package().as_deref()),
    )
}
