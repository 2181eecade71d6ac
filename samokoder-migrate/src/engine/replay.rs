//! Finding the statement that failed where neither the server nor the driver tells.

use super::{
    failure::Blame,
    job::Locate,
    port::{Failure, Port},
};
use crate::{error::ServerError, plan::Step, script::step::Writer};

/// Classes of SQLSTATE that a second try would not show: connection, deadlock and the like,
/// resources, locks, the operator's hand.
const NOT_REPEATABLE: [&str; 5] = ["08", "40", "53", "55", "57"];

/// Runs the step's statements one by one in a transaction that is rolled back.
pub(super) async fn locate(
    port: &Port,
    writer: &Writer<'_>,
    locate: Locate,
    step: &Step,
    before: usize,
    server: &ServerError,
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
    let blame = replay(port, writer, step, script, before, server).await;
    port.query("ROLLBACK").await;
    blame
}

async fn replay(
    port: &Port,
    writer: &Writer<'_>,
    step: &Step,
    script: &crate::set::Script,
    before: usize,
    server: &ServerError,
) -> Blame {
    if port
        .query(writer.replay(step, before))
        .await
        .failure
        .is_some()
    {
        return Blame::Step;
    }
    for statement in 0..script.statements.len() {
        match port.query(script.statement(statement)).await.failure {
            None => {}
            Some(Failure::Server(again)) if again.sqlstate == server.sqlstate => {
                return Blame::Statement {
                    statement,
                    offset: None,
                };
            }
            Some(_) => return Blame::Step,
        }
    }
    let deferred = port.query("SET CONSTRAINTS ALL IMMEDIATE").await;
    match deferred.failure {
        Some(Failure::Server(again)) if again.sqlstate == server.sqlstate => Blame::Commit,
        _ => Blame::Step,
    }
}
