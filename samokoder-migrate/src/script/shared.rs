//! What the steps of a long message say alike, said once.
//!
//! The server reads and plans each statement of ours anew for each step, which is most of what it does
//! for us. So a message of many steps begins with PREPARE, and its steps EXECUTE; it ends with
//! DEALLOCATE. What a message that failed leaves prepared is taken away when it is looked what stands,
//! and by the next such message.
//!
//! A plan holds for one search path, and is made anew under another. So what is prepared has qualified
//! names, and all of it runs under the caller's path; none of it changes that path and returns rows, as
//! their description is asked for under the path that it leaves.
//!
//! A message is one transaction after another on one server, also behind a pooler of transactions, so
//! what it prepares is there for all of it. Where a script takes it away, its step is undone, and the run
//! goes on without.

use std::fmt::Write as _;

use super::{
    guard::{PAUSE, TRIES, WATCH},
    message::Message,
    opening::{BEGIN, BUSY, MOVED},
    read::ROW_LINE,
    record,
    settings::{self, LEAVING, Scope},
    sqlstate::refusing,
    step::{Flush, Writer, add_script},
    tables::Tables,
};
use crate::{
    error::ServerError,
    plan::{Kind, Step},
    quote::{dollar, literal, push_literal},
    set::{Script, Set},
};

/// From how many steps on statements are shared. It pays from three on, but a short message is better read
/// as it is.
const MANY: usize = 16;

/// What our prepared statements are called, before a word for each. Each step says it four times.
const PREFIX: &str = "samokoder_run_";

/// Whether the steps of a plan share their statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    Yes,
    No,
}

impl Sharing {
    /// Decides for a whole plan.
    pub(crate) fn of<'p>(set: &Set, steps: impl Iterator<Item = &'p Step>) -> Self {
        if steps
            .filter(|step| is_plain(set, step))
            .nth(MANY - 1)
            .is_some()
        {
            Self::Yes
        } else {
            Self::No
        }
    }
}

/// Returns whether all that a step's statements of ours differ in are values.
fn is_plain(set: &Set, step: &Step) -> bool {
    matches!(step.kind, Kind::Upgrade | Kind::Downgrade)
        && step.stored.is_none()
        && step.resume.is_none()
        && step.condition.is_empty()
        && step.script(set).is_some_and(|script| {
            script.settings.is_empty()
                && script.lock_timeout.is_none()
                && script.statement_timeout.is_none()
        })
}

/// Returns whether a refusal is that a statement of ours is not prepared any more: a script took it
/// away, by `DEALLOCATE ALL`.
pub(crate) fn is_gone(server: &ServerError) -> bool {
    matches!(&*server.sqlstate, NOT_PREPARED | "") && server.message.contains(PREFIX)
}

/// The SQLSTATE of a name that no prepared statement has.
const NOT_PREPARED: &str = "26000";

