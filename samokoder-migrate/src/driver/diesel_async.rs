//! diesel's async connection.

use diesel::{QueryResult, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

use super::{
    Connection,
    diesel_answer::{COMMIT, Fields, Pointing, act, answer, is_to_be_ended},
    drive_async::{Ask, Running, drive_async},
    process::told,
};
use crate::{
    engine::port::{Answer, Greeting, Session},
    query::Query,
};

impl Connection for AsyncPgConnection {
    type Outcome<'c, T: Send + 'c> = Running<'c, T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Running<'c, T> {
        Box::pin(async move {
            if let Some(process) = told(self.cancel_token()).await {
                session.greet(Greeting::Process(process));
            }
            drive_async(session, self).await
        })
    }
}

impl Ask for &mut AsyncPgConnection {
    async fn ask(&mut self, query: &Query) -> Answer {
        if let Some(act) = act(query)
            && let Err(error) = self.batch_execute(&act).await
        {
            return answer(Err(error), Pointing::MessageOrFunction);
        }
        answer(ask(self, query).await, Pointing::Question)
    }
}

async fn ask(connection: &mut AsyncPgConnection, query: &Query) -> QueryResult<Vec<Fields>> {
    let Some((question, scope)) = query.question() else {
        return Ok(Vec::new());
    };
    let rows = sql_query(question).load(connection).await?;
    if is_to_be_ended(scope, &rows) {
        connection.batch_execute(COMMIT).await?;
    }
    Ok(rows)
}
