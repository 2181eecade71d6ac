//! A step as SQL.

use super::{
    message::Message,
    opening::BEGIN,
    record::{self, Timed},
    settings::{self, Scope, Timeouts},
    tables::Tables,
};
use crate::{
    plan::{Kind, Step},
    query::Question,
    quote::literal,
    set::{Script, Set},
};

/// When a commit is written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flush {
    /// With a later commit of the same message.
    Later,
    /// Before the server answers, as the database is set.
    Now,
}

impl Flush {
    /// Returns what `synchronous_commit` is set to, as an expression, if it is.
    pub(super) fn setting(self) -> Option<&'static str> {
        match self {
            Self::Later => Some("'off'"),
            Self::Now => None,
        }
    }
}

/// Writes the steps of one plan.
#[derive(Clone, Debug)]
pub(crate) struct Writer<'p> {
    pub(crate) tables: &'p Tables,
    pub(crate) set: &'p Set,
    pub(crate) run: &'p str,
    pub(crate) timeouts: Timeouts,
    /// The server's major version; 0 where it is not known.
    pub(crate) major: u32,
    /// The history's line that a stamp expects to find.
    pub(crate) line: &'p str,
}

impl Writer<'_> {
    /// Adds a step that runs in a transaction; `before` is the position it begins at.
    pub(crate) fn transactional(
        &self,
        message: &mut Message,
        index: usize,
        step: &Step,
        before: usize,
        flush: Flush,
    ) {
        let at = Some(index);
        let script = self.script(step);
        message.ours(at, BEGIN, 1);
        message.ours(at, &settings::enter(Scope::Transaction), 1);
        message.ours(at, &self.guard(step, before, &step.condition), 1);
        message.ours(
            at,
            &self.prepare(step, script, flush, Scope::Transaction),
            prepare_statements(script),
        );
        if let Some(script) = script {
            add_script(message, index, script);
            message.ours(at, &settings::own_path(), 1);
            message.ours(
                at,
                &settings::restore(script, Scope::Transaction),
                settings::restore_statements(script),
            );
        }
        let (rows, count) = self.rows(step);
        message.ours(at, &rows, count);
        message.ours(
            at,
            &record::done(self.tables, self.set, step, self.run, Timed::Yes),
            1,
        );
        message.ours(at, &settings::leave(), 1);
        message.commit(index);
    }

    /// Returns what opens a transaction in which a step's statements are run one by one, to see
    /// which of them fails.
    pub(crate) fn replay(&self, step: &Step, before: usize) -> String {
        let script = self.script(step);
        format!(
            "{BEGIN}{}{}{}SELECT pg_catalog.set_config('lock_timeout', '1s', true), pg_catalog.set_config('statement_timeout', '10s', true);\n",
            settings::enter(Scope::Transaction),
            self.guard(step, before, ""),
            self.prepare(step, script, Flush::Later, Scope::Transaction),
        )
    }

    /// Asks how long each of the run's last steps took, the last first, in one row.
    pub(crate) fn durations(&self, steps: usize) -> Question {
        Question::new(format!(
            "SELECT pg_catalog.string_agg(pg_catalog.concat(d.duration_ms), ',' ORDER BY d.id DESC) FROM (
    SELECT e.id, e.duration_ms FROM {} AS e
    WHERE e.set_name OPERATOR(pg_catalog.=) {} AND e.run OPERATOR(pg_catalog.=) {} AND e.outcome OPERATOR(pg_catalog.=) 'done'
    ORDER BY e.id DESC LIMIT {steps}) AS d;\n",
            self.tables.event,
            literal(self.set.name()),
            literal(self.run)
        ))
    }

    /// Returns the script that a step runs.
    pub(crate) fn script<'s>(&'s self, step: &'s Step) -> Option<&'s Script> {
        step.script(self.set)
    }

    /// Stashes the settings that the script may change, then sets the run's own.
    pub(super) fn prepare(
        &self,
        step: &Step,
        script: Option<&Script>,
        flush: Flush,
        scope: Scope,
    ) -> String {
        let subject = literal(&format!("samokoder-migrate {}", step.subject));
        let mut calls = self.calls(script, &subject, flush.setting(), scope);
        calls.extend(script.map(|_| "set_config('search_path', substr(current_setting('samokoder_migrate.search_path'), 2), true)".to_owned()));
        match script {
            Some(script) if settings::resets_all(script) => {
                let (stashed, set) = calls.split_at(1 + settings::stash(script, scope).len());
                format!(
                    "SELECT {};\n{}SELECT {};\n",
                    stashed.join(",\n    "),
                    settings::prepare_all(script, scope),
                    set.join(",\n    ")
                )
            }
            _ => format!("SELECT {};\n", calls.join(",\n    ")),
        }
    }

    /// Returns the calls that stash the settings that the script may change, and then those that set
    /// the run's own, their names qualified; `application` and `flushed` are expressions.
    pub(super) fn calls(
        &self,
        script: Option<&Script>,
        application: &str,
        flushed: Option<&str>,
        scope: Scope,
    ) -> Vec<String> {
        let local = scope.is_local();
        let mut calls = vec![format!(
            // Before PostgreSQL 14 a float8, whose digits are a setting of the role's.
            "pg_catalog.set_config('samokoder_migrate.started', extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.numeric::pg_catalog.text, {local})"
        )];
        if let Some(script) = script {
            calls.extend(settings::stash(script, scope));
        }
        calls.push(format!(
            "pg_catalog.set_config('application_name', {application}, {local})"
        ));
        if scope == Scope::Session {
            calls.push(settings::WRITABLE.to_owned());
        }
        calls
            .extend(flushed.map(|value| {
                format!("pg_catalog.set_config('synchronous_commit', {value}, true)")
            }));
        if let Some(script) = script {
            calls.extend(self.timeouts.calls(script, scope));
        }
        calls
    }

    /// Returns the statements that record the step in the history, and how many they are.
    pub(super) fn rows(&self, step: &Step) -> (String, usize) {
        let Self {
            tables, set, run, ..
        } = self;
        match step.kind {
            Kind::Upgrade => {
                self.set
                    .migration(step.position)
                    .map_or_else(Default::default, |migration| {
                        (
                            record::applied(tables, set, step.position, migration, run, Timed::Yes),
                            1,
                        )
                    })
            }
            Kind::Downgrade => (
                record::taken_back(tables, set, &step.position.to_string()).concat(),
                2,
            ),
            Kind::Seed => self
                .set
                .seeds()
                .get(step.seed)
                .map_or_else(Default::default, |seed| {
                    let checksum = step.checksum.unwrap_or(seed.script.checksum);
                    (
                        record::seeded(tables, set, seed, checksum, step.position, run),
                        1,
                    )
                }),
            Kind::Refresh => {
                let rows: Vec<String> = step
                    .refresh
                    .iter()
                    .filter_map(|&position| {
                        Some(record::refreshed(
                            tables,
                            set,
                            position,
                            self.set.migration(position)?,
                        ))
                    })
                    .collect();
                (rows.concat(), rows.len())
            }
            Kind::Repair => {
                let statement = step.resume.as_ref().map_or(0, |resume| resume.statement) + 1;
                let decided = format!(
                    "UPDATE {} SET statement = {statement}, outcome = 'decided' WHERE set_name = {};\n",
                    tables.unfinished,
                    literal(set.name())
                );
                (decided, 1)
            }
            Kind::Stamp => {
                let mut rows = format!(
                    "DELETE FROM {} WHERE set_name = {name};\nDELETE FROM {} WHERE set_name = {name};\nDELETE FROM {} WHERE set_name = {name} AND position > {};\n",
                    tables.unfinished,
                    tables.history,
                    tables.seed,
                    step.position,
                    name = literal(set.name()),
                );
                let mut count = 3;
                for (migration, position) in set.migrations().iter().zip(1..).take(step.position) {
                    rows.push_str(&record::applied(
                        tables,
                        set,
                        position,
                        migration,
                        run,
                        Timed::No,
                    ));
                    count += 1;
                }
                (rows, count)
            }
        }
    }
}

/// How many statements [`Writer::prepare`] is.
fn prepare_statements(script: Option<&Script>) -> usize {
    if script.is_some_and(settings::resets_all) {
        3
    } else {
        1
    }
}

/// Adds a script, after a comment that names it.
pub(super) fn add_script(message: &mut Message, index: usize, script: &Script) {
    message.write(index, 0, |sql| {
        sql.push_str("-- ");
        // It stays in its line comment.
        let in_line = |character| match character {
            '\n' | '\r' => ' ',
            other => other,
        };
        sql.extend(script.path().chars().map(in_line));
        sql.push('\n');
    });
    message.script(index, script.text(), script.statements.len());
}
