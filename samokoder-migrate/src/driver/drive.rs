//! The loop between a session, which decides, and a connection, which blocks until it has its answer.

use std::{thread, time::Instant};

use crate::{
    engine::port::{Answer, Next, Request, Session},
    error::Result,
    query::Query,
};

/// Drives a session on a connection that blocks.
pub(super) fn drive<T>(
    mut session: Session<'_, T>,
    mut ask: impl FnMut(&Query) -> Answer,
) -> Result<T> {
    let mut answer = None;
    loop {
        match session.next(answer.take()) {
            Next::Done(result) => return result,
            Next::Ask(request) => {
                let begun = Instant::now();
                let mut answered = match request {
                    Request::Query(query) => ask(&query),
                    Request::Sleep(time) => {
                        thread::sleep(time);
                        Answer::default()
                    }
                };
                answered.elapsed = begun.elapsed();
                answer = Some(answered);
            }
        }
    }
}
