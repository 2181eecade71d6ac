//! A step as SQL.

use std::time::Duration;

use super::{
    message::Message,
    opening::{BEGIN, BUSY, MOVED},
    read::history_line,
    record::{self, Timed},
    tables::Tables,
};
use crate::{
    plan::{Kind, Step},
    quote::{dollar, literal},
    set::{Script, Set},
};

/// The settings that are put back after every script, whatever it is seen to do.
const ALWAYS_RESTORED: [&str; 4] = [
    "session_authorization",
    "role",
    "session_replication_role",
    "client_encoding",
];

/// How long a step waits for another run that got in between: below `deadlock_timeout`'s default.
const BETWEEN_STEPS: &str = "500ms";

/// When a commit is written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flush {
    /// With a later commit of the same message.
    Later,
    /// Before the server answers, as the database is set.
    Now,
}

/// How long a script may wait and run, where its own directives do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) lock: Option<Duration>,
    pub(crate) statement: Option<Duration>,
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

/// Where settings are stashed: until the transaction ends, or until they are put back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Transaction,
    Session,
}

impl Scope {
    fn is_local(self) -> &'static str {
        match self {
            Self::Transaction => "true",
            Self::Session => "false",
        }
    }
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
        message.ours(at, &Self::own_search_path(), 1);
        message.ours(at, &self.guard(step, before, &step.condition), 1);
        message.ours(
            at,
            &self.prepare(step, script, flush, Scope::Transaction),
            1,
        );
        if let Some(script) = script {
            message.ours(at, &format!("-- {}\n", comment(script.path())), 0);
            message.script(index, script.text(), script.statements.len());
            message.ours(
                at,
                "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true);\n",
                1,
            );
            message.ours(at, &restore(script, Scope::Transaction), 1);
        }
        let (rows, count) = self.rows(step);
        message.ours(at, &rows, count);
        message.ours(
            at,
            &record::done(self.tables, self.set, step, self.run, Timed::Yes),
            1,
        );
        message.ours(at, RESTORE_SEARCH_PATH, 1);
        message.commit(index);
    }

    /// Returns what opens a transaction in which a step's statements are run one by one, to see
    /// which of them fails.
    pub(crate) fn replay(&self, step: &Step, before: usize) -> String {
        let script = self.script(step);
        format!(
            "{BEGIN}{}{}{}SELECT pg_catalog.set_config('lock_timeout', '1s', true), pg_catalog.set_config('statement_timeout', '10s', true);\n",
            Self::own_search_path(),
            self.guard(step, before, ""),
            self.prepare(step, script, Flush::Later, Scope::Transaction),
        )
    }

    /// Returns the message that marks a statement of a script outside a transaction as begun, and,
    /// with the first, takes the lock for the session.
    pub(crate) fn begun(&self, step: &Step, before: usize, statement: usize) -> String {
        let Some(script) = self.script(step) else {
            return String::new();
        };
        let migration = self.set.migration(step.position);
        let first = statement == step.resume;
        let mark = format!(
            "INSERT INTO {} AS u (set_name, position, version, label, direction, checksum, statement, statements, outcome, run)
VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 'begun', {})
ON CONFLICT (set_name) DO UPDATE SET statement = EXCLUDED.statement, outcome = 'begun', at = EXCLUDED.at, run = EXCLUDED.run;\n",
            self.tables.unfinished,
            literal(self.set.name()),
            step.position,
            literal(&migration.map(|migration| migration.version.to_string()).unwrap_or_default()),
            literal(&step.subject),
            literal(if step.kind == Kind::Downgrade { "downgrade" } else { "upgrade" }),
            crate::quote::bytes(script.checksum.as_bytes()),
            statement + 1,
            script.statements.len(),
            literal(self.run),
        );
        if !first {
            return format!("{BEGIN}{mark}COMMIT;\n");
        }
        let session_lock = format!(
            "    IF NOT pg_catalog.pg_try_advisory_lock({}) THEN
        RAISE EXCEPTION 'another run is at work' USING ERRCODE = '{BUSY}';
    END IF;\n",
            self.tables.lock
        );
        format!(
            "{BEGIN}{}{}{mark}{}{RESTORE_SEARCH_PATH}COMMIT;\n",
            Self::own_search_path(),
            self.guard(step, before, &session_lock),
            self.prepare(step, Some(script), Flush::Now, Scope::Session),
        )
    }

    /// Returns the message that ends a script outside a transaction, all of whose statements ran.
    pub(crate) fn ended(&self, step: &Step) -> String {
        let Some(script) = self.script(step) else {
            return String::new();
        };
        format!(
            "{BEGIN}{}{}{}{}DELETE FROM {} WHERE set_name = {};\n{RESTORE_SEARCH_PATH}COMMIT;\n{}",
            Self::own_search_path(),
            restore(script, Scope::Session),
            self.rows(step).0,
            record::done(self.tables, self.set, step, self.run, Timed::Yes),
            self.tables.unfinished,
            literal(self.set.name()),
            self.release(),
        )
    }

    /// Returns the message that marks a statement outside a transaction as refused by the server.
    ///
    /// Where it is the script's first, nothing of the script stands, and nothing is unfinished.
    pub(crate) fn refused(&self, step: &Step, statement: usize) -> String {
        let restored = self
            .script(step)
            .map(|script| restore(script, Scope::Session))
            .unwrap_or_default();
        let table = &self.tables.unfinished;
        let mark = if statement == 0 {
            format!("DELETE FROM {table}")
        } else {
            format!("UPDATE {table} SET outcome = 'refused'")
        };
        format!(
            "ROLLBACK;\n{BEGIN}{}{restored}{mark} WHERE set_name = {} AND run = {};\n{RESTORE_SEARCH_PATH}COMMIT;\n{}",
            Self::own_search_path(),
            literal(self.set.name()),
            literal(self.run),
            self.release(),
        )
    }

    /// Returns the statement that says how long each step of the run took.
    pub(crate) fn durations(&self) -> String {
        format!(
            "SELECT pg_catalog.string_agg(coalesce(e.duration_ms::text, ''), ',' ORDER BY e.id) FROM {} AS e
WHERE e.set_name = {} AND e.run = {} AND e.outcome = 'done';\n",
            self.tables.event,
            literal(self.set.name()),
            literal(self.run)
        )
    }

    /// Returns the script that a step runs.
    pub(crate) fn script(&self, step: &Step) -> Option<&Script> {
        match step.kind {
            Kind::Upgrade => Some(&self.set.migration(step.position)?.upgrade),
            Kind::Downgrade => self.set.migration(step.position)?.downgrade.script(),
            Kind::Seed => Some(&self.set.seeds().get(step.seed)?.script),
            Kind::Stamp | Kind::Refresh => None,
        }
    }

    fn own_search_path() -> String {
        "SELECT pg_catalog.set_config('samokoder_migrate.search_path', pg_catalog.concat('=', pg_catalog.current_setting('search_path')), true), pg_catalog.set_config('search_path', 'pg_catalog', true);\n".to_owned()
    }

    /// Takes the lock, then, in a later statement, looks whether the history is where the plan
    /// expects it.
    fn guard(&self, step: &Step, before: usize, then: &str) -> String {
        let Tables {
            history,
            unfinished,
            seed,
            lock,
            ..
        } = self.tables;
        let name = literal(self.set.name());
        let expected = if step.kind == Kind::Stamp {
            format!(
                "{} IS DISTINCT FROM {}",
                history_line(self.tables, self.set),
                literal(self.line)
            )
        } else {
            let last = self
                .set
                .migration(before)
                .map_or_else(String::new, |migration| {
                    format!(
                        "{before} {} {}",
                        migration.version, migration.upgrade.checksum
                    )
                });
            format!(
                "coalesce((SELECT pg_catalog.concat_ws(' ', h.position, h.version, pg_catalog.encode(h.checksum, 'hex')) FROM {history} AS h
        WHERE h.set_name = {name} ORDER BY h.position DESC LIMIT 1), '') <> {}",
                literal(&last)
            )
        };
        let mut moved = expected;
        if step.kind != Kind::Stamp {
            let known = if step.resume > 0 {
                " AND u.outcome <> 'refused'"
            } else {
                ""
            };
            moved.push_str(&format!(
                "\n        OR EXISTS (SELECT FROM {unfinished} AS u WHERE u.set_name = {name}{known})"
            ));
        }
        if step.kind == Kind::Seed {
            moved.push_str(&format!(
                "\n        OR coalesce((SELECT pg_catalog.encode(s.checksum, 'hex') FROM {seed} AS s WHERE s.set_name = {name} AND s.path = {}), '') <> {}",
                literal(&step.subject),
                literal(&step.seen),
            ));
        }
        let watch_client = if self.major >= 14 {
            // Not every platform can watch; there the server goes on to the end of the message.
            "    BEGIN
        PERFORM pg_catalog.set_config('client_connection_check_interval', '2s', true);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;\n"
        } else {
            ""
        };
        let body = format!(
            "DECLARE
    patience text := pg_catalog.current_setting('lock_timeout');
BEGIN
    BEGIN
        PERFORM pg_catalog.set_config('lock_timeout', '{BETWEEN_STEPS}', true);
        PERFORM pg_catalog.pg_advisory_xact_lock({lock});
    EXCEPTION WHEN lock_not_available THEN
        RAISE EXCEPTION 'another run is at work' USING ERRCODE = '{BUSY}';
    END;
    PERFORM pg_catalog.set_config('lock_timeout', patience, true);
    IF {moved} THEN
        RAISE EXCEPTION 'the history changed' USING ERRCODE = '{MOVED}';
    END IF;
{then}{watch_client}END"
        );
        format!("DO {};\n", dollar(&body))
    }

    /// Stashes the settings that the script may change, and sets the run's own.
    fn prepare(&self, step: &Step, script: Option<&Script>, flush: Flush, scope: Scope) -> String {
        let local = scope.is_local();
        let mut calls = vec![
            "set_config('samokoder_migrate.started', extract(epoch FROM clock_timestamp())::text, "
                .to_owned()
                + local
                + ")",
        ];
        if scope == Scope::Session {
            calls.push(stashed("application_name", local));
        }
        calls.push(format!(
            "set_config('application_name', {}, {local})",
            literal(&format!("samokoder-migrate {}", step.subject)),
        ));
        if flush == Flush::Later {
            calls.push("set_config('synchronous_commit', 'off', true)".to_owned());
        }
        if let Some(script) = script {
            for name in restored(script) {
                calls.push(stashed(name, local));
            }
            for (name, timeout) in [
                ("lock_timeout", script.lock_timeout.or(self.timeouts.lock)),
                (
                    "statement_timeout",
                    script.statement_timeout.or(self.timeouts.statement),
                ),
            ] {
                if let Some(timeout) = timeout {
                    if scope == Scope::Session && !restored(script).any(|restored| restored == name)
                    {
                        calls.push(stashed(name, local));
                    }
                    calls.push(format!(
                        "set_config('{name}', '{}ms', {local})",
                        timeout.as_millis()
                    ));
                }
            }
            calls.push("set_config('search_path', substr(current_setting('samokoder_migrate.search_path'), 2), true)".to_owned());
        }
        format!("SELECT {};\n", calls.join(",\n    "))
    }

    /// Returns the statements that record the step in the history, and how many they are.
    fn rows(&self, step: &Step) -> (String, usize) {
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
            Kind::Downgrade => (record::taken_back(tables, set, step.position), 2),
            Kind::Seed => self
                .set
                .seeds()
                .get(step.seed)
                .map_or_else(Default::default, |seed| {
                    (record::seeded(tables, set, seed, step.position, run), 1)
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

    fn release(&self) -> String {
        format!(
            "SELECT pg_catalog.pg_advisory_unlock({});\n",
            self.tables.lock
        )
    }
}

/// Puts the search path back as the step found it, for the session too.
const RESTORE_SEARCH_PATH: &str = "SELECT pg_catalog.set_config('search_path', pg_catalog.substr(pg_catalog.current_setting('samokoder_migrate.search_path'), 2), false);\n";

/// Puts back what the script left changed, in the order in which one may depend on another.
fn restore(script: &Script, scope: Scope) -> String {
    let mut names: Vec<&str> = restored(script).collect();
    if scope == Scope::Session {
        names.extend(["application_name", "lock_timeout", "statement_timeout"]);
    }
    let names: Vec<String> = names.into_iter().map(literal).collect();
    format!(
        "SELECT set_config(s.name, substr(s.saved, 2), false) FROM (
    SELECT n.name, current_setting('samokoder_migrate.' || n.name, true) AS saved, current_setting(n.name, true) AS now
    FROM unnest(ARRAY[{}]::text[]) WITH ORDINALITY AS n (name, place) ORDER BY n.place OFFSET 0) AS s
WHERE s.saved LIKE '=%' AND s.now IS DISTINCT FROM substr(s.saved, 2);\n",
        names.join(", ")
    )
}

/// Returns the names of the settings to put back: ours, and those that the script is seen to set.
///
/// The search path has its own way, and what the whole of our guard stands on is not a setting.
fn restored(script: &Script) -> impl Iterator<Item = &str> {
    let seen = script.settings.iter().map(|name| &**name);
    ALWAYS_RESTORED.into_iter().chain(
        seen.filter(|name| {
            *name != "search_path" && *name != "all" && !ALWAYS_RESTORED.contains(name)
        }),
    )
}

/// Returns the call that stashes a setting, marked so that an empty one is told from none.
fn stashed(name: &str, local: &str) -> String {
    format!(
        "set_config({}, concat('=', current_setting({}, true)), {local})",
        literal(&format!("samokoder_migrate.{name}")),
        literal(name),
    )
}

/// Returns a text that stays in its line comment.
fn comment(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
