//! The loop between a session, which decides, and a connection, which blocks until it has its answer.

use std::{thread, time::Instant};

use crate::{
    engine::port::{Answer, Next, Request, Session},
    error::Result,
    query::Query,
};

/// Drives a session on a connection that blocks, and that has no other beside it.
pub(super) fn drive<T>(
    session: Session<'_, T>,
    mut ask: impl FnMut(&Query) -> Answer,
) -> Result<T> {
    drive_with(session, |request| match request {
        Request::Query(query) => ask(&query),
        Request::Beside(_) => Answer::default(),
        Request::Sleep(time) => {
            thread::sleep(time);
            Answer::default()
        }
    })
}

/// Drives a session by whoever does what it asks for; how long that took is measured here.
pub(super) fn drive_with<T>(
    mut session: Session<'_, T>,
    mut answer: impl FnMut(Request) -> Answer,
) -> Result<T> {
    let mut answered = None;
    loop {
        match session.next(answered.take()) {
            Next::Done(result) => return result,
            Next::Ask(request) => {
                let begun = Instant::now();
                let mut last = answer(request);
                last.elapsed = begun.elapsed();
                answered = Some(last);
            }
        }
    }
}
