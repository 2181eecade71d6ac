//! The session's settings around a script: what a script sets survives its COMMIT, so what it may
//! change is stashed before it and put back after it.

use std::time::Duration;

use super::read::EQUALS;
use crate::{
    quote::{dollar, literal},
    set::Script,
};

/// The settings that are put back after every script, whatever it is seen to do.
const ALWAYS_RESTORED: [&str; 4] = [
    "session_authorization",
    "role",
    "session_replication_role",
    "client_encoding",
];

/// The search path of our own statements. Without `pg_temp` in it, that would come first, and a
/// temporary table called `text` would be the type.
pub(crate) const OWN_PATH: &str = "pg_catalog, pg_temp";

/// How long a script's statement in a transaction waits for a lock where nobody says: neither the
/// script, nor the run, nor the server. Behind who waits for a strong lock, all others queue.
pub(crate) const USUAL_LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a script may wait and run, where its own directives do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) lock: Option<Duration>,
    pub(crate) statement: Option<Duration>,
    /// What is left of the run's time: no statement runs for longer, whoever says what.
    pub(crate) left: Option<Duration>,
}

impl Timeouts {
    /// Returns the calls that set what holds for a script.
    pub(super) fn calls(self, script: &Script, scope: Scope) -> Vec<String> {
        let local = scope.is_local();
        let set = |name: &str, value: String| {
            format!("pg_catalog.set_config('{name}', {value}, {local})")
        };
        let fixed = |time: Duration| format!("'{}ms'", time.as_millis());
        let mut calls = Vec::new();
        match script.lock_timeout.or(self.lock) {
            Some(timeout) => calls.push(set("lock_timeout", fixed(timeout))),
            // CREATE INDEX CONCURRENTLY waits for every older transaction, and leaves an index behind
            // that is not valid where it may not.
            None if scope == Scope::Session => {}
            None => calls.push(set(
                "lock_timeout",
                format!(
                    "CASE WHEN pg_catalog.current_setting('lock_timeout') {EQUALS} '0' THEN {} ELSE pg_catalog.current_setting('lock_timeout') END",
                    fixed(USUAL_LOCK_TIMEOUT)
                ),
            )),
        }
        let own = script.statement_timeout.or(self.statement);
        match (own.filter(|own| !own.is_zero()), self.left) {
            (Some(own), left) => {
                let timeout = left.map_or(own, |left| own.min(left));
                calls.push(set("statement_timeout", fixed(timeout)));
            }
            (None, None) => calls.extend(own.map(|own| set("statement_timeout", fixed(own)))),
            (None, Some(left)) => {
                let left = left.as_millis();
                let least = if own.is_some() {
                    format!("'{left}ms'")
                } else {
                    format!(
                        "(SELECT least(CASE WHEN s.setting OPERATOR(pg_catalog.<>) '0' THEN s.setting::pg_catalog.int8 END, {left}) FROM pg_catalog.pg_settings AS s WHERE s.name {EQUALS} 'statement_timeout')::pg_catalog.text"
                    )
                };
                calls.push(set("statement_timeout", least));
            }
        }
        calls
    }
}

/// Where settings are stashed: until the transaction ends, or until they are put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Transaction,
    Session,
}

impl Scope {
    pub(super) fn is_local(self) -> &'static str {
        match self {
            Self::Transaction => "true",
            Self::Session => "false",
        }
    }
}

/// Stashes what the guard, and all statements of ours, are about to change, and sets our own path.
pub(super) fn enter(scope: Scope) -> String {
    format!(
        "SELECT {}, {};\n",
        entering(scope).join(", "),
        own_path_call()
    )
}

/// Returns the calls that stash it, their names qualified.
pub(super) fn entering(scope: Scope) -> Vec<String> {
    let local = scope.is_local();
    let stashed = [
        ("search_path", ""),
        // Servers before PostgreSQL 14 do not have it.
        ("client_connection_check_interval", ", true"),
    ];
    let call = |(name, missing)| {
        format!(
            "pg_catalog.set_config('samokoder_migrate.{name}', pg_catalog.concat('=', pg_catalog.current_setting('{name}'{missing})), {local})"
        )
    };
    stashed.map(call).into()
}

/// Sets our own path until the transaction ends.
pub(crate) fn own_path() -> String {
    format!("SELECT {};\n", own_path_call())
}

fn own_path_call() -> String {
    format!("pg_catalog.set_config('search_path', '{OWN_PATH}', true)")
}

