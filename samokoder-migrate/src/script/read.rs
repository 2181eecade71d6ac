//! What is asked of the database, without writing and without failing where nothing is there.

use super::{held::is_the_lock, settings::OWN_PATH, tables::Tables, trust};
use crate::{
    query::{Query, Question, Scope},
    quote::{dollar, literal},
    set::Set,
};

/// Returns the expression, over the history's rows, that says in one line where it is.
///
/// It recomputes both digests from the rows, so a row that was altered or removed by hand shows.
pub(crate) fn history_line(tables: &Tables, set: &Set) -> String {
    format!(
        "(SELECT pg_catalog.concat_ws(E'\\t', 'history', pg_catalog.count(*), coalesce(pg_catalog.max(h.position), 0),
        pg_catalog.encode(pg_catalog.sha256(coalesce(pg_catalog.string_agg(
            pg_catalog.convert_to(h.version || E'\\n', 'UTF8') || h.checksum, ''::bytea ORDER BY h.position), ''::bytea)), 'hex'),
        pg_catalog.encode(pg_catalog.sha256(coalesce(pg_catalog.string_agg(
            h.downgrade_checksum, ''::bytea ORDER BY h.position), ''::bytea)), 'hex'))
    FROM {} AS h WHERE h.set_name = {})",
        tables.history,
        literal(set.name())
    )
}

/// Returns the message that reads the state: one wait, and bytes that do not grow with the history.
///
/// It runs in a `DO` block because a query of a table that is not there is an error, and an error
/// would abort a transaction that the connection's owner may have open. In such a one nothing is
/// read at all, nor where names would be read in another encoding than they are sent in.
pub(crate) fn state(tables: &Tables, set: &Set, run: Option<&str>) -> Query {
    let name = literal(set.name());
    let exists = |table: &str| format!("to_regclass({}) IS NOT NULL", literal(table));
    let body = format!(
        "DECLARE
    lines pg_catalog.text := '';
BEGIN
    PERFORM pg_catalog.set_config('samokoder_migrate.state', '', true),
        pg_catalog.set_config('samokoder_migrate.in_block', ({IN_BLOCK})::pg_catalog.text, true);
    IF {IN_BLOCK} OR {WRONGLY_READ} THEN
        RETURN;
    END IF;
    PERFORM pg_catalog.set_config('search_path', '{OWN_PATH}', true);
    IF {exists_all} THEN
        lines := ({unreadable});
        IF lines IS NOT NULL THEN
            lines := 'planted' || chr(9) || lines;
        ELSE
            EXECUTE {read} INTO lines;
        END IF;
        PERFORM set_config('samokoder_migrate.state', lines, true);
    ELSE
        PERFORM set_config('samokoder_migrate.state', 'missing' || chr(9) || ({missing}), true);
    END IF;
END",
        exists_all = [&tables.history, &tables.seed, &tables.unfinished, &tables.event].map(|table| exists(table)).join(" AND "),
        unreadable = trust::unreadable(tables),
        missing = tables.missing(),
        read = literal(&format!(
            "SELECT concat_ws(E'\\n',
    concat_ws(E'\\t', 'format', coalesce(obj_description(to_regclass({history_name}), 'pg_class'), '')),
    {line},
    concat_ws(E'\\t', 'done', (SELECT count(*) FROM {event} AS e
        WHERE {begun} AND e.set_name = {name} AND e.run = {run} AND e.outcome = 'done')),
    (SELECT string_agg(concat_ws(E'\\t', 'unfinished', u.position, u.version, u.label, u.direction,
        encode(u.checksum, 'hex'), u.statement, u.statements, u.outcome, u.run), E'\\n') FROM {unfinished} AS u WHERE u.set_name = {name}),
    (SELECT string_agg(concat_ws(E'\\t', 'seed', s.path, encode(s.checksum, 'hex'), s.position), E'\\n' ORDER BY s.path)
        FROM {seed} AS s WHERE s.set_name = {name}))",
            history_name = literal(&tables.history),
            line = history_line(tables, set),
            unfinished = tables.unfinished,
            seed = tables.seed,
            event = tables.event,
            run = literal(run.unwrap_or_default()),
            // The events are many, and a run that begins has none: then they are not read, but their
            // columns must be there.
            begun = run.is_some(),
        )),
    );
    Query::from(format!("DO {};\n", dollar(&body))).asking(&Question {
            sql: format!(
                "SELECT pg_catalog.current_setting('samokoder_migrate.in_block'), pg_catalog.current_setting('server_version_num'),
    pg_catalog.gen_random_uuid(){TEXT}, pg_catalog.current_setting('standard_conforming_strings'), pg_catalog.pg_is_in_recovery(){TEXT},
    pg_catalog.current_setting('client_encoding'), pg_catalog.current_setting('samokoder_migrate.state', true)"
            ),
            scope: Scope::Transaction,
        })
}

