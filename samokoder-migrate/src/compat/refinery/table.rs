//! Refinery's table: read, and looked at again under the lock. Nothing here writes to it.

use samokoder_migrate_core::{Code, Diagnostic};

use crate::{
    engine::port::{Answer, Failure, Port},
    error::{Error, Result},
    query::Question,
    quote::{literal, optional},
    script::{opening::FOREIGN, tables::Tables},
    set::Set,
};

/// The name that refinery's table has where nothing else is said.
pub const DEFAULT_TABLE: &str = "refinery_schema_history";

/// How long the table's lock is waited for: refinery's own inserts queue behind the one who waits.
const LOCK_WAIT: &str = "500ms";

/// What refinery's table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// Its name with its schema, quoted where it must be.
    pub(super) name: String,
    oid: String,
    /// In order of version.
    pub(super) rows: Vec<Recorded>,
}

/// One row of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) version: i64,
    pub(super) name: Option<String>,
    pub(super) checksum: Option<String>,
    /// Microseconds since 1970, where the text of the time is understood.
    pub(super) applied_at: Option<i64>,
}

/// Reads the table that a name means, as refinery would find it: by the search path where the name
/// has no schema.
pub(super) async fn read(port: &Port, name: &str) -> Result<Table> {
    let found = ask(port, find(name)).await?;
    let [Some(oid), Some(qualified), plain] = row(&found) else {
        return Err(absent(name));
    };
    if plain.as_deref() != Some("t") {
        return Err(not_refinerys(qualified));
    }
    let rows = ask(port, rows_of(qualified)).await?;
    Ok(Table {
        name: qualified.clone(),
        oid: oid.clone(),
        rows: rows
            .rows
            .iter()
            .map(|row| recorded(row).ok_or_else(|| not_refinerys(qualified)))
            .collect::<Result<_>>()?,
    })
}

/// Returns whether a set has ever been run in this database.
pub(super) async fn has_run(port: &Port, set: &Set) -> Result<bool> {
    let tables = Tables::of(set);
    let there = format!(
        "SELECT pg_catalog.to_regclass({}) IS NOT NULL",
        literal(&tables.event)
    );
    let is_true = |answer: &Answer| matches!(row(answer), [Some(yes)] if yes == "t");
    if !is_true(&ask(port, there).await?) {
        return Ok(false);
    }
    let used = format!("SELECT {}", has_events(&tables, set));
    Ok(is_true(&ask(port, used).await?))
}

/// Returns PL/pgSQL that raises where the table is no longer what was read, after taking a lock
/// that keeps it so until the transaction ends.
pub(super) fn condition(table: &Table, set: &Set) -> String {
    let Table { name, oid, rows } = table;
    let tables = Tables::of(set);
    let raise = |what: &str| {
        format!(
            "RAISE EXCEPTION '%', {} USING ERRCODE = '{FOREIGN}'",
            literal(&format!("refinery's table {name} {what}"))
        )
    };
    let values: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "({}::bigint, {}::text, {}::text)",
                row.version,
                optional(row.name.as_deref()),
                optional(row.checksum.as_deref())
            )
        })
        .collect();
    let expected = format!("(VALUES {})", values.join(",\n            "));
    let now =
        format!("(SELECT r.version::bigint, r.name::text, r.checksum::text FROM {name} AS r)");
    format!(
        "    DECLARE
        patience text := pg_catalog.current_setting('lock_timeout');
    BEGIN
        BEGIN
            PERFORM pg_catalog.set_config('lock_timeout', '{LOCK_WAIT}', true);
            LOCK TABLE {name} IN SHARE MODE;
        EXCEPTION
            WHEN lock_not_available THEN {busy};
            WHEN undefined_table OR invalid_schema_name THEN {gone};
        END;
        PERFORM pg_catalog.set_config('lock_timeout', patience, true);
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = {oid} AND c.oid = pg_catalog.to_regclass({quoted}) AND {plain}) THEN
            {replaced};
        END IF;
        IF EXISTS (({now} EXCEPT ALL {expected}) UNION ALL ({expected} EXCEPT ALL {now})) THEN
            {changed};
        END IF;
        IF {has_events} OR EXISTS (SELECT FROM {unfinished} AS u WHERE u.set_name = {set}) THEN
            RAISE EXCEPTION 'these migrations were run here meanwhile' USING ERRCODE = '{FOREIGN}';
        END IF;
    END;\n",
        busy = raise("is being written to: refinery, or something else, is at work"),
        gone = raise("is gone"),
        replaced = raise("was replaced by another"),
        changed = raise("changed while it was being compared"),
        quoted = literal(name),
        plain = is_plain("c"),
        has_events = has_events(&tables, set),
        unfinished = tables.unfinished,
        set = literal(set.name()),
    )
}

