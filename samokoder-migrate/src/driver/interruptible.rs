//! A blocking connection whose run can be interrupted from another thread.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Connection, Own, blocking::may_block, drive::drive};
use crate::{
    engine::port::{Answer, Failure, Greeting, Request, Session},
    error::Result,
};

/// How many cancels may still be on their way when one of them has ended a statement.
const LATE_CANCELS: usize = 8;

/// The wish that a run should end; its clones share it.
///
/// A run that is waiting for an answer ends when the server is told to cancel; one that is not
/// ends before it sends its next message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    shared: Arc<(Mutex<State>, Condvar)>,
}

/// A connection whose runs end when the interrupt is raised.
pub(crate) struct Interruptible<'c> {
    own: &'c mut Own,
    interrupt: Interrupt,
}

#[derive(Debug, Default)]
struct State {
    raised: bool,
    asking: bool,
    /// The server has cancelled what was asked: what follows tells what stands.
    cancelled: bool,
}

impl Interrupt {
    /// Wishes that the run should end.
    pub(crate) fn raise(&self) {
        self.state().raised = true;
        self.shared.1.notify_all();
    }

    /// Returns whether the run should end.
    pub(crate) fn is_raised(&self) -> bool {
        self.state().raised
    }

    /// Returns whether the server is at work on something that it should be told to cancel.
    pub(crate) fn wants_cancel(&self) -> bool {
        let state = self.state();
        state.raised && state.asking && !state.cancelled
    }

    /// Begins a message, unless the run should end.
    fn begin(&self) -> bool {
        let mut state = self.state();
        state.asking = !state.raised || state.cancelled;
        state.asking
    }

    fn end(&self, answer: &Answer) {
        let mut state = self.state();
        state.asking = false;
        state.cancelled |= state.raised && is_cancelled(answer);
    }

    fn sleep(&self, time: Duration) {
        let state = self.state();
        drop(
            self.shared
                .1
                .wait_timeout_while(state, time, |state| !state.raised),
        );
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'c> Interruptible<'c> {
    /// Wraps a connection.
    pub(crate) fn new(own: &'c mut Own, interrupt: Interrupt) -> Self {
        Self { own, interrupt }
    }

    fn answer(&mut self, request: Request) -> Answer {
        match request {
            Request::Sleep(time) => {
                self.interrupt.sleep(time);
                Answer::default()
            }
            Request::Query(asked) if self.interrupt.begin() => {
                let settling = self.interrupt.state().cancelled;
                let mut answer = self.own.query(&asked);
                // A cancel that was on its way when its statement ended hits what comes next, which
                // only tells and records what stands, begins with ROLLBACK, and can be said again.
                for _ in 0..LATE_CANCELS {
                    if !(settling && is_cancelled(&answer)) {
                        break;
                    }
                    answer = self.own.query(&asked);
                }
                self.interrupt.end(&answer);
                answer
            }
            Request::Measure(_) => self.own.answer(request),
            Request::Copy { .. } if self.interrupt.begin() => {
                let answer = self.own.answer(request);
                self.interrupt.end(&answer);
                answer
            }
            Request::Beside(asked) if !self.interrupt.is_raised() => self.own.beside(asked),
            Request::Query(_) | Request::Beside(_) | Request::Copy { .. } => Answer {
                failure: Some(Failure::Lost("the run was interrupted".to_owned())),
                ..Answer::default()
            },
        }
    }
}

fn is_cancelled(answer: &Answer) -> bool {
    matches!(&answer.failure, Some(Failure::Server(server)) if server.is_cancelled())
}

impl Connection for Interruptible<'_> {
    type Outcome<'c, T: Send + 'c>
        = Result<T>
    where
        Self: 'c;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Result<T> {
        may_block()?;
        session.greet(Greeting::Encoding);
        let result = drive(session, |request| self.answer(request));
        self.own.end();
        result
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use std::thread;

    use postgres::{Client, NoTls};

    use super::{Interrupt, Interruptible, Own};
    use crate::{driver::Dial, engine::port::Request, query::Question, testing::Server};

    #[test]
    fn a_cancel_that_comes_late_does_not_hide_what_stands() {
        let database = Server::shared().unwrap().database().unwrap();
        let mut own = Own::open(Dial::parse(&database.url()).unwrap()).unwrap();
        let (token, tls) = own.cancel();
        let interrupt = Interrupt::default();
        interrupt.raise();
        interrupt.state().cancelled = true;
        let mut watcher = Client::connect(&database.url(), NoTls).unwrap();
        let late = thread::spawn(move || {
            let asleep = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
            while watcher.query(asleep, &[]).unwrap().is_empty() {}
            token.cancel_query(tls).unwrap();
        });
        let answer = Interruptible::new(&mut own, interrupt).answer(Request::Query(
            Question::new("SELECT pg_sleep(0.3), 'it stands'").into(),
        ));
        late.join().unwrap();
        assert!(answer.failure.is_none(), "{answer:?}");
        assert_eq!(answer.rows[0][1].as_deref(), Some("it stands"));
    }
}
