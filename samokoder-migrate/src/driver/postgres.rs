//! The blocking driver.

use std::time::Instant;

use postgres::{Client, SimpleQueryMessage};

use super::{Connection, blocking::may_block, server_error::failure};
use crate::{
    engine::port::{Answer, Next, Request, Session},
    error::Result,
    query::Query,
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Result<T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Result<T> {
        may_block()?;
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
            }
        }
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
