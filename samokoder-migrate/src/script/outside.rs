//! A script outside a transaction as messages.

use samokoder_migrate_core::trace::Trace;

use super::{
    held::held,
    look,
    opening::{BEGIN, BUSY},
    record::{self, Timed},
    settings::{self, Scope},
    sqlstate::using,
    step::{Flush, Writer},
};
use crate::{
    plan::{Kind, Step},
    query::Query,
    quote::{digest, literal},
    set::Script,
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
    /// Ours; the statement, from 0, that ran before it.
    Mark(Option<usize>),
    /// A setting of the script, from 0, that an earlier run made in its own session.
    Setting(usize),
    /// The index that an earlier attempt left invalid is dropped.
    Clear,
    /// A statement of the script, from 0.
    Statement(usize),
}

/// What is left of a script whose statement was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Nothing: nothing is unfinished.
    Nothing,
    /// The statements before the refused one, or something that this one left.
    Something,
}

impl Sent {
    fn new(sql: impl Into<Query>, what: What) -> Self {
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
        let first = step.resume.as_ref().map_or(0, |resume| resume.statement);
        let mut messages = vec![Sent::new(self.first(step, before, first), What::First)];
        messages.extend(
            (0..first)
                .filter(|&earlier| *script.trace(earlier) == Trace::Setting)
                .map(|earlier| Sent::new(message(script, earlier), What::Setting(earlier))),
        );
        let left = step.resume.as_ref().and_then(|resume| resume.left.as_ref());
        if let Some(index) = left {
            messages.push(Sent::new(drop_index(index), What::Clear));
        }
        let mut ran = None;
        for statement in first..script.statements.len() {
            if ran.is_some() {
                messages.push(Sent::new(self.next(step, statement), What::Mark(ran)));
            }
            messages.push(Sent::new(
                message(script, statement),
                What::Statement(statement),
            ));
            ran = Some(statement);
            if let Some(sql) = settings::steady(script) {
                messages.push(Sent::new(sql, What::Mark(None)));
            }
        }
        messages.push(Sent::new(self.ended(step, ran), What::Mark(ran)));
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
            "{BEGIN}{}{}{}{}{leave}COMMIT;\n",
            settings::enter(Scope::Session),
            self.guard(step, before, &session_lock),
            self.begun(step, statement),
            self.prepare(step, self.script(step), Flush::Now, Scope::Session),
            leave = settings::leave(),
        )
    }

    /// Marks a statement as begun, after one that ran.
    fn next(&self, step: &Step, statement: usize) -> String {
        format!(
            "{BEGIN}{}{}{}{}COMMIT;\n",
            self.held(step),
            self.valid(step, statement.checked_sub(1)),
            settings::ourselves(),
            self.begun(step, statement)
        )
    }

    /// Marks a statement as begun; where there is none, all of them ran.
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
            digest(script.checksum),
            statement + 1,
            script.statements.len(),
            literal(self.run),
        )
    }

    /// Records the step, all of whose statements ran.
    fn ended(&self, step: &Step, last: Option<usize>) -> String {
        format!(
            "{BEGIN}{}{}{}{}{}{}DELETE FROM {} WHERE set_name = {};\n{leave}COMMIT;\n{}",
            self.held(step),
            self.valid(step, last),
            settings::own_path(),
            self.restored(step),
            self.rows(step).0,
            record::done(self.tables, self.set, step, self.run, Timed::Yes),
            self.tables.unfinished,
            literal(self.set.name()),
            self.release(),
            leave = settings::leave(),
        )
    }

    /// Marks a statement as refused by the server, and gives back the session.
    pub(crate) fn refused(&self, step: &Step, stands: Stands) -> String {
        let table = &self.tables.unfinished;
        let mark = match stands {
            Stands::Nothing => format!("DELETE FROM {table}"),
            Stands::Something => format!("UPDATE {table} SET outcome = 'refused'"),
        };
        format!(
            "ROLLBACK;\n{BEGIN}{}{}{}{mark} WHERE set_name = {} AND run = {};\n{leave}COMMIT;\n{}",
            self.held(step),
            settings::own_path(),
            self.restored(step),
            literal(self.set.name()),
            literal(self.run),
            self.release(),
            leave = settings::leave(),
        )
    }

    /// Gives back the session, whatever of the script happened.
    pub(crate) fn abandoned(&self, step: &Step) -> String {
        format!(
            "ROLLBACK;\n{BEGIN}{}{}{}{leave}COMMIT;\n{}",
            self.held(step),
            settings::own_path(),
            self.restored(step),
            self.release(),
            leave = settings::leave(),
        )
    }

    /// Gives back the lock; the server warns, and no more, where it is not held.
    pub(crate) fn release(&self) -> String {
        format!(
            "SELECT pg_catalog.pg_advisory_unlock({});\n",
            self.tables.lock
        )
    }

    /// Raises where the message came to another backend than the one that holds the lock.
    fn held(&self, step: &Step) -> String {
        self.script(step)
            .map(|script| held(self.tables, script))
            .unwrap_or_default()
    }

    /// Raises where what a statement made is not whole.
    fn valid(&self, step: &Step, statement: Option<usize>) -> String {
        let script = self.script(step);
        script
            .zip(statement)
            .map(|(script, statement)| look::valid(script.trace(statement)))
            .unwrap_or_default()
    }

    fn restored(&self, step: &Step) -> String {
        self.script(step)
            .map(|script| settings::restore(script, Scope::Session))
            .unwrap_or_default()
    }
}

/// Drops an index whose name is qualified and quoted.
pub(crate) fn drop_index(index: &str) -> String {
    format!("DROP INDEX CONCURRENTLY IF EXISTS {index};\n")
}

fn message(script: &Script, statement: usize) -> String {
    format!("{};\n", script.statement(statement))
}
