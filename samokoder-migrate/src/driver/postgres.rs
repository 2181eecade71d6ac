//! The blocking driver.

use std::time::Instant;

use postgres::{Client, SimpleQueryMessage};
use samokoder_migrate_core::{Code, Diagnostic};

use super::{Connection, server_error::failure};
use crate::{
    engine::port::{Answer, Next, Request, Rows, Session},
    error::{Error, Result},
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Result<T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Result<T> {
        outside_a_runtime()?;
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
                Next::Ask(Request::Query { sql, rows }) => answer = Some(query(self, &sql, rows)),
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

pub(super) fn query(client: &mut Client, sql: &str, rows: Rows) -> Answer {
    let begun = Instant::now();
    let result = client.simple_query(sql);
    let mut answer = Answer {
        elapsed: begun.elapsed(),
        ..Answer::default()
    };
    match result {
        Ok(messages) => {
            let mut found = messages.iter().filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row),
                _ => None,
            });
            let texts = |row: &postgres::SimpleQueryRow| {
                (0..row.len())
                    .map(|i| row.get(i).map(str::to_owned))
                    .collect()
            };
            answer.rows = match rows {
                Rows::Last => found.next_back().map(texts).into_iter().collect(),
                Rows::All => found.map(texts).collect(),
            };
        }
        Err(error) => answer.failure = Some(failure(&error)),
    }
    answer
}
