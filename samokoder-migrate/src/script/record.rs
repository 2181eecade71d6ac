//! The rows that a step leaves: in the history, and among the events.

use std::time::Duration;

use super::tables::Tables;
use crate::{
    Digest,
    plan::Step,
    quote::{bytes, literal, optional},
    set::{Downgrade, Migration, Set, Transaction},
    stored::written,
    traced,
};

/// Returns the statement that records a migration as applied.
pub(crate) fn applied(
    tables: &Tables,
    set: &Set,
    position: usize,
    migration: &Migration,
    run: &str,
    timed: Timed,
) -> String {
    let (names, values): (Vec<_>, Vec<_>) = downgrade(migration).into_iter().unzip();
    format!(
        "INSERT INTO {} (set_name, position, version, name, label, checksum, {}, duration_ms, run)
VALUES ({}, {position}, {}, {}, {}, {}, {}, {}, {});\n",
        tables.history,
        names.join(", "),
        literal(set.name()),
        literal(&migration.version.to_string()),
        literal(&migration.name),
        literal(&migration.label),
        bytes(migration.upgrade.checksum.as_bytes()),
        values.join(", "),
        timed.sql(),
        literal(run),
    )
}

/// Returns the statements that record a migration as taken back, and forget the seeds that ran
/// at or above it.
pub(crate) fn taken_back(tables: &Tables, set: &Set, position: usize) -> String {
    format!(
        "DELETE FROM {} WHERE set_name = {name} AND position >= {position};
DELETE FROM {} WHERE set_name = {name} AND position >= {position};\n",
        tables.history,
        tables.seed,
        name = literal(set.name()),
    )
}

/// Returns the statement that records a seed as run at a position.
pub(crate) fn seeded(
    tables: &Tables,
    set: &Set,
    seed: &crate::set::Seed,
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
        bytes(seed.script.checksum.as_bytes()),
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
    let columns = downgrade(migration).map(|(name, value)| format!("{name} = {value}"));
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

/// Returns the columns that hold a migration's way back, and what is in them.
fn downgrade(migration: &Migration) -> [(&'static str, String); 10] {
    let (script, reason) = match &migration.downgrade {
        Downgrade::Script(script) => (Some(script), None),
        Downgrade::Irreversible(reason) => (None, Some(&**reason)),
    };
    let outside = script.is_some_and(|script| script.transaction == Transaction::Outside);
    let millis = |timeout: Option<Duration>| {
        timeout.map_or_else(|| "NULL".to_owned(), |time| time.as_millis().to_string())
    };
    let checksum = script.map_or(Digest::new([0; 32]), |script| script.checksum);
    [
        ("downgrade", optional(script.map(|script| &*script.text))),
        ("downgrade_checksum", bytes(checksum.as_bytes())),
        (
            "downgrade_path",
            optional(script.map(|script| &*script.path)),
        ),
        ("downgrade_outside", outside.to_string()),
        (
            "downgrade_statements",
            optional(script.map(|script| written(&script.statements)).as_deref()),
        ),
        (
            "downgrade_traces",
            optional(
                script
                    .map(|script| traced::write(&script.traces))
                    .as_deref(),
            ),
        ),
        (
            "downgrade_settings",
            optional(script.map(|script| script.settings.join(",")).as_deref()),
        ),
        (
            "downgrade_lock_ms",
            millis(script.and_then(|script| script.lock_timeout)),
        ),
        (
            "downgrade_statement_ms",
            millis(script.and_then(|script| script.statement_timeout)),
        ),
        ("irreversible", optional(reason)),
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

fn event(
    tables: &Tables,
    set: &Set,
    step: &Step,
    run: &str,
    outcome: &str,
    timed: Timed,
    error: Option<(&str, &str)>,
) -> String {
    let kind = step.kind.word();
    format!(
        "INSERT INTO {} (set_name, run, kind, outcome, position, subject, duration_ms, sqlstate, message, tool, build)
VALUES ({}, {}, '{kind}', '{outcome}', {}, {}, {}, {}, {}, {}, {});\n",
        tables.event,
        literal(set.name()),
        literal(run),
        step.position,
        literal(&step.subject),
        timed.sql(),
        optional(error.map(|(sqlstate, _)| sqlstate)),
        optional(error.map(|(_, message)| message)),
        literal(concat!("samokoder-migrate ", env!("CARGO_PKG_VERSION"))),
        optional(set.package().as_deref()),
    )
}
