//! The server, and what a database of it holds.

use std::time::Duration;

use postgres::{Client, NoTls};
use samokoder_migrate::testing::{Database, Proxy, Server};

use crate::Result;

/// Starts a server whose commits are on disk before they are answered, and which makes no checkpoint
/// of its own while it is measured.
pub(crate) fn server() -> Result<Server> {
    Ok(Server::builder()
        .durable()
        .setting("checkpoint_timeout", "1h")
        .setting("max_wal_size", "16GB")
        .start()?)
}

/// Starts the way to a database: direct where there is no delay.
pub(crate) fn way(database: &Database, delay: Duration) -> Result<(Option<Proxy>, String)> {
    if delay.is_zero() {
        return Ok((None, database.url()));
    }
    let proxy = Proxy::builder().round_trip(delay).start(&database.url())?;
    let url = proxy.url();
    Ok((Some(proxy), url))
}

/// The workload's objects, one a line, without the tables of any tool: theirs have no `_001`.
const OBJECTS: &str = "SELECT string_agg(o.line, E'\\n' ORDER BY o.line COLLATE \"C\") FROM (
    SELECT concat_ws(' ', c.relkind, c.relname, c.relrowsecurity, obj_description(c.oid, 'pg_class'),
        pg_get_viewdef(CASE c.relkind WHEN 'v' THEN c.oid END), pg_get_indexdef(CASE c.relkind WHEN 'i' THEN c.oid END)) AS line
    FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, col_description(c.oid, a.attnum))
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT concat_ws(' ', n.conname, pg_get_constraintdef(n.oid)) FROM pg_constraint AS n
    WHERE n.connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy AS p
    UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger AS t WHERE NOT t.tgisinternal
    UNION ALL SELECT pg_get_functiondef(f.oid) FROM pg_proc AS f WHERE f.pronamespace = 'public'::regnamespace
) AS o WHERE o.line ~ '_[0-9]{3}'";

/// Returns what the workload left in a database: empty where nothing is left.
pub(crate) fn objects(database: &Database) -> Result<String> {
    let mut client = Client::connect(&database.url(), NoTls)?;
    let objects: Option<String> = client.query_one(OBJECTS, &[])?.get(0);
    Ok(objects.unwrap_or_default())
}
