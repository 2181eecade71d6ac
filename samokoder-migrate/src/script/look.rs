//! Looking whether a statement outside a transaction happened.

use samokoder_migrate_core::trace::Trace;

use super::{
    read::{EQUALS, TEXT},
    sqlstate::using,
};
use crate::{
    query::Question,
    quote::{dollar, literal},
};

/// The SQLSTATE that our own marks raise: an index is invalid after it was built.
pub(crate) const INVALID: &str = "SM712";

/// An index, as [`index`] finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Index {
    /// Its name, qualified and quoted.
    pub(crate) name: String,
    pub(crate) valid: bool,
    /// The process that builds an index on its table.
    pub(crate) builder: Option<String>,
}

impl Index {
    /// Reads a row that [`index`] asks for.
    pub(crate) fn read(row: &[Option<String>]) -> Option<Self> {
        let [name, valid, builder] = row else {
            return None;
        };
        Some(Self {
            name: name.clone()?,
            valid: valid.as_deref() == Some("true"),
            builder: builder.clone(),
        })
    }
}

/// Asks for the index that a statement makes; no row where it is not there. Where the server chose
/// its name, that is every invalid index of the table.
///
/// The table's name is looked up by the search path of the session.
pub(crate) fn index(table: &str, index: &str) -> Question {
    // Of other roles' builds the process alone can be seen, so the table is told by its lock, which a
    // build holds from its beginning to its end (section "CREATE INDEX", "Building Indexes
    // Concurrently", and "Explicit Locking").
    Question::new(format!(
        "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), i.indisvalid{TEXT},
    (SELECT l.pid{TEXT} FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_progress_create_index AS p ON p.pid {EQUALS} l.pid
        WHERE l.relation {EQUALS} i.indrelid AND l.mode {EQUALS} 'ShareUpdateExclusiveLock' AND l.granted
            AND l.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
            AND l.database {EQUALS} (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname {EQUALS} pg_catalog.current_database())
        LIMIT 1)
{}",
        named(table, index)
    ))
}

/// Asks whether a relation is there.
pub(crate) fn relation(name: &str) -> Question {
    Question::new(format!(
        "SELECT (pg_catalog.to_regclass({}) IS NOT NULL){TEXT}",
        literal(name)
    ))
}

/// Returns what raises where the index that a statement made is not valid: with `IF NOT EXISTS` the
/// server keeps an invalid one and is content.
pub(super) fn valid(trace: &Trace) -> String {
    let Trace::IndexMade { table, index } = trace else {
        return String::new();
    };
    if index.is_empty() {
        return String::new();
    }
    let body = format!(
        "BEGIN
    IF EXISTS (SELECT {} AND NOT i.indisvalid) THEN
        RAISE EXCEPTION 'index % is invalid', {} {};
    END IF;
END",
        named(table, index),
        literal(&format!("\"{index}\"")),
        using(INVALID),
    );
    format!("DO {};\n", dollar(&body))
}

fn named(table: &str, index: &str) -> String {
    let which = if index.is_empty() {
        "NOT i.indisvalid".to_owned()
    } else {
        format!("c.relname {EQUALS} {}", literal(index))
    };
    format!(
        "FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid {EQUALS} i.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid {EQUALS} c.relnamespace
WHERE i.indrelid {EQUALS} pg_catalog.to_regclass({}) AND {which}",
        literal(table)
    )
}
