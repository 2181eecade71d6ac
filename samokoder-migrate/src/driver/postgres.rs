//! The blocking driver.

use std::time::Instant;

use postgres::{Client, SimpleQueryMessage};
use samokoder_migrate_core::{Code, Diagnostic};

use super::{Connection, server_error::failure};
use crate::{
    engine::port::{Answer, Greeting, Next, Request, Session},
    error::{Error, Result},
    query::Query,
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Result<T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Result<T> {
        outside_a_runtime()?;
        session.greet(Greeting::Encoding);
        let mut answer = None;
        loop {
            match session.next(answer.take()) {
                Next::Done(result) => return result,
                Next::Ask(Request::Sleep(time)) => {
                    std::thread::sleep(time);
                    answer = Some(Answer {
                        elapsed: time,
                        ..Answer::default()
                    });
                }
                Next::Ask(Request::Query(asked)) => answer = Some(query(self, &asked)),
                Next::Ask(Request::Beside(_)) => answer = Some(Answer::default()),
            }
        }
    }
}

/// Refuses to block inside an async runtime, where the driver would panic.
pub(super) fn outside_a_runtime() -> Result<()> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Ok(());
    }
    Err(Error::new(
        Diagnostic::new(
            Code::BlockingInAsync,
            "a blocking connection was used inside an async runtime",
        )
        .help("give the run a `tokio_postgres::Client` (feature `tokio-postgres`) and await it")
        .help("or move it to a thread of its own: `tokio::task::spawn_blocking`"),
    ))
}

pub(super) fn query(client: &mut Client, query: &Query) -> Answer {
    let begun = Instant::now();
    let result = client.simple_query(&query.text());
    let mut answer = Answer {
        elapsed: begun.elapsed(),
        ..Answer::default()
    };
    match result {
        Ok(messages) if query.question.is_some() => {
            for message in &messages {
                match message {
                    SimpleQueryMessage::RowDescription(_) => answer.rows.clear(),
                    SimpleQueryMessage::Row(row) => answer.rows.push(
                        (0..row.len())
                            .map(|i| row.get(i).map(str::to_owned))
                            .collect(),
                    ),
                    _ => {}
                }
            }
        }
        Ok(_) => {}
        Err(error) => answer.failure = Some(failure(&error)),
    }
    answer
}
