//! The async driver.

use std::{io::Cursor, pin::pin};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::{
    Connection,
    drive_async::{Ask, Running, drive_async},
    file::{Reader, failed, measure},
    offload::offload,
    process::told,
    server_error::failure,
};
use crate::{
    engine::port::{Answer, Greeting, Rows, Session},
    query::Query,
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Running<'c, T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Running<'c, T> {
        Box::pin(async move {
            if let Some(process) = told(self.cancel_token()).await {
                session.greet(Greeting::Process(process));
            }
            drive_async(session, &*self).await
        })
    }
}

/// Sends a file, piece by piece; where it ends too early, what was sent is void.
async fn copy(client: &Client, sql: &str, rows: Rows) -> Answer {
    let refused = |error: &Error| Answer {
        failure: Some(failure(error)),
        ..Answer::default()
    };
    let mut reader = match offload(move || Reader::open(&rows)).await {
        Ok(reader) => reader,
        Err(error) => return failed(&error).answer(),
    };
    let mut sink = match client.copy_in::<_, Cursor<Vec<u8>>>(sql).await {
        Ok(sink) => pin!(sink),
        Err(error) => return refused(&error),
    };
    loop {
        let piece;
        (reader, piece) = offload(move || {
            let piece = reader.piece();
            (reader, piece)
        })
        .await;
        match piece {
            Err(error) => return failed(&error).answer(),
            Ok(piece) if piece.is_empty() => break,
            // Why nothing more is taken is told at the end.
            Ok(piece) => {
                if sink.as_mut().send(Cursor::new(piece)).await.is_err() {
                    break;
                }
            }
        }
    }
    match sink.finish().await {
        Ok(_) => reader.whole().answer(),
        Err(error) => refused(&error),
    }
}

/// Streams the answer, so that the statements completed are counted also when a later one fails,
/// and rows that nobody wants are not kept.
impl Ask for &Client {
    async fn measure(&mut self, rows: Rows) -> Answer {
        offload(move || measure(&rows)).await
    }

    async fn copy(&mut self, sql: &str, rows: Rows) -> Answer {
        copy(self, sql, rows).await
    }

    async fn ask(&mut self, query: &Query) -> Answer {
        let mut completed = 0;
        let mut rows: Vec<Vec<Option<String>>> = Vec::new();
        let mut trouble = None;
        match self.simple_query_raw(query.text()).await {
            Err(error) => trouble = Some(error),
            Ok(stream) => {
                let mut stream = pin!(stream);
                while let Some(message) = stream.next().await {
                    match message {
                        Ok(SimpleQueryMessage::CommandComplete(_)) => completed += 1,
                        Ok(SimpleQueryMessage::RowDescription(_)) => rows.clear(),
                        Ok(SimpleQueryMessage::Row(row)) if query.question().is_some() => rows
                            .push(
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