/// A planted view, rule, policy or cast would run code of its owner's as whoever reads it, so the
/// kind of the relation and the types of its columns are looked at before its rows are.
fn is_plain(relation: &str) -> String {
    format!(
        "{relation}.relkind = 'r' AND NOT {relation}.relhasrules AND NOT {relation}.relrowsecurity
    AND (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = {relation}.oid AND NOT a.attisdropped
        AND (a.attname = 'version' AND a.atttypid IN ('pg_catalog.int4'::pg_catalog.regtype, 'pg_catalog.int8'::pg_catalog.regtype)
            OR a.attname IN ('name', 'applied_on', 'checksum') AND a.atttypid IN ('pg_catalog.varchar'::pg_catalog.regtype, 'pg_catalog.text'::pg_catalog.regtype))) = 4"
    )
}

fn find(name: &str) -> String {
    format!(
        "SELECT c.oid, pg_catalog.concat(pg_catalog.quote_ident(n.nspname), '.', pg_catalog.quote_ident(c.relname)), {}
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass({})",
        is_plain("c"),
        literal(name)
    )
}

fn rows_of(name: &str) -> String {
    format!(
        "SELECT r.version, r.name, r.checksum,
    CASE WHEN r.applied_on ~ {} THEN pg_catalog.round(extract(epoch FROM r.applied_on::pg_catalog.timestamptz)::pg_catalog.numeric * 1000000) END
FROM {name} AS r ORDER BY r.version",
        literal(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
    )
}

fn has_events(tables: &Tables, set: &Set) -> String {
    format!(
        "EXISTS (SELECT FROM {} AS e WHERE e.set_name = {} AND e.outcome = 'done')",
        tables.event,
        literal(set.name())
    )
}

fn recorded(row: &[Option<String>]) -> Option<Recorded> {
    let [version, name, checksum, applied_at] = row else {
        return None;
    };
    Some(Recorded {
        version: version.as_deref()?.parse().ok()?,
        name: name.clone(),
        checksum: checksum.clone(),
        applied_at: applied_at.as_deref().and_then(|time| time.parse().ok()),
    })
}

async fn ask(port: &Port, sql: String) -> Result<Answer> {
    let answer = port.query(Question::new(sql)).await;
    match answer.failure {
        None => Ok(answer),
        Some(Failure::Lost(reason)) => Err(Error::lost(&reason)),
        Some(Failure::Server(server)) => Err(Error::new(
            Diagnostic::new(
                Code::ForeignHistory,
                format!("refinery's table cannot be read: {}", server.message),
            )
            .sqlstate(&server.sqlstate)
            .note(format!("SQLSTATE {}; nothing was done", server.sqlstate)),
        )
        .with_server(*server)),
    }
}

fn row(answer: &Answer) -> &[Option<String>] {
    answer.rows.last().map_or(&[], Vec::as_slice)
}

fn absent(name: &str) -> Error {
    Diagnostic::new(
        Code::ForeignHistory,
        format!("this database has no table `{name}` of refinery's"),
    )
    .note("it is looked for as refinery does, by the connection's search path where the name has no schema; nothing was done")
    .help("is it the right database? a table of another name is named by `.table(\"name\")`, or `--table NAME`")
    .help("a database that refinery never ran on needs no adoption: run the migrations")
    .into()
}

fn not_refinerys(name: &str) -> Error {
    Diagnostic::new(
        Code::ForeignHistory,
        format!("{name} is not a table as refinery makes it"),
    )
    .note("a plain table with an integer `version` and texts `name`, `applied_on` and `checksum`, without rules or row security, is expected; nothing was done")
    .into()
}
