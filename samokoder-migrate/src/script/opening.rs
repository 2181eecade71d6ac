//! The transaction that opens a run which writes: the lock, our tables, and whether they can be trusted.

use super::{
    read::history_line,
    tables::{FORMAT, Tables},
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
            "    IF NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relnamespace = space AND c.relname = '{name}') THEN
        EXECUTE {};
        -- Default privileges may have given the new table to others.
        FOR grantee IN SELECT DISTINCT coalesce(pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(nullif(a.grantee, 0))), 'PUBLIC')
            FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
            WHERE c.relnamespace = space AND c.relname = '{name}' AND a.grantee <> c.relowner LOOP
            EXECUTE {revoke} || grantee;
        END LOOP;
    END IF;\n",
            literal(&definition),
            revoke = literal(&format!("REVOKE ALL ON TABLE {}.{name} FROM ", tables.schema)),
        ));
    }
    let body = format!(
        "DECLARE
    space oid;
    trusted oid[];
    found text;
    grantee text;
BEGIN
    IF NOT pg_catalog.pg_try_advisory_xact_lock({lock}) THEN
        RAISE EXCEPTION 'another run is at work' USING ERRCODE = '{BUSY}';
    END IF;
    SELECT n.oid INTO space FROM pg_catalog.pg_namespace AS n WHERE n.nspname = {schema};
    IF space IS NULL THEN
        EXECUTE {create_schema};
        SELECT n.oid INTO STRICT space FROM pg_catalog.pg_namespace AS n WHERE n.nspname = {schema};
    END IF;
{create}    IF pg_catalog.obj_description({history_name}::pg_catalog.regclass, 'pg_class') IS NULL
        AND NOT EXISTS (SELECT FROM {history}) THEN
        EXECUTE {comment};
    END IF;
    trusted := ARRAY(SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user OR r.rolname = ANY ({trusted}));
    SELECT pg_catalog.string_agg(w.what, '; ') INTO found FROM (
        SELECT pg_catalog.format('schema %I belongs to %I', n.nspname, pg_catalog.pg_get_userbyid(n.nspowner)) AS what
        FROM pg_catalog.pg_namespace AS n WHERE n.oid = space AND NOT n.nspowner = ANY (trusted)
      UNION ALL
        SELECT pg_catalog.format('%I may create in schema %I', coalesce(pg_catalog.pg_get_userbyid(nullif(a.grantee, 0)), 'public'), n.nspname)
        FROM pg_catalog.pg_namespace AS n, pg_catalog.aclexplode(n.nspacl) AS a
        WHERE n.oid = space AND a.privilege_type = 'CREATE' AND NOT a.grantee = ANY (trusted)
      UNION ALL
        SELECT pg_catalog.format('%I belongs to %I', c.relname, pg_catalog.pg_get_userbyid(c.relowner))
        FROM pg_catalog.pg_class AS c WHERE c.relnamespace = space AND NOT c.relowner = ANY (trusted)
      UNION ALL
        SELECT pg_catalog.format('%I is not a plain table', c.relname) FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = space AND c.relname IN ('history', 'seed', 'unfinished', 'event')
            AND (c.relkind <> 'r' OR c.relpersistence <> 'p' OR c.relhasrules OR c.relrowsecurity
                OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE c.oid IN (i.inhrelid, i.inhparent)))
      UNION ALL
        SELECT pg_catalog.format('trigger %I on %I', t.tgname, c.relname)
        FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
        WHERE c.relnamespace = space AND NOT t.tgisinternal
      UNION ALL
        SELECT pg_catalog.format('policy %I on %I', p.polname, c.relname)
        FROM pg_catalog.pg_policy AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid WHERE c.relnamespace = space
      UNION ALL
        SELECT pg_catalog.format('%I may %s on %I', coalesce(pg_catalog.pg_get_userbyid(nullif(a.grantee, 0)), 'public'), a.privilege_type, c.relname)
        FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
        WHERE c.relnamespace = space AND a.privilege_type NOT IN ('SELECT', 'USAGE') AND NOT a.grantee = ANY (trusted)
      UNION ALL
        SELECT pg_catalog.format('%I may %s on column %I of %I', coalesce(pg_catalog.pg_get_userbyid(nullif(a.grantee, 0)), 'public'), a.privilege_type, t.attname, c.relname)
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS t ON t.attrelid = c.oid, pg_catalog.aclexplode(t.attacl) AS a
        WHERE c.relnamespace = space AND a.privilege_type <> 'SELECT' AND NOT a.grantee = ANY (trusted)
    ) AS w;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION '%', found USING ERRCODE = '{UNTRUSTED}';
    END IF;
    IF {line} IS DISTINCT FROM {expected} THEN
        RAISE EXCEPTION 'the history changed' USING ERRCODE = '{MOVED}';
    END IF;
END",
        lock = tables.lock,
        create_schema = literal(&format!("CREATE SCHEMA {}", tables.schema)),
        comment = literal(&format!("COMMENT ON TABLE {} IS {}", tables.history, literal(FORMAT))),
        history_name = literal(&tables.history),
        history = tables.history,
        trusted = array(trusted),
        line = history_line(tables, set),
        expected = literal(expected.unwrap_or(EMPTY_LINE)),
    );
    format!(
        "{BEGIN}SELECT pg_catalog.set_config('search_path', 'pg_catalog', true);\nDO {};\nCOMMIT;\n",
        dollar(&body)
    )
}

/// The history's line when it has no row: the digests are SHA-256 of nothing.
pub(crate) const EMPTY_LINE: &str = "history\t0\t0\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn array(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
    format!("ARRAY[{}]::text[]", values.join(", "))
}