impl Writer<'_> {
    /// Adds what a message of many steps begins with.
    pub(crate) fn share(&self, message: &mut Message) {
        // By EXECUTE, so that each keeps its own text, and not that of the whole message, which
        // every use of it would copy.
        let prepared = self.statements().map(|(name, types, sql)| {
            let sql = sql.trim_end().trim_end_matches(';');
            let sql = literal(&format!("PREPARE {PREFIX}{name}{types} AS {sql}"));
            format!("    EXECUTE {sql};\n")
        });
        let body = format!(
            "DECLARE
    statement text;
    enter text := {};
BEGIN
{}{}    EXECUTE 'PREPARE {PREFIX}enter AS ' || enter;
{}END",
            literal(&self.enter(None)),
            clear(),
            self.watching(),
            prepared.concat(),
        );
        let own_path = settings::own_path();
        message.ours(
            None,
            &format!("{BEGIN}{own_path}DO {};\nCOMMIT;\n", dollar(&body)),
            4,
        );
    }

    /// Adds a step to such a message, and returns whether it can be put so.
    pub(crate) fn shared(
        &self,
        message: &mut Message,
        index: usize,
        step: &Step,
        before: usize,
        flush: Flush,
    ) -> bool {
        let (Some(script), Some(migration), true) = (
            self.script(step),
            self.set.migration(step.position),
            is_plain(self.set, step),
        ) else {
            return false;
        };
        let (_, last) = self.last_row(step, before);
        // Writing to a string does not fail.
        message.write(index, 3, |sql| {
            let _ = write!(
                sql,
                "{BEGIN}EXECUTE {PREFIX}enter;\nEXECUTE {PREFIX}begin ("
            );
            push_literal(sql, &last);
            sql.push_str(", ");
            push_literal(sql, &step.subject);
            let _ = writeln!(sql, ", {});", flush.setting().unwrap_or("NULL"));
        });
        add_script(message, index, script);
        message.write(index, 2, |sql| {
            let _ = write!(sql, "EXECUTE {PREFIX}restore;\nEXECUTE {PREFIX}");
            if step.kind == Kind::Downgrade {
                let _ = write!(sql, "back ({}, ", step.position);
                push_literal(sql, &step.subject);
            } else {
                sql.push_str("apply (");
                record::push_values(sql, step.position, migration);
            }
            sql.push_str(");\n");
        });
        message.commit(index);
        true
    }

    /// The statement that each step begins with: our path, the lock. Its names are qualified, as it
    /// runs under the caller's path.
    fn enter(&self, watch: Option<&str>) -> String {
        let lock = self.tables.lock;
        let mut calls = settings::entering(Scope::Transaction);
        calls.extend(watch.map(str::to_owned));
        calls.push(format!("CASE WHEN NOT pg_catalog.pg_try_advisory_xact_lock({lock}) THEN (
    WITH RECURSIVE attempt (number, held) AS (SELECT 1, false UNION ALL
        SELECT a.number OPERATOR(pg_catalog.+) 1, CASE WHEN pg_catalog.pg_sleep({PAUSE}) IS NOT NULL THEN pg_catalog.pg_try_advisory_xact_lock({lock}) END
        FROM attempt AS a WHERE NOT a.held AND a.number OPERATOR(pg_catalog.<) {TRIES})
    SELECT CASE WHEN NOT pg_catalog.bool_or(a.held) THEN {} END FROM attempt AS a) END", refusing(BUSY)));
        silent(self.tables, &calls)
    }

    /// PL/pgSQL that adds to the first statement that the server looks whether the client is still
    /// there. Not every platform can watch; there it goes on to the end of the message.
    fn watching(&self) -> String {
        if self.major < 14 {
            return String::new();
        }
        format!(
            "    BEGIN
        PERFORM {WATCH};
        enter := {};
    EXCEPTION WHEN OTHERS THEN NULL;
    END;\n",
            literal(&self.enter(Some(WATCH)))
        )
    }

    /// The statements: a word, the types of the parameters, the text.
    fn statements(&self) -> [(&'static str, &'static str, String); 4] {
        let Self {
            tables, set, run, ..
        } = self;
        let plain = Script::PLAIN;
        let mut begin = vec![format!(
            "CASE WHEN {} OR {} THEN {} END",
            self.ends_otherwise(ROW_LINE, "$1"),
            self.marked_otherwise("''"),
            refusing(MOVED)
        )];
        begin.extend(self.calls(
            Some(&plain),
            "pg_catalog.concat('samokoder-migrate ', $2)",
            Some("coalesce($3, pg_catalog.current_setting('synchronous_commit'))"),
            Scope::Transaction,
        ));
        let happened = |kind, position, subject: &str| {
            record::happened(
                tables,
                set,
                run,
                [kind, position, subject],
                &format!("{LEAVING} IS NOT NULL"),
            )
        };
        let [back, forget] = record::taken_back(tables, set, "$1");
        [
            (
                "begin",
                " (pg_catalog.text, pg_catalog.text, pg_catalog.text)",
                silent(tables, &begin),
            ),
            ("restore", "", settings::restore(&plain, Scope::Transaction)),
            (
                "apply",
                "",
                // The label is the subject.
                with(
                    &[record::applying(tables, set, run)],
                    &happened("'upgrade'", "$1", "$4"),
                ),
            ),
            (
                "back",
                " (integer, text)",
                with(&[back, forget], &happened("'downgrade'", "$1", "$2")),
            ),
        ]
    }
}

/// Returns a statement that makes the calls and inserts nothing, as `concat` is never null: nothing is
/// answered but that it was done.
fn silent(tables: &Tables, calls: &[String]) -> String {
    format!(
        "INSERT INTO {} (set_name) SELECT NULL WHERE pg_catalog.concat({}) IS NULL",
        tables.event,
        calls.join(",\n    ")
    )
}

/// Returns a statement that does others before it, all of them at once.
fn with(before: &[String], statement: &str) -> String {
    let before: Vec<String> = before
        .iter()
        .zip(1..)
        .map(|(sql, number)| {
            format!(
                "done_{number} AS ({})",
                sql.trim_end().trim_end_matches(';')
            )
        })
        .collect();
    format!("WITH {}\n{statement}", before.join(",\n"))
}

/// Returns the statement that takes away what a message left prepared.
pub(crate) fn unshared() -> String {
    let body = format!(
        "DECLARE\n    statement pg_catalog.text;\nBEGIN\n{}END",
        clear()
    );
    format!("DO {};\n", dollar(&body))
}

/// PL/pgSQL that takes away what is prepared of ours, whatever the search path is.
fn clear() -> String {
    format!(
        "    FOR statement IN SELECT p.name FROM pg_catalog.pg_prepared_statements AS p WHERE pg_catalog.starts_with(p.name, '{PREFIX}') LOOP
        EXECUTE pg_catalog.format('DEALLOCATE %I', statement);
    END LOOP;\n"
    )
}
