//! A script outside a transaction as messages.

use super::{
    opening::{BEGIN, BUSY},
    record::{self, Timed},
    settings::{self, LEAVE, Scope},
    sqlstate::using,
    step::{Flush, Writer},
};
use crate::{
    plan::{Kind, Step},
    query::Query,
    quote::{bytes, literal},
};

/// One message of a script outside a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) query: Query,
    pub(crate) what: What,
}

/// What a message of a script outside a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Ours, before the lock is held and anything is changed.
    First,
    /// Ours.
    Mark,
    /// A statement of the script, from 0.
    Statement(usize),
}

impl Sent {
    fn new(sql: String, what: What) -> Self {
        Self {
            query: sql.into(),
            what,
        }
    }
}

impl Writer<'_> {
    /// Returns the messages of a step outside a transaction: a mark, a statement, a mark, a
    /// statement, …, the record.
    pub(crate) fn outside(&self, step: &Step, before: usize) -> Vec<Sent> {
        let Some(script) = self.script(step) else {
            return Vec::new();
        };
        let first = step.resume.unwrap_or_default();
        let mut messages = Vec::new();
        for statement in first..script.statements.len() {
            let (sql, what) = if statement == first {
                (self.first(step, before, statement), What::First)
            } else {
                let sql = format!(
                    "{BEGIN}{}{}COMMIT;\n",
                    settings::ourselves(),
                    self.begun(step, statement)
                );
                (sql, What::Mark)
            };
            messages.push(Sent::new(sql, what));
            messages.push(Sent::new(
                format!("{};\n", script.statement(statement)),
                What::Statement(statement),
            ));
            if let Some(sql) = settings::steady(script) {
                messages.push(Sent::new(sql, What::Mark));
            }
        }
        messages.push(Sent::new(self.ended(step), What::Mark));
        messages
    }

    /// Takes the lock for the session, stashes its settings, and marks the first statement.
    fn first(&self, step: &Step, before: usize, statement: usize) -> String {
        let session_lock = format!(
            "    IF NOT pg_catalog.pg_try_advisory_lock({}) THEN
        RAISE EXCEPTION 'another run is at work' {};
    END IF;\n",
            self.tables.lock,
            using(BUSY)
        );
        format!(
            "{BEGIN}{}{}{}{}{LEAVE}COMMIT;\n",
            settings::enter(Scope::Session),
            self.guard(step, before, &session_lock),
            self.begun(step, statement),
            self.prepare(step, self.script(step), Flush::Now, Scope::Session),
        )
    }

    /// Marks a statement as begun.
    fn begun(&self, step: &Step, statement: usize) -> String {
        let Some(script) = self.script(step) else {
            return String::new();
        };
        let migration = self.set.migration(step.position);
        format!(
            "INSERT INTO {} AS u (set_name, position, version, label, direction, checksum, statement, statements, outcome, run)
VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 'begun', {})
ON CONFLICT (set_name) DO UPDATE SET label = EXCLUDED.label, checksum = EXCLUDED.checksum, statement = EXCLUDED.statement,
    statements = EXCLUDED.statements, outcome = EXCLUDED.outcome, at = EXCLUDED.at, run = EXCLUDED.run;\n",
            self.tables.unfinished,
            literal(self.set.name()),
            step.position,
            literal(&migration.map(|migration| migration.version.to_string()).unwrap_or_default()),
            literal(&step.subject),
            literal(if step.kind == Kind::Downgrade { "downgrade" } else { "upgrade" }),
            bytes(script.checksum.as_bytes()),
            statement + 1,
            script.statements.len(),
            literal(self.run),
        )
    }

    /// Records the step, all of whose statements ran.
    fn ended(&self, step: &Step) -> String {
        format!(
            "{BEGIN}{}{}{}{}DELETE FROM {} WHERE set_name = {};\n{LEAVE}COMMIT;\n{}",
            settings::own_path(),
            self.restored(step),
            self.rows(step).0,
            record::done(self.tables, self.set, step, self.run, Timed::Yes),
            self.tables.unfinished,
            literal(self.set.name()),
            self.release(),
        )
    }

    /// Marks a statement as refused by the server, and gives back the session.
    ///
    /// Where it is the script's first, nothing of the script stands, and nothing is unfinished.
    pub(crate) fn refused(&self, step: &Step, statement: usize) -> String {
        let table = &self.tables.unfinished;
        let mark = if statement == 0 {
            format!("DELETE FROM {table}")
        } else {
            format!("UPDATE {table} SET outcome = 'refused'")
        };
        format!(
            "ROLLBACK;\n{BEGIN}{}{}{mark} WHERE set_name = {} AND run = {};\n{LEAVE}COMMIT;\n{}",
            settings::own_path(),
            self.restored(step),
            literal(self.set.name()),
            literal(self.run),
            self.release(),
        )
    }

    /// Gives back the session, whatever of the script happened.
    pub(crate) fn abandoned(&self, step: &Step) -> String {
        format!(
            "ROLLBACK;\n{BEGIN}{}{}{LEAVE}COMMIT;\n{}",
            settings::own_path(),
            self.restored(step),
            self.release(),
        )
    }

    /// Gives back the lock; the server warns, and no more, where it is not held.
    pub(crate) fn release(&self) -> String {
        format!(
            "SELECT pg_catalog.pg_advisory_unlock({});\n",
            self.tables.lock
        )
    }

    fn restored(&self, step: &Step) -> String {
        self.script(step)
            .map(|script| settings::restore(script, Scope::Session))
            .unwrap_or_default()
    }
}
