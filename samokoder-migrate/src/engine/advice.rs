//! What to do next, after the server refused.

use super::failure::{Blame, is_outside, is_partial};
use crate::{
    plan::{Kind, Step},
    set::Script,
};

/// The SQLSTATE of a write where none is taken.
pub(super) const READ_ONLY: &str = "25006";

/// Says what to do about a step that was refused, with the script or around it.
pub(super) fn advice(step: &Step, script: Option<&Script>, blame: Blame, sqlstate: &str) -> String {
    let remedy = remedy(sqlstate);
    match (step.kind, blame) {
        (Kind::Upgrade | Kind::Downgrade, Blame::Statement { statement, .. })
            if is_outside(script) =>
        {
            if is_partial(script, blame) {
                return "see what it did, and remove the cause; then `repair --done` if it is whole, or undo what it did, and `repair --again`".to_owned();
            }
            let cause = match (remedy, statement) {
                (Some(remedy), _) => remedy,
                (None, 0) => "remove the cause, in the script or in the database",
                (None, _) => "remove the cause, in the database, not in the script",
            };
            let again = match statement {
                0 => "",
                _ => ": it goes on at this statement",
            };
            format!("{cause}, and run again{again}")
        }
        _ if remedy.is_some() => format!(
            "{}, and run again: it goes on here",
            remedy.unwrap_or_default()
        ),
        (Kind::Stamp | Kind::Refresh | Kind::Repair, _) => {
            "remove the cause and run again".to_owned()
        }
        (_, Blame::Ours) => "remove the cause and run again: it goes on here".to_owned(),
        (Kind::Upgrade, _) => "mend the script, build, and run again: it goes on here".to_owned(),
        (Kind::Downgrade, _) => {
            "mend the downgrade, which is allowed after release, build, and run again".to_owned()
        }
        (Kind::Seed, _) => "mend the seed, build, and run again".to_owned(),
    }
}

/// Says what to change where neither a script nor the history is to blame, but the server's state,
/// a limit or a right (appendix "PostgreSQL Error Codes").
pub(super) fn remedy(sqlstate: &str) -> Option<&'static str> {
    Some(match sqlstate {
        READ_ONLY => "the server is read-only: connect to the primary",
        "53100" => "make room on the server's disk",
        "53200" => "give the server more memory, or its sessions less",
        "53300" => "wait until others disconnect, or let more connect",
        "53400" => "raise the limit that the message names, for the role or on the server",
        "42501" => "give the role the right that it lacks, or take a role that has it",
        "55P03" | "40P01" => {
            "let whoever holds the lock end (`pg_locks`), or give it more time: `.lock_timeout()`, `.retries()`"
        }
        "57014" => {
            "if `statement_timeout` ended it, give it more time: `-- samokoder: statement-timeout 10min`, or `.statement_timeout()`"
        }
        "25P03" => "raise `idle_in_transaction_session_timeout` for the role",
        "25P04" => "raise `transaction_timeout` for the role",
        "22P05" => {
            "use a database in UTF8, or take the character out: this database's encoding does not have it"
        }
        _ => return None,
    })
}
