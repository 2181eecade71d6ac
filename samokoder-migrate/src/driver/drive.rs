//! The loop between a session, which decides, and a connection, which blocks until it has its answer.

use std::time::Instant;

use crate::{
    engine::port::{Answer, Next, Request, Session},
    error::Result,
};

/// Drives a session by whoever does what it asks for; how long that took is measured here.
pub(super) fn drive<T>(
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
