//! What each of our transactions begins with: the lock, and whether the history has moved.

use std::borrow::Cow;

use super::{
    opening::{BUSY, MOVED},
    read::{DOWNGRADE_DIGEST, EQUALS, ROW_LINE, history_line},
    sqlstate::using,
    step::Writer,
    tables::Tables,
};
use crate::{
    plan::{Kind, Step},
    quote::{dollar, literal},
    stored::{Stored, Way},
};

/// How often a step tries to have the lock, where another run got in between: half a second, with
/// pauses. Never in the lock's queue, where CREATE INDEX CONCURRENTLY and it would wait for each other.
pub(super) const TRIES: u32 = 100;

/// The pause between two of them, in seconds.
pub(super) const PAUSE: f64 = 0.005;

/// Has the server look from time to time whether the client is still there, where it can: a call.
pub(super) const WATCH: &str =
    "pg_catalog.set_config('client_connection_check_interval', '2s', true)";

impl Writer<'_> {
    /// Takes the lock, then, in a later statement, looks whether the history is where the plan
    /// expects it.
    pub(super) fn guard(&self, step: &Step, before: usize, then: &str) -> String {
        let Tables { seed, .. } = self.tables;
        let name = literal(self.set.name());
        let mut expected = if matches!(step.kind, Kind::Stamp | Kind::Repair) {
            format!(
                "{} IS DISTINCT FROM {}",
                history_line(self.tables, self.set),
                literal(self.line)
            )
        } else {
            let (line, last) = self.last_row(step, before);
            self.ends_otherwise(&line, &literal(&last))
        };
        if !matches!(step.kind, Kind::Stamp | Kind::Refresh) {
            expected.push_str("\n        OR ");
            expected.push_str(&self.marked_otherwise(&literal(step.mark().unwrap_or_default())));
        }
        if step.kind == Kind::Seed {
            expected.push_str(&format!(
                "\n        OR coalesce((SELECT pg_catalog.encode(s.checksum, 'hex') FROM {seed} AS s WHERE s.set_name = {name} AND s.path = {}), '') <> {}",
                literal(&step.subject),
                literal(&step.seen),
            ));
        }
        let (lock, watch_client) = (self.lock(), self.watch_client());
        let body = format!(
            "BEGIN
{lock}    IF {expected} THEN
        RAISE EXCEPTION 'the history changed' {moved};
    END IF;
{then}{watch_client}END",
            moved = using(MOVED),
        );
        format!("DO {};\n", dollar(&body))
    }

    /// Takes the lock, after a while at most. PL/pgSQL.
    fn lock(&self) -> String {
        format!(
            "    FOR attempt IN 1..{TRIES} LOOP
        EXIT WHEN pg_try_advisory_xact_lock({});
        IF attempt = {TRIES} THEN
            RAISE EXCEPTION 'another run is at work' {};
        END IF;
        PERFORM pg_sleep({PAUSE});
    END LOOP;\n",
            self.tables.lock,
            using(BUSY)
        )
    }

    /// Has the server look whether the client is still there. PL/pgSQL.
    fn watch_client(&self) -> String {
        if self.major < 14 {
            return String::new();
        }
        // Not every platform can watch; there the server goes on to the end of the message.
        format!(
            "    BEGIN
        PERFORM {WATCH};
    EXCEPTION WHEN OTHERS THEN NULL;
    END;\n"
        )
    }

    /// Returns the expression that is true where the history's last row is not as expected; its
    /// names are qualified, as the line's are.
    pub(super) fn ends_otherwise(&self, line: &str, expected: &str) -> String {
        format!(
            "coalesce((SELECT {line} FROM {} AS h
        WHERE h.set_name {EQUALS} {} ORDER BY h.position DESC LIMIT 1), '') OPERATOR(pg_catalog.<>) {expected}",
            self.tables.history,
            literal(self.set.name())
        )
    }

    /// Returns the expression that is true where a script is marked as begun, other than is expected;
    /// its names are qualified.
    pub(super) fn marked_otherwise(&self, expected: &str) -> String {
        format!(
            "coalesce((SELECT pg_catalog.concat_ws(' ', u.run, u.statement, u.outcome) FROM {} AS u WHERE u.set_name {EQUALS} {}), '') OPERATOR(pg_catalog.<>) {expected}",
            self.tables.unfinished,
            literal(self.set.name())
        )
    }

    /// Returns the expression over the history's last row that a step looks at, and its value.
    pub(super) fn last_row(&self, step: &Step, before: usize) -> (Cow<'static, str>, String) {
        match step.stored.as_deref() {
            // What was read is what runs.
            Some(Stored {
                line,
                way: Way::Script { digest, .. },
                ..
            }) => (
                format!("{ROW_LINE} || ' ' || {DOWNGRADE_DIGEST}").into(),
                format!("{line} {digest}"),
            ),
            _ => (
                ROW_LINE.into(),
                self.set
                    .migration(before)
                    .map_or_else(String::new, |migration| {
                        format!(
                            "{before} {} {}",
                            migration.version, migration.upgrade.checksum
                        )
                    }),
            ),
        }
    }
}
