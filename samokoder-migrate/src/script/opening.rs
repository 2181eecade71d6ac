//! The transaction that opens a run which writes: the lock, our tables, and whether they can be trusted.

use super::{
    read::history_line,
    settings::own_path,
    tables::{FORMAT, Tables},
    trust,
};
use crate::{
    quote::{dollar, literal},
    set::Set,
};

/// The SQLSTATE that our own guards raise: another run is at work.
pub(crate) const BUSY: &str = "SM702";
/// The SQLSTATE that our own guards raise: the history is not where the plan expects it.
pub(crate) const MOVED: &str = "SM709";
/// The SQLSTATE that our own guards raise: our tables are in someone else's hands.
pub(crate) const UNTRUSTED: &str = "SM704";
/// The SQLSTATE that a step's condition raises: another tool's history is not what was read.
pub(crate) const FOREIGN: &str = "SM802";

/// The SQLSTATE that our own guards raise: some of our tables are there, and some are not.
pub(crate) const INCOMPLETE: &str = "SM801";

/// Returns whether an SQLSTATE is raised by our own guards.
pub(crate) fn is_ours(sqlstate: &str) -> bool {
    matches!(sqlstate, BUSY | MOVED | UNTRUSTED | FOREIGN | INCOMPLETE)
}

/// The statement that begins each of our transactions.
///
/// The isolation is said because under a database's default of repeatable read the guard would
/// see a snapshot taken before the lock was.
pub(crate) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;\n";

/// Returns the opening transaction.
///
/// `expected` is the history's line as the plan was made for it; `None` where nothing was there.
pub(crate) fn opening(
    tables: &Tables,
    set: &Set,
    expected: Option<&str>,
    trusted: &[String],
) -> String {
    let schema = literal(set.schema());
    let mut create = String::new();
    for (name, definition) in tables.definitions() {
        create.push_str(&format!(
            "    IF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = space AND c.relname = '{name}') THEN
        EXECUTE {};
    END IF;\n",
            literal(&definition),
        ));
    }
    let body = format!(
        "DECLARE
    space oid;
    trusted oid[];
    found text;
    revoke text;
BEGIN
    IF NOT pg_try_advisory_xact_lock({lock}) THEN
        RAISE EXCEPTION 'another run is at work' USING ERRCODE = '{BUSY}';
    END IF;
    SELECT n.oid INTO space FROM pg_namespace AS n WHERE n.nspname = {schema};
    trusted := ARRAY(SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user OR r.rolname = ANY ({trusted}));
    -- Before anything of it is touched: an expression of an index, too, runs as whoever asks.
    SELECT string_agg(w.what, E'\\n') INTO found FROM ({planted}) AS w;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION '%', found USING ERRCODE = '{UNTRUSTED}';
    END IF;
    -- What is gone is gone: an empty table in its place would say that nothing ever happened.
    found := ({missing});
    IF found IS NOT NULL THEN
        RAISE EXCEPTION '%', found USING ERRCODE = '{INCOMPLETE}';
    END IF;
    IF space IS NULL THEN
        EXECUTE {create_schema};
        SELECT n.oid INTO STRICT space FROM pg_namespace AS n WHERE n.nspname = {schema};
    END IF;
{create}    IF obj_description(to_regclass({history_name}), 'pg_class') IS NULL
        AND NOT EXISTS (SELECT FROM {history}) THEN
        EXECUTE {comment};
    END IF;
    -- Default privileges may have given what is new to others.
    FOR revoke IN {excess} LOOP
        EXECUTE revoke;
    END LOOP;
    IF {line} IS DISTINCT FROM {expected} THEN
        RAISE EXCEPTION 'the history changed' USING ERRCODE = '{MOVED}';
    END IF;
END",
        lock = tables.lock,
        planted = trust::planted(),
        missing = tables.missing(),
        excess = trust::excess(),
        create_schema = literal(&format!("CREATE SCHEMA {}", tables.schema)),
        comment = literal(&format!("COMMENT ON TABLE {} IS {}", tables.history, literal(FORMAT))),
        history_name = literal(&tables.history),
        history = tables.history,
        trusted = array(trusted),
        line = history_line(tables, set),
        expected = literal(expected.unwrap_or(EMPTY_LINE)),
    );
    format!("{BEGIN}{}DO {};\nCOMMIT;\n", own_path(), dollar(&body))
}

/// The history's line when it has no row: the digests are SHA-256 of nothing.
pub(crate) const EMPTY_LINE: &str = "history\t0\t0\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn array(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
    format!("ARRAY[{}]::text[]", values.join(", "))
}
