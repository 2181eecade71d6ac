//! The async driver.

use std::pin::pin;

use futures_util::StreamExt as _;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{
    Connection,
    drive_async::{Ask, Running, drive_async},
    server_error::failure,
};
use crate::{
    engine::port::{Answer, Session},
    query::Query,
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Running<'c, T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Running<'c, T> {
        Box::pin(drive_async(session, &*self))
    }
}

/// Streams the answer, so that the statements completed are counted also when a later one fails,
/// and rows that nobody wants are not kept.
impl Ask for &Client {
    async fn ask(&mut self, query: &Query) -> Answer {
        let mut completed = 0;
        let mut rows: Vec<Vec<Option<String>>> = Vec::new();
        let mut trouble = None;
        match self.simple_query_raw(&query.text()).await {
            Err(error) => trouble = Some(error),
            Ok(stream) => {
                let mut stream = pin!(stream);
                while let Some(message) = stream.next().await {
                    match message {
                        Ok(SimpleQueryMessage::CommandComplete(_)) => completed += 1,
                        Ok(SimpleQueryMessage::RowDescription(_)) => rows.clear(),
                        Ok(SimpleQueryMessage::Row(row)) if query.question.is_some() => rows.push(
                            (0..row.len())
                                .map(|i| row.get(i).map(str::to_owned))
                                .collect(),
                        ),
                        Ok(_) => {}
                        Err(error) => {
                            trouble = Some(error);
                            break;
                        }
                    }
                }
            }
        }
        Answer {
            rows,
            completed: Some(completed),
            failure: trouble.as_ref().map(failure),
            ..Answer::default()
        }
    }
}
