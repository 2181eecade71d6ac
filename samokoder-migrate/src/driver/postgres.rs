//! The blocking driver.

use std::{io::Write as _, time::Instant};

use postgres::{Client, SimpleQueryMessage};
use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    Connection,
    file::{Reader, failed, measure},
    server_error::failure,
};
use crate::{
    engine::port::{Answer, Next, Request, Rows, Session},
    error::{Error, Result},
    query::Query,
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
                Next::Ask(Request::Query(asked)) => answer = Some(query(self, &asked)),
                Next::Ask(Request::Measure(rows)) => answer = Some(measure(&rows)),
                Next::Ask(Request::Copy { sql, rows }) => answer = Some(copy(self, &sql, &rows)),
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

/// Sends a file, piece by piece; where it ends too early, what was sent is void.
pub(super) fn copy(client: &mut Client, sql: &str, rows: &Rows) -> Answer {
    let begun = Instant::now();
    let refused = |error: &postgres::Error| Answer {
        failure: Some(failure(error)),
        elapsed: begun.elapsed(),
        ..Answer::default()
    };
    let mut reader = match Reader::open(rows) {
        Ok(reader) => reader,
        Err(error) => return failed(&error).answer(begun.elapsed()),
    };
    let mut writer = match client.copy_in(sql) {
        Ok(writer) => writer,
        Err(error) => return refused(&error),
    };
    loop {
        match reader.piece() {
            Err(error) => return failed(&error).answer(begun.elapsed()),
            Ok(piece) if piece.is_empty() => break,
            // Why nothing more is taken is told at the end.
            Ok(piece) => {
                if writer
                    .write_all(&piece)
                    .and_then(|()| writer.flush())
                    .is_err()
                {
                    break;
                }
            }
        }
    }
    match writer.finish() {
        Ok(_) => reader.whole().answer(begun.elapsed()),
        Err(error) => refused(&error),
    }
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
