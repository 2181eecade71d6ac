//! The blocking driver.

use postgres::{Client, SimpleQueryMessage};

use super::{Connection, blocking::may_block, drive::drive, server_error::failure};
use crate::{
    engine::port::{Answer, Session},
    error::Result,
    query::Query,
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Result<T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Result<T> {
        may_block()?;
        drive(session, |asked| query(self, asked))
    }
}

pub(super) fn query(client: &mut Client, query: &Query) -> Answer {
    let mut answer = Answer::default();
    match client.simple_query(&query.text()) {
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