/// Puts the search path back as the step found it, for the session too.
pub(super) fn leave() -> String {
    format!("SELECT {LEAVING};\n")
}

/// Returns the call that does so.
pub(super) const LEAVING: &str = "pg_catalog.set_config('search_path', pg_catalog.substr(pg_catalog.current_setting('samokoder_migrate.search_path'), 2), false)";

/// Returns the calls that stash what a script may change; they come before those that set the
/// run's own, or the run's own would be put back.
pub(super) fn stash(script: &Script, scope: Scope) -> Vec<String> {
    let mut names: Vec<&str> = restored(script)
        .filter(|name| *name != "client_connection_check_interval")
        .collect();
    if scope == Scope::Session {
        names.extend(RUNS_OWN);
    }
    names
        .into_iter()
        .map(|name| {
            // Marked, so that an empty value is told from none.
            format!(
                "pg_catalog.set_config({}, pg_catalog.concat('=', pg_catalog.current_setting({}, true)), {})",
                literal(&format!("samokoder_migrate.{name}")),
                literal(name),
                scope.is_local(),
            )
        })
        .collect()
}

/// What the run itself sets for a script outside a transaction.
const RUNS_OWN: [&str; 4] = [
    "application_name",
    "lock_timeout",
    "statement_timeout",
    "default_transaction_read_only",
];

/// Lets the statements of a script outside a transaction write, as `BEGIN READ WRITE` does for
/// those inside one.
pub(super) const WRITABLE: &str =
    "pg_catalog.set_config('default_transaction_read_only', 'off', false)";

/// Puts back what the script left changed, in the order in which one may depend on another. Its
/// names are qualified, but for those that put back all settings.
///
/// What it is seen to set is put back even where it looks as before: a `SET LOCAL` may hide what
/// a `SET` left for the session.
pub(super) fn restore(script: &Script, scope: Scope) -> String {
    let identity = script
        .settings
        .iter()
        .any(|name| name == "role" || name == "session_authorization");
    let mut names: Vec<&str> = restored(script).collect();
    if scope == Scope::Session {
        names.extend(RUNS_OWN);
    }
    let seen: Vec<String> = names
        .iter()
        .map(|name| {
            let identity = identity && matches!(*name, "role" | "session_authorization");
            (identity || script.settings.iter().any(|seen| seen == name)).to_string()
        })
        .collect();
    let names: Vec<String> = names.into_iter().map(literal).collect();
    let (again, more) = if resets_all(script) {
        // DISCARD ALL, which a script outside a transaction may hold, drops the prepared one too.
        let body = format!(
            "BEGIN
    IF EXISTS (SELECT FROM pg_prepared_statements AS p WHERE p.name = '{PREPARED}') THEN
        EXECUTE 'EXECUTE {PREPARED}';
        DEALLOCATE {PREPARED};
    ELSE
        RESET search_path;
        PERFORM set_config('samokoder_migrate.search_path', concat('=', current_setting('search_path')), false),
            set_config('samokoder_migrate.names', '', false), set_config('search_path', '{OWN_PATH}', true);
    END IF;
END"
        );
        (
            format!("DO {};\n", dollar(&body)),
            "\n    UNION ALL SELECT m.name, true, m.place OPERATOR(pg_catalog.+) 1000 FROM pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.current_setting('samokoder_migrate.names', true), ',')) WITH ORDINALITY AS m (name, place)",
        )
    } else {
        (String::new(), "")
    };
    format!(
        "{again}SELECT pg_catalog.set_config(s.name, pg_catalog.substr(s.saved, 2), false) FROM (
    SELECT n.name, n.seen, pg_catalog.current_setting(pg_catalog.concat('samokoder_migrate.', n.name), true) AS saved,
        pg_catalog.current_setting(n.name, true) AS now
    FROM (SELECT * FROM ROWS FROM (pg_catalog.unnest(ARRAY[{}]::pg_catalog.text[]), pg_catalog.unnest(ARRAY[{}]::pg_catalog.bool[])) WITH ORDINALITY AS n (name, seen, place){more}) AS n
    ORDER BY n.place OFFSET 0) AS s
WHERE s.saved OPERATOR(pg_catalog.~~) '=%' AND (s.seen OR NOT coalesce(s.now {EQUALS} pg_catalog.substr(s.saved, 2), false));\n",
        names.join(", "),
        seen.join(", "),
    )
}

