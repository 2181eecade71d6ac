//! The SQLSTATE of a refusal, for drivers that keep it to themselves: it is said once more in a field
//! that every driver shows, the name of a constraint.

use crate::{
    error::ServerError,
    quote::{dollar, literal},
};

/// What such a name begins with.
const MARK: &str = "samokoder_migrate ";

/// The emptiest question: what it is refused for, everything else would be too.
pub(crate) const EMPTIEST: &str = "SELECT ''";

/// Returns what a `RAISE` of ours ends with.
pub(crate) fn using(sqlstate: &str) -> String {
    format!("USING ERRCODE = '{sqlstate}', CONSTRAINT = '{MARK}{sqlstate}'")
}

/// Returns statements as one, whose refusal says its SQLSTATE.
pub(crate) fn telling(statements: &[&str]) -> String {
    let calls: Vec<String> = statements
        .iter()
        .map(|statement| format!("    EXECUTE {};\n", literal(statement)))
        .collect();
    let body = format!(
        "BEGIN
{}EXCEPTION WHEN query_canceled OR OTHERS THEN
    RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = SQLERRM, CONSTRAINT = pg_catalog.concat('{MARK}', SQLSTATE);
END",
        calls.concat()
    );
    format!("DO {};\n", dollar(&body))
}

/// Reads the SQLSTATE out of where it was said once more; the constraint was none.
pub(crate) fn read(server: &mut ServerError) {
    let said = server.constraint.as_deref();
    if let Some(sqlstate) = said.and_then(|name| name.strip_prefix(MARK)) {
        sqlstate.clone_into(&mut server.sqlstate);
        server.constraint = None;
    }
}
