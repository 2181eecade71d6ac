//! The session's settings around a script: what a script sets survives its COMMIT, so what it may
//! change is stashed before it and put back after it.

use std::time::Duration;

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

/// How long a script may wait and run, where its own directives do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) lock: Option<Duration>,
    pub(crate) statement: Option<Duration>,
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
    let local = scope.is_local();
    format!(
        "SELECT pg_catalog.set_config('samokoder_migrate.search_path', pg_catalog.concat('=', pg_catalog.current_setting('search_path')), {local}), pg_catalog.set_config('samokoder_migrate.client_connection_check_interval', pg_catalog.concat('=', pg_catalog.current_setting('client_connection_check_interval', true)), {local}), pg_catalog.set_config('search_path', '{OWN_PATH}', true);\n"
    )
}

/// Sets our own path until the transaction ends.
pub(crate) fn own_path() -> String {
    format!("SELECT pg_catalog.set_config('search_path', '{OWN_PATH}', true);\n")
}

/// Puts the search path back as the step found it, for the session too.
pub(super) const LEAVE: &str = "SELECT pg_catalog.set_config('search_path', pg_catalog.substr(pg_catalog.current_setting('samokoder_migrate.search_path'), 2), false);\n";

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
                "set_config({}, concat('=', current_setting({}, true)), {})",
                literal(&format!("samokoder_migrate.{name}")),
                literal(name),
                scope.is_local(),
            )
        })
        .collect()
}

/// What the run itself sets for a script outside a transaction.
const RUNS_OWN: [&str; 3] = ["application_name", "lock_timeout", "statement_timeout"];

/// Puts back what the script left changed, in the order in which one may depend on another.
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
    let mut sql = String::new();
    if resets_all(script) {
        // DISCARD ALL, which a script outside a transaction may hold, drops it too.
        let body = format!(
            "BEGIN
    IF EXISTS (SELECT FROM pg_prepared_statements AS p WHERE p.name = '{PREPARED}') THEN
        EXECUTE 'EXECUTE {PREPARED}';
        DEALLOCATE {PREPARED};
    END IF;
END"
        );
        sql.push_str(&format!("DO {};\n{}", dollar(&body), enter(scope)));
    }
    sql.push_str(&format!(
        "SELECT set_config(s.name, substr(s.saved, 2), false) FROM (
    SELECT n.name, n.seen, current_setting('samokoder_migrate.' || n.name, true) AS saved, current_setting(n.name, true) AS now
    FROM unnest(ARRAY[{}]::text[], ARRAY[{}]::boolean[]) WITH ORDINALITY AS n (name, seen, place) ORDER BY n.place OFFSET 0) AS s
WHERE s.saved LIKE '=%' AND (s.seen OR s.now IS DISTINCT FROM substr(s.saved, 2));\n",
        names.join(", "),
        seen.join(", "),
    ));
    sql
}

/// How many statements [`restore`] is.
pub(super) fn restore_statements(script: &Script) -> usize {
    if resets_all(script) { 3 } else { 1 }
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

/// The prepared statement that puts everything back where the script resets all settings, and
/// with them our stash.
const PREPARED: &str = "samokoder_migrate_settings";

/// Returns whether a script resets all settings.
pub(super) fn resets_all(script: &Script) -> bool {
    script.settings.iter().any(|name| name == "all")
}

/// Prepares the putting back of every setting of the session, for a script that resets them all.
///
/// The caller's own placeholders, such as `myapp.tenant`, cannot be listed, so they stay reset.
pub(super) fn prepare_all() -> String {
    let body = format!(
        "DECLARE
    calls text;
BEGIN
    IF EXISTS (SELECT FROM pg_prepared_statements AS p WHERE p.name = '{PREPARED}') THEN
        DEALLOCATE {PREPARED};
    END IF;
    SELECT string_agg(format('pg_catalog.set_config(%L, %L, false)', n.name, n.value), ', ' ORDER BY n.place) INTO calls FROM (
        SELECT 1 AS place, 'session_authorization' AS name, current_setting('session_authorization') AS value
        UNION ALL SELECT 2, 'role', current_setting('role')
        UNION ALL SELECT 3, 'search_path', substr(current_setting('samokoder_migrate.search_path'), 2)
        UNION ALL SELECT 4, 'client_connection_check_interval', substr(current_setting('samokoder_migrate.client_connection_check_interval'), 2)
            WHERE current_setting('client_connection_check_interval', true) IS NOT NULL
        UNION ALL SELECT 5, 'samokoder_migrate.started', current_setting('samokoder_migrate.started')
        UNION ALL SELECT 6, s.name, current_setting(s.name) FROM pg_settings AS s
            WHERE s.source = 'session' AND s.context IN ('user', 'superuser') AND left(s.name, 12) <> 'transaction_'
                AND s.name NOT IN ('search_path', 'client_connection_check_interval')) AS n;
    EXECUTE 'PREPARE {PREPARED} AS SELECT ' || calls;
END"
    );
    format!("DO {};\n", dollar(&body))
}

/// Returns what makes the next message be read as it was checked: only what a script outside a
/// transaction, whose statements are messages of their own, is seen to change. ASCII alone.
pub(super) fn steady(script: &Script) -> Option<String> {
    let changes = script.settings.iter().any(|name| {
        matches!(
            &**name,
            "client_encoding" | "standard_conforming_strings" | "all"
        )
    });
    changes.then(|| {
        "SELECT pg_catalog.set_config('client_encoding', 'UTF8', false), pg_catalog.set_config('standard_conforming_strings', 'on', false);\n".to_owned()
    })
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