/// How many statements [`restore`] is.
pub(super) fn restore_statements(script: &Script) -> usize {
    if resets_all(script) { 2 } else { 1 }
}

/// Makes us ourselves until the transaction ends, in the midst of a script that may have chosen
/// another role.
pub(super) fn ourselves() -> String {
    let call = |name: &str| {
        let saved = format!("pg_catalog.current_setting('samokoder_migrate.{name}', true)");
        format!(
            "SELECT pg_catalog.set_config('{name}', pg_catalog.substr({saved}, 2), true) WHERE pg_catalog.left({saved}, 1) OPERATOR(pg_catalog.=) '=';\n"
        )
    };
    call("session_authorization") + &call("role")
}

/// The prepared statement that fills the stash again where the script resets all settings, and with
/// them the stash.
const PREPARED: &str = "samokoder_migrate_stash";

/// Returns whether a script resets all settings.
pub(super) fn resets_all(script: &Script) -> bool {
    script.settings.iter().any(|name| name == "all")
}

/// Prepares the stash of every setting of the session, for a script that resets them all.
///
/// The caller's own placeholders, such as `myapp.tenant`, cannot be listed, so they stay reset.
pub(super) fn prepare_all(script: &Script, scope: Scope) -> String {
    let mut stashed: Vec<&str> = restored(script).collect();
    stashed.extend(["search_path", "client_connection_check_interval"]);
    if scope == Scope::Session {
        stashed.extend(RUNS_OWN);
    }
    let stashed: Vec<String> = stashed.into_iter().map(literal).collect();
    let body = format!(
        "DECLARE
    stashed text[] := ARRAY[{}]::text[];
    names text;
    calls text;
BEGIN
    IF EXISTS (SELECT FROM pg_prepared_statements AS p WHERE p.name = '{PREPARED}') THEN
        DEALLOCATE {PREPARED};
    END IF;
    SELECT coalesce(string_agg(s.name, ','), '') INTO names FROM pg_settings AS s
    WHERE s.source = 'session' AND s.context IN ('user', 'superuser') AND left(s.name, 12) <> 'transaction_'
        AND s.name <> ALL (ARRAY['search_path', 'client_connection_check_interval']);
    SELECT string_agg(format('pg_catalog.set_config(%L, %L, false)', 'samokoder_migrate.' || n.name, n.value), ', ') INTO calls FROM (
        SELECT s.name, current_setting('samokoder_migrate.' || s.name, true) AS value FROM unnest(stashed) AS s (name)
        UNION ALL SELECT 'names', concat_ws(',', names, (SELECT w.name FROM pg_settings AS w WHERE w.name = 'client_connection_check_interval'))
        UNION ALL SELECT 'started', current_setting('samokoder_migrate.started')
        UNION ALL SELECT s.name, concat('=', current_setting(s.name)) FROM unnest(string_to_array(names, ',')) AS s (name)
            WHERE s.name <> ALL (stashed)) AS n;
    EXECUTE 'PREPARE {PREPARED} AS SELECT ' || calls;
END",
        stashed.join(", "),
    );
    format!("DO {};\n", dollar(&body))
}

/// Returns what makes the next message be read as it was checked, and our stash be there for it:
/// what a script outside a transaction, whose statements are messages of their own, may undo.
/// ASCII alone.
pub(super) fn steady(script: &Script) -> Option<String> {
    let changes = script.settings.iter().any(|name| {
        matches!(
            &**name,
            "client_encoding" | "standard_conforming_strings" | "all"
        )
    });
    let reading = "SELECT pg_catalog.set_config('client_encoding', 'UTF8', false), pg_catalog.set_config('standard_conforming_strings', 'on', false);\n";
    let again = if resets_all(script) {
        let body = format!(
            "BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_prepared_statements AS p WHERE p.name OPERATOR(pg_catalog.=) '{PREPARED}') THEN
        EXECUTE 'EXECUTE {PREPARED}';
    END IF;
END"
        );
        format!("DO {};\n", dollar(&body))
    } else {
        String::new()
    };
    changes.then(|| format!("{reading}{again}"))
}

/// Returns the names of the settings to put back: ours, and those that the script is seen to set.
///
/// The search path has its own way.
fn restored(script: &Script) -> impl Iterator<Item = &str> {
    let seen = script.settings.iter().map(|name| &**name);
    ALWAYS_RESTORED.into_iter().chain(
        seen.filter(|name| {
            *name != "search_path" && *name != "all" && !ALWAYS_RESTORED.contains(name)
        }),
    )
}
