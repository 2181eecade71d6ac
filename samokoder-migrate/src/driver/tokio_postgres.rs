//! The async driver.

use std::{future::Future, pin::Pin, pin::pin, time::Instant};

use futures_util::StreamExt as _;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{Connection, process::told, server_error::failure, sleep::sleep};
use crate::{
    engine::port::{Answer, Greeting, Next, Request, Session},
    error::Result,
    query::Query,
};

impl Connection for Client {
    type Outcome<'c, T: Send + 'c> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Self::Outcome<'c, T> {
        Box::pin(async move {
            if let Some(process) = told(self.cancel_token()).await {
                session.greet(Greeting::Process(process));
            }
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
                    Next::Ask(Request::Beside(_)) => answer = Some(Answer::default()),
                }
            }
        })
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
