//! The SQLSTATE of a refusal, for drivers that keep it to themselves: it is said once more in a field
//! that every driver shows, the name of a constraint.

use super::opening::is_ours;
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

/// Returns an expression that is refused, and whose refusal says an SQLSTATE of ours: what is no
/// number is cast to one. It costs nothing until it is come to, where PL/pgSQL is compiled each time.
///
/// `concat` is not immutable, or the planner would come to it first.
pub(crate) fn refusing(sqlstate: &str) -> String {
    format!("pg_catalog.concat('{MARK}', '{sqlstate}')::pg_catalog.int4")
}

/// Reads the SQLSTATE out of where it was said once more; the constraint was none.
pub(crate) fn read(server: &mut ServerError) {
    if let Some(sqlstate) = server.constraint.as_deref().and_then(said) {
        sqlstate.clone_into(&mut server.sqlstate);
        server.constraint = None;
    } else if matches!(&*server.sqlstate, NO_NUMBER | "")
        && let Some(sqlstate) = said(&server.message).filter(|sqlstate| is_ours(sqlstate))
    {
        sqlstate.clone_into(&mut server.sqlstate);
    }
}

/// The SQLSTATE of a text that is no number.
const NO_NUMBER: &str = "22P02";

/// Returns the SQLSTATE that a text says after our mark.
fn said(text: &str) -> Option<&str> {
    let (_, said) = text.split_once(MARK)?;
    said.get(..SQLSTATE_LENGTH)
}

/// Of any SQLSTATE (appendix "PostgreSQL Error Codes").
const SQLSTATE_LENGTH: usize = 5;
