//! The async driver.

use std::{future::Future, io::Cursor, pin::Pin, pin::pin, time::Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::{
    Connection,
    file::{Reader, failed, measure},
    offload::{offload, sleep},
    server_error::failure,
};
use crate::{
    engine::port::{Answer, Next, Request, Rows, Session},
    error::Result,
    query::Query,
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Self::Outcome<'c, T> {
        Box::pin(async move {
            let mut answer = None;
            loop {
                match session.next(answer.take()) {
                    Next::Done(result) => return result,
                    Next::Ask(Request::Sleep(time)) => {
                        sleep(time).await;
                        answer = Some(Answer {
                            elapsed: time,
                            ..Answer::default()
                        });
                    }
                    Next::Ask(Request::Query(asked)) => answer = Some(query(self, &asked).await),
                    Next::Ask(Request::Measure(rows)) => {
                        answer = Some(offload(move || measure(&rows)).await);
                    }
                    Next::Ask(Request::Copy { sql, rows }) => {
                        answer = Some(copy(self, &sql, rows).await);
                    }
                }
            }
        })
    }
}

/// Sends a file, piece by piece; where it ends too early, what was sent is void.
async fn copy(client: &Client, sql: &str, rows: Rows) -> Answer {
    let begun = Instant::now();
    let refused = |error: &Error| Answer {
        failure: Some(failure(error)),
        elapsed: begun.elapsed(),
        ..Answer::default()
    };
    let mut reader = match offload(move || Reader::open(&rows)).await {
        Ok(reader) => reader,
        Err(error) => return failed(&error).answer(begun.elapsed()),
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
            Err(error) => return failed(&error).answer(begun.elapsed()),
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
        Ok(_) => reader.whole().answer(begun.elapsed()),
        Err(error) => refused(&error),
    }
}

/// Streams the answer, so that the statements completed are counted also when a later one fails,
/// and rows that nobody wants are not kept.
async fn query(client: &Client, query: &Query) -> Answer {
    let begun = Instant::now();
    let mut completed = 0;
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    let mut trouble = None;
    match client.simple_query_raw(&query.text()).await {
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
        elapsed: begun.elapsed(),
    }
}
