//! The door between the engine, which decides, and a driver, which does I/O.

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use crate::{
    error::{Error, Result, ServerError},
    query::Query,
};

/// What the engine wants done before it goes on.
#[derive(Debug)]
pub enum Request {
    /// Send one message by the simple query protocol, and read its answer to the end.
    Query(Query),
    /// Wait.
    Sleep(Duration),
}

/// What a driver brings back.
#[derive(Debug, Default)]
pub struct Answer {
    /// The question's rows, as text.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many statements of the message were completed, where the driver can tell.
    pub completed: Option<usize>,
    /// What went wrong.
    pub failure: Option<Failure>,
    /// How long it took.
    pub elapsed: Duration,
}

/// Why a message was not answered to the end.
#[derive(Debug)]
pub enum Failure {
    /// The server refused it.
    Server(Box<ServerError>),
    /// The connection failed; the text is the driver's.
    Lost(String),
}

/// What a session does next.
#[derive(Debug)]
pub enum Next<T> {
    /// It wants something done.
    Ask(Request),
    /// It has ended.
    Done(Result<T>),
}

/// A run of the engine, to be driven: it yields requests and takes answers, and does no I/O.
pub struct Session<'s, T> {
    future: Pin<Box<dyn Future<Output = Result<T>> + Send + 's>>,
    mailbox: Mailbox,
}

/// The engine's side of the door.
#[derive(Clone, Debug, Default)]
pub(crate) struct Port {
    mailbox: Mailbox,
}

type Mailbox = Arc<Mutex<Letters>>;

#[derive(Debug, Default)]
struct Letters {
    request: Option<Request>,
    answer: Option<Answer>,
    waits: usize,
    elapsed: Duration,
}

impl<'s, T> Session<'s, T> {
    pub(crate) fn new<F>(start: impl FnOnce(Port) -> F) -> Self
    where
        F: Future<Output = Result<T>> + Send + 's,
    {
        let port = Port::default();
        let mailbox = Arc::clone(&port.mailbox);
        Self {
            future: Box::pin(start(port)),
            mailbox,
        }
    }

    /// Goes on until the engine wants something done or has ended.
    ///
    /// `answer` is `None` at the first call only.
    pub fn next(&mut self, answer: Option<Answer>) -> Next<T> {
        open(&self.mailbox).answer = answer;
        let polled = self
            .future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(result) = polled {
            return Next::Done(result);
        }
        // The engine awaits nothing but its port, so a pending engine has left a request.
        open(&self.mailbox).request.take().map_or_else(
            || Next::Done(Err(Error::lost("the engine stopped without a request"))),
            Next::Ask,
        )
    }
}

impl<T> fmt::Debug for Session<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Port {
    /// Has a message sent, and waits for its answer.
    pub(crate) async fn query(&self, query: impl Into<Query>) -> Answer {
        open(&self.mailbox).waits += 1;
        let answer = self.ask(Request::Query(query.into())).await;
        self.pass(answer.elapsed);
        answer
    }

    /// Waits for some time.
    pub(crate) async fn sleep(&self, time: Duration) {
        self.ask(Request::Sleep(time)).await;
        self.pass(time);
    }

    /// Returns how many messages were sent.
    pub(crate) fn waits(&self) -> usize {
        open(&self.mailbox).waits
    }

    /// Returns how long messages and pauses took, together: all the time that the engine sees pass.
    pub(crate) fn elapsed(&self) -> Duration {
        open(&self.mailbox).elapsed
    }

    fn pass(&self, time: Duration) {
        let mut letters = open(&self.mailbox);
        letters.elapsed = letters.elapsed.saturating_add(time);
    }

    async fn ask(&self, request: Request) -> Answer {
        open(&self.mailbox).request = Some(request);
        pin!(Reply {
            mailbox: &self.mailbox
        })
        .await
    }
}

struct Reply<'p> {
    mailbox: &'p Mailbox,
}

impl Future for Reply<'_> {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Answer> {
        let mut letters = open(self.mailbox);
        if letters.request.is_some() {
            return Poll::Pending;
        }
        letters.answer.take().map_or(Poll::Pending, Poll::Ready)
    }
}

fn open(mailbox: &Mailbox) -> MutexGuard<'_, Letters> {
    mailbox.lock().unwrap_or_else(PoisonError::into_inner)
}
