//! The blocking driver.

use std::{io::Write as _, thread};

use postgres::{Client, SimpleQueryMessage};

use super::{
    Connection,
    blocking::may_block,
    drive::drive,
    file::{Reader, failed, measure},
    server_error::failure,
};
use crate::{
    engine::port::{Answer, Greeting, Request, Rows, Session},
    error::Result,
    query::Query,
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Result<T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Result<T> {
        may_block()?;
        session.greet(Greeting::Encoding);
        drive(session, |request| answer(self, request))
    }
}

/// Does what a session asks of one connection.
pub(super) fn answer(client: &mut Client, request: Request) -> Answer {
    match request {
        Request::Query(asked) => query(client, &asked),
        Request::Measure(rows) => measure(&rows),
        Request::Copy { sql, rows } => copy(client, &sql, &rows),
        // There is no other connection beside it.
        Request::Beside(_) => Answer::default(),
        Request::Sleep(time) => {
            thread::sleep(time);
            Answer::default()
        }
    }
}

/// Sends a file, piece by piece; where it ends too early, what was sent is void.
fn copy(client: &mut Client, sql: &str, rows: &Rows) -> Answer {
    let refused = |error: &postgres::Error| Answer {
        failure: Some(failure(error)),
        ..Answer::default()
    };
    let mut reader = match Reader::open(rows) {
        Ok(reader) => reader,
        Err(error) => return failed(&error).answer(),
    };
    let mut writer = match client.copy_in(sql) {
        Ok(writer) => writer,
        Err(error) => return refused(&error),
    };
    loop {
        match reader.piece() {
            Err(error) => return failed(&error).answer(),
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
        Ok(_) => reader.whole().answer(),
        Err(error) => refused(&error),
    }
}

pub(super) fn query(client: &mut Client, query: &Query) -> Answer {
    let mut answer = Answer::default();
    match client.simple_query(query.text()) {
        Ok(messages) if query.question().is_some() => {
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
