//! The loop between a session, which decides, and a connection, which awaits its answers.

use std::{future::Future, pin::Pin, time::Instant};

use super::sleep::sleep;
use crate::{
    engine::port::{Answer, Next, Request, Session},
    error::Result,
    query::Query,
};

/// What an async connection's run gives.
pub(super) type Running<'c, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

/// A connection that sends a message and awaits its answer.
pub(super) trait Ask: Send {
    /// Sends a message; how long it took is measured by who calls.
    fn ask(&mut self, query: &Query) -> impl Future<Output = Answer> + Send;
}

/// Drives a session on a connection that awaits.
pub(super) async fn drive_async<T>(
    mut session: Session<'_, T>,
    mut connection: impl Ask,
) -> Result<T> {
    let mut answer = None;
    loop {
        match session.next(answer.take()) {
            Next::Done(result) => return result,
            Next::Ask(request) => {
                let begun = Instant::now();
                let mut answered = match request {
                    Request::Query(query) => connection.ask(&query).await,
                    Request::Sleep(time) => {
                        sleep(time).await;
                        Answer::default()
                    }
                };
                answered.elapsed = begun.elapsed();
                answer = Some(answered);
            }
        }
    }
}
