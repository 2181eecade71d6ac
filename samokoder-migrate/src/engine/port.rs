//! The door between the engine, which decides, and a driver, which does I/O.

use std::{
    fmt,
    future::Future,
    path::PathBuf,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use crate::{
    Digest,
    error::{Error, Result, ServerError},
    query::Query,
    script::sqlstate::{self, EMPTIEST, telling},
};

/// What the engine wants done before it goes on.
#[derive(Debug)]
pub enum Request {
    /// Send one message by the simple query protocol, and read its answer to the end.
    Query(Query),
    /// Wait.
    Sleep(Duration),
    /// Read a file to its end, and answer with its digest and its first line, as [`Read`] says.
    Measure(Rows),
    /// Send a file by `COPY … FROM STDIN`, and answer with what was sent, as [`Read`] says.
    Copy {
        /// The statement.
        sql: String,
        /// The file.
        rows: Rows,
    },
    /// Send a message on another connection to the same place, which is made for the first such
    /// request and stays open until the session ends; who can make none answers with nothing.
    Beside(Query),
}

/// A file of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Where it is.
    pub path: PathBuf,
    /// What is hashed before its bytes.
    pub seed: Digest,
}

/// What became of a file, as the one row of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// It was read to its end.
    Whole {
        /// The SHA-256 of what is hashed before its bytes, and of these, in hexadecimal digits.
        digest: String,
        /// Its first line, without what ends it.
        header: String,
    },
    /// It could not be read, and why.
    Failed(String),
    /// The driver does not do this.
    Unsupported,
}

/// What a driver knows of how its connection began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Greeting {
    /// Nothing.
    #[default]
    Unknown,
    /// That the client's `client_encoding` was in the start-up message.
    Encoding,
    /// Which process the client was told to name when it wants a cancel (`BackendKeyData`).
    Process(i32),
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
    /// Which character of the message the server points at, from 1, unless it is one of a query
    /// inside a function: the driver cannot tell the two apart.
    pub perhaps_at: Option<usize>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Read {
    /// Writes it as an answer.
    #[cfg(any(
        feature = "postgres",
        feature = "tokio-postgres",
        feature = "sqlx",
        feature = "diesel",
        feature = "diesel-async"
    ))]
    pub(crate) fn answer(self) -> Answer {
        let row = match self {
            Self::Whole { digest, header } => vec![Some(digest), Some(header)],
            Self::Failed(why) => vec![Some(why)],
            Self::Unsupported => Vec::new(),
        };
        Answer {
            rows: vec![row],
            ..Answer::default()
        }
    }

    fn of(answer: &Answer) -> Self {
        match answer.rows.first().map(Vec::as_slice) {
            Some([Some(digest), Some(header)]) => Self::Whole {
                digest: digest.clone(),
                header: header.clone(),
            },
            Some([Some(why)]) => Self::Failed(why.clone()),
            _ => Self::Unsupported,
        }
    }
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
    greeting: Greeting,
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

    /// Says what is known of how the connection began.
    pub fn greet(&mut self, greeting: Greeting) {
        open(&self.mailbox).greeting = greeting;
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
        let query = query.into();
        let read = query.reading();
        let mut answer = self.send(query).await;
        if let (Some(read), Some(Failure::Server(server))) = (read, &mut answer.failure)
            && server.sqlstate.is_empty()
        {
            let read: Vec<&str> = read.iter().map(String::as_str).collect();
            self.name(server, telling(&read)).await;
        }
        answer
    }

    /// Learns the SQLSTATE of a refusal from a driver that keeps it to itself: the same is sent
    /// once more, as one statement that tells.
    pub(crate) async fn name(&self, refused: &mut ServerError, telling: String) {
        let Some(Failure::Server(again)) = self.send(telling.into()).await.failure else {
            return;
        };
        if again.message != refused.message {
            return;
        }
        if !again.sqlstate.is_empty() {
            refused.sqlstate = again.sqlstate;
        } else if self.send(EMPTIEST.into()).await.failure.is_some() {
            IN_FAILED_TRANSACTION.clone_into(&mut refused.sqlstate);
        }
    }

    async fn send(&self, query: Query) -> Answer {
        open(&self.mailbox).waits += 1;
        let mut answer = self.ask(Request::Query(query)).await;
        self.pass(answer.elapsed);
        if let Some(Failure::Server(server)) = &mut answer.failure {
            sqlstate::read(server);
        }
        answer
    }

    /// Waits for some time.
    pub(crate) async fn sleep(&self, time: Duration) {
        self.ask(Request::Sleep(time)).await;
        self.pass(time);
    }

    /// Has a file read.
    pub(crate) async fn measure(&self, rows: Rows) -> Read {
        let answer = self.ask(Request::Measure(rows)).await;
        self.pass(answer.elapsed);
        Read::of(&answer)
    }

    /// Has a file sent as rows; what went wrong, if something did, and what was sent.
    pub(crate) async fn copy(&self, sql: String, rows: Rows) -> (Option<Failure>, Read) {
        open(&self.mailbox).waits += 1;
        let answer = self.ask(Request::Copy { sql, rows }).await;
        self.pass(answer.elapsed);
        let read = Read::of(&answer);
        (answer.failure, read)
    }

    /// Has a message sent on another connection to the same place, if the driver can make one.
    pub(crate) async fn beside(&self, query: impl Into<Query>) -> Answer {
        let answer = self.ask(Request::Beside(query.into())).await;
        self.pass(answer.elapsed);
        answer
    }

    /// Returns what the driver knows of how the connection began.
    pub(crate) fn greeting(&self) -> Greeting {
        open(&self.mailbox).greeting
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

/// What a server refuses everything for until the transaction ends.
const IN_FAILED_TRANSACTION: &str = "25P02";

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