/// Makes a column text: see [`Question`].
pub(crate) const TEXT: &str = "::pg_catalog.text";

/// True only inside a block that was opened by an earlier message.
const IN_BLOCK: &str = "pg_catalog.now() OPERATOR(pg_catalog.<>) pg_catalog.statement_timestamp()";

/// True where what a driver sends, which is UTF-8, is not read as that.
const WRONGLY_READ: &str =
    "pg_catalog.current_setting('client_encoding') OPERATOR(pg_catalog.<>) 'UTF8'";

/// `=`, whatever operators the caller's search path holds.
pub(super) const EQUALS: &str = "OPERATOR(pg_catalog.=)";

/// Asks for every row of the history.
pub(crate) fn rows(tables: &Tables, set: &Set) -> Question {
    Question::new(format!(
        "SELECT h.position{TEXT}, h.version, h.name, h.label, pg_catalog.encode(h.checksum, 'hex'), pg_catalog.encode(h.downgrade_checksum, 'hex'),
    pg_catalog.to_char(h.applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), h.duration_ms{TEXT}
FROM {} AS h WHERE h.set_name {EQUALS} {} ORDER BY h.position",
        tables.history,
        literal(set.name())
    ))
}

/// Asks for the ways back of what is applied above a position.
pub(crate) fn stored(tables: &Tables, set: &Set, above: usize) -> Question {
    Question::new(format!(
        "SELECT h.position{TEXT}, h.version, h.label, {ROW_LINE}, h.downgrade, {DOWNGRADE_DIGEST},
    pg_catalog.encode(h.downgrade_checksum, 'hex'), h.downgrade_path, h.downgrade_outside{TEXT}, h.downgrade_statements, h.downgrade_traces, h.downgrade_settings,
    h.downgrade_lock_ms{TEXT}, h.downgrade_statement_ms{TEXT}, h.irreversible
FROM {} AS h WHERE h.set_name {EQUALS} {} AND h.position OPERATOR(pg_catalog.>) {above} ORDER BY h.position",
        tables.history,
        literal(set.name())
    ))
}

/// What identifies a row of the history.
pub(super) const ROW_LINE: &str =
    "pg_catalog.concat_ws(' ', h.position, h.version, pg_catalog.encode(h.checksum, 'hex'))";

/// The digest of a stored downgrade's text.
pub(super) const DOWNGRADE_DIGEST: &str =
    "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(h.downgrade, 'UTF8')), 'hex')";

/// Asks who holds the lock: process, application, since when; and how far an index is that it builds.
///
/// The views are not read at one moment: a process that is among the locks and no longer among the
/// sessions has just ended, and holds nothing. A prepared transaction has no process.
pub(crate) fn holder(tables: &Tables) -> Question {
    Question::new(format!(
        "SELECT l.pid{TEXT}, coalesce(a.application_name, ''), coalesce(a.usename{TEXT}, ''),
    coalesce(pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), ''),
    p.phase, (CASE WHEN {waits} THEN p.lockers_done WHEN {loads} THEN p.tuples_done ELSE p.blocks_done END){TEXT},
    (CASE WHEN {waits} THEN p.lockers_total WHEN {loads} THEN p.tuples_total ELSE p.blocks_total END){TEXT}
FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid {EQUALS} l.pid
    LEFT JOIN pg_catalog.pg_stat_progress_create_index AS p ON p.pid {EQUALS} l.pid
WHERE {} AND (a.pid IS NOT NULL OR l.pid IS NULL)
LIMIT 1",
        is_the_lock(tables),
        waits = "p.phase OPERATOR(pg_catalog.~~) 'waiting%'",
        loads = "p.phase OPERATOR(pg_catalog.~~) '%tuples%'",
    ))
}
