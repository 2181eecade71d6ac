//! diesel's blocking connection.
//!
//! It has no runtime of its own inside, so it may block wherever its caller may. It learns from libpq
//! whether a transaction is open, so what a run sends leaves its own account of it right.

use std::thread;

use diesel::{
    PgConnection, QueryResult, RunQueryDsl as _, connection::SimpleConnection as _, sql_query,
};

use super::{
    Connection,
    diesel_answer::{COMMIT, Fields, Pointing, act, answer, is_to_be_ended},
    drive::drive,
};
use crate::{
    engine::port::{Answer, Read, Request, Session},
    error::Result,
    query::Query,
};

impl Connection for PgConnection {
    type Outcome<'c, T: Send + 'c> = Result<T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Result<T> {
        drive(session, |request| match request {
            Request::Query(query) => send(self, &query),
            Request::Beside(_) => Answer::default(),
            Request::Measure(_) | Request::Copy { .. } => Read::Unsupported.answer(),
            Request::Sleep(time) => {
                thread::sleep(time);
                Answer::default()
            }
        })
    }
}

fn send(connection: &mut PgConnection, query: &Query) -> Answer {
    if let Some(act) = act(query)
        && let Err(error) = connection.batch_execute(&act)
    {
        return answer(Err(error), Pointing::Message);
    }
    answer(ask(connection, query), Pointing::Question)
}

fn ask(connection: &mut PgConnection, query: &Query) -> QueryResult<Vec<Fields>> {
    let Some((question, scope)) = query.question() else {
        return Ok(Vec::new());
    };
    let rows = sql_query(question).load(connection)?;
    if is_to_be_ended(scope, &rows) {
        connection.batch_execute(COMMIT)?;
    }
    Ok(rows)
}
