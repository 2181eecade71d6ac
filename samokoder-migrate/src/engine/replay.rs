//! Finding the statement that failed where neither the server nor the driver tells.

use super::{
    failure::Blame,
    job::Locate,
    port::{Failure, Port},
};
use crate::{
    error::ServerError,
    plan::Step,
    script::{sqlstate::telling, step::Writer},
    set::Script,
};

/// Classes of SQLSTATE that a second try would not show: connection, deadlock and the like,
/// resources, locks, the operator's hand.
const NOT_REPEATABLE: [&str; 5] = ["08", "40", "53", "55", "57"];

/// Runs the step's statements one by one in a transaction that is rolled back. Where the driver keeps
/// the SQLSTATE to itself, they are sent so that it is told, and `server` has it afterwards.
pub(super) async fn locate(
    port: &Port,
    writer: &Writer<'_>,
    locate: Locate,
    step: &Step,
    before: usize,
    server: &mut ServerError,
) -> Blame {
    let Some(script) = writer.script(step) else {
        return Blame::Ours;
    };
    if locate == Locate::Never
        || NOT_REPEATABLE
            .iter()
            .any(|class| server.sqlstate.starts_with(class))
    {
        return Blame::Step;
    }
    let blame = replay(port, writer.replay(step, before), script, server).await;
    port.query("ROLLBACK").await;
    blame
}

async fn replay(port: &Port, opened: String, script: &Script, server: &mut ServerError) -> Blame {
    if port.query(opened).await.failure.is_some() {
        return Blame::Step;
    }
    for statement in 0..script.statements.len() {
        match again(port, script.statement(statement), server).await {
            Again::Passed => {}
            Again::Refused => {
                return Blame::Statement {
                    statement,
                    offset: None,
                };
            }
            Again::Otherwise => return Blame::Step,
        }
    }
    match again(port, "SET CONSTRAINTS ALL IMMEDIATE", server).await {
        Again::Refused => Blame::Commit,
        Again::Passed | Again::Otherwise => Blame::Step,
    }
}

/// What became of a statement that was run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Passed,
    /// The server refused it for the same reason.
    Refused,
    /// For another, or the connection failed.
    Otherwise,
}

async fn again(port: &Port, statement: &str, server: &mut ServerError) -> Again {
    let is_named = !server.sqlstate.is_empty();
    let query = if is_named {
        statement.to_owned()
    } else {
        telling(&[statement])
    };
    match port.query(query).await.failure {
        None => Again::Passed,
        Some(Failure::Server(again)) if is_named && again.sqlstate == server.sqlstate => {
            Again::Refused
        }
        Some(Failure::Server(again)) if !is_named && again.message == server.message => {
            server.sqlstate = again.sqlstate;
            Again::Refused
        }
        Some(_) => Again::Otherwise,
    }
}
