//! The rows that a step leaves: in the history, and among the events.

use std::{borrow::Cow, fmt::Write as _, time::Duration};

use super::{read::EQUALS, tables::Tables};
use crate::{
    Digest,
    plan::Step,
    quote::{digest, literal, optional, push_digest, push_literal},
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
/// migration's [`values`]; its names are qualified.
pub(crate) fn applying(tables: &Tables, set: &Set, run: &str) -> String {
    let columns = 1..=IDENTITY.len() + DOWNGRADE.len();
    let parameters: Vec<String> = columns.map(|place| format!("${place}")).collect();
    insert(tables, set, &parameters.join(", "), run, Timed::Yes)
}

/// Returns what the history holds of a migration.
pub(crate) fn values(position: usize, migration: &Migration) -> String {
    let mut text = String::new();
    push_values(&mut text, position, migration);
    text
}

/// Adds it to a text.
pub(crate) fn push_values(text: &mut String, position: usize, migration: &Migration) {
    let identity = [
        Value::Number(position as u128),
        Value::Text(migration.version.to_string().into()),
        Value::Text(migration.name.as_ref().into()),
        Value::Text(migration.label.as_ref().into()),
        Value::Digest(migration.upgrade.checksum),
    ];
    let mut separator = "";
    for value in identity.into_iter().chain(downgrade(migration)) {
        text.push_str(separator);
        value.push(text);
        separator = ", ";
    }
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
/// at or above it; `position` is an expression, and names are qualified.
pub(crate) fn taken_back(tables: &Tables, set: &Set, position: &str) -> [String; 2] {
    let name = literal(set.name());
    [&tables.history, &tables.seed].map(|table| {
        format!("DELETE FROM {table} WHERE set_name {EQUALS} {name} AND position OPERATOR(pg_catalog.>=) {position};\n")
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
        digest(checksum),
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
        .map(|(name, value)| {
            let mut column = format!("{name} = ");
            value.push(&mut column);
            column
        })
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
fn downgrade(migration: &Migration) -> [Value<'_>; DOWNGRADE.len()] {
    let (script, reason) = match &migration.downgrade {
        Downgrade::Script(script) => (Some(script), None),
        Downgrade::Irreversible(reason) => (None, Some(&**reason)),
    };
    let outside = script.is_some_and(|script| script.transaction == Transaction::Outside);
    let millis = |timeout: Option<Duration>| {
        timeout.map_or(Value::Null, |time| Value::Number(time.as_millis()))
    };
    let checksum = script.map_or(Digest::new([0; 32]), |script| script.checksum);
    let text = |text: Option<Cow<'static, str>>| text.map_or(Value::Null, Value::Text);
    let written = |write: fn(&Script) -> String| text(script.map(|script| write(script).into()));
    [
        script.map_or(Value::Null, |script| Value::Text((&*script.text).into())),
        Value::Digest(checksum),
        script.map_or(Value::Null, |script| Value::Text((&*script.path).into())),
        Value::Flag(outside),
        written(|script| stored::written(&script.statements)),
        written(|script| traced::write(&script.traces)),
        written(|script| script.settings.join(",")),
        millis(script.and_then(|script| script.lock_timeout)),
        millis(script.and_then(|script| script.statement_timeout)),
        reason.map_or(Value::Null, |reason| Value::Text(reason.into())),
    ]
}

/// What a column holds.
enum Value<'m> {
    Text(Cow<'m, str>),
    Digest(Digest),
    Number(u128),
    Flag(bool),
    Null,
}

impl Value<'_> {
    /// Adds it to a statement.
    fn push(&self, text: &mut String) {
        match self {
            Self::Text(value) => push_literal(text, value),
            Self::Digest(value) => push_digest(text, *value),
            // Writing to a string does not fail.
            Self::Number(value) => drop(write!(text, "{value}")),
            Self::Flag(value) => text.push_str(if *value { "true" } else { "false" }),
            Self::Null => text.push_str("NULL"),
        }
    }
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
                "(1000 OPERATOR(pg_catalog.*) (extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.numeric
    OPERATOR(pg_catalog.-) (CASE WHEN pg_catalog.current_setting('samokoder_migrate.started', true) OPERATOR(pg_catalog.<>) ''
        THEN pg_catalog.current_setting('samokoder_migrate.started') END)::pg_catalog.numeric))::pg_catalog.int8"
            }
            Self::No => "NULL",
        }
    }
}

/// Returns the statement that records a step among the events, once `also` holds; `kind`, `position`
/// and `subject` are expressions, and names are qualified.
pub(crate) fn happened(
    tables: &Tables,
    set: &Set,
    run: &str,
    [kind, position, subject]: [&str; 3],
    also: &str,
) -> String {
    let what = [kind, "'done'", position, subject];
    occurred(
        tables,
        set,
        run,
        what,
        Timed::Yes,
        None,
        &format!("\nWHERE {also}"),
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
    occurred(tables, set, run, what, timed, error, "")
}

fn occurred(
    tables: &Tables,
    set: &Set,
    run: &str,
    what: [&str; 4],
    timed: Timed,
    error: Option<(&str, &str)>,
    also: &str,
) -> String {
    format!(
        "INSERT INTO {} (set_name, run, kind, outcome, position, subject, duration_ms, sqlstate, message, tool, build)
SELECT {}, {}, {}, {}, {}, {}, {}, {}{also};\n",
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
