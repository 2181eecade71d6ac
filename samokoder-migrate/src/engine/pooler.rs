//! Poolers: what a plan of transactions alone need not know of, and a script outside a transaction
//! must.
//!
//! Such a script's lock and settings are its session's. In transaction mode a pooler may give each
//! message to another backend: another run would not be kept out, and the lock would stay with a
//! backend that nobody can name, and keep out all later runs. So nothing is taken, and nothing is
//! written, before it is seen that the session stays.

use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    execute::Execution,
    port::{Answer, Failure, Greeting, Port},
    read::{answered, holder},
};
use crate::{
    error::{Error, Result},
    plan::{Plan, Step},
    query::Query,
    script::{opening::LOST_SESSION, pooler as ask},
    set::Set,
};

/// What the caller says of a pooler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pooler {
    /// Nothing.
    #[default]
    Unsaid,
    /// That it gives a connection one backend for as long as it lives.
    KeepsSessions,
}

/// What is seen of the way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// There is no pooler.
    Direct,
    /// There is one.
    Pooled,
    /// The driver keeps what would tell.
    Unknown,
}

/// Why a session may not stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// It was seen to change.
    Changes,
    /// It cannot be seen.
    Unseen,
}

/// How often a message is sent to find the backend that holds our lock.
const TRIES: usize = 20;

/// Fails unless the connection keeps its session, where the plan has a step that needs that.
pub(super) async fn check(port: &Port, set: &Set, plan: &Plan, said: Pooler) -> Result<()> {
    match plan.steps.iter().find(|step| step.is_outside(set)) {
        None => Ok(()),
        Some(step) => keeps(port, said, &step.subject).await,
    }
}

/// Fails unless the connection keeps its session; the subject is what needs that.
///
/// Two connections of one pool in transaction mode are given the same backend while neither asks
/// anything, or change theirs; in session mode they do neither. One connection alone cannot tell an
/// idle pool from its own session, and is believed only where somebody says that it is one.
async fn keeps(port: &Port, said: Pooler, subject: &str) -> Result<()> {
    let (process, way) = way(port).await?;
    if way == Way::Direct {
        return Ok(());
    }
    let beside = match way {
        Way::Pooled => number(&port.beside(ask::process()).await),
        _ => None,
    };
    if way == Way::Pooled && beside.is_none() && said == Pooler::Unsaid {
        return Err(no_session(subject, Reason::Unseen));
    }
    let value = process.to_string();
    let first = answered(port.query(ask::keep(&value)).await)?;
    let again = match beside {
        Some(_) => number(&port.beside(ask::process()).await),
        None => None,
    };
    let second = answered(port.query(ask::kept()).await)?;
    let is_kept = field(&second, 1) == Some(&*value);
    let stays = [&first, &second].map(number) == [Some(process); 2];
    if stays && is_kept && beside == again && beside != Some(process) {
        Ok(())
    } else {
        Err(no_session(subject, Reason::Changes))
    }
}

/// Sees which process answers, and whether it is the one that the client began with.
async fn way(port: &Port) -> Result<(i32, Way)> {
    let answer = answered(port.query(ask::introduce()).await)?;
    let process = number(&answer).unwrap_or_default();
    let is_from_start_up = field(&answer, 1) == Some("client");
    let way = match port.greeting() {
        // A pooler hands out numbers of its own, or it could not tell whose query is to be cancelled.
        Greeting::Process(told) if told == process => Way::Direct,
        // It opens its own connections, and sets there what the client asked for.
        Greeting::Encoding | Greeting::Unknown if is_from_start_up => Way::Direct,
        Greeting::Process(_) | Greeting::Encoding => Way::Pooled,
        Greeting::Unknown => Way::Unknown,
    };
    Ok((process, way))
}

impl Execution<'_, '_> {
    /// Gives the session back, whichever backend the message comes to.
    ///
    /// A lock that was left behind would keep out all later runs.
    pub(super) async fn give_back(&self, step: &Step, query: impl Into<Query>) {
        let mut answer = self.port.query(query).await;
        for _ in 0..TRIES {
            if !is_lost(&answer) {
                return;
            }
            // In a transaction, also one that failed, the next message goes where this one went.
            self.port.query("ROLLBACK").await;
            answer = self.port.query(self.writer.abandoned(step)).await;
        }
    }

    /// Makes the error for a session that was lost in the middle of a script.
    pub(super) async fn lost_session(&self, subject: &str) -> Error {
        let mut diagnostic = Diagnostic::new(
            Code::NoSession,
            format!("{subject} lost its session: a pooler gave its messages to another backend"),
        )
        .note("what it ran stands, and the last statement that was begun is on record: the next run says what to decide");
        if let Ok(Some(holder)) = holder(self.port, self.writer.tables).await {
            diagnostic = diagnostic
                .note(format!(
                    "the lock is held by {holder}, and keeps out other runs until that backend ends"
                ))
                .help(format!(
                    "if no other run is at work, end it: SELECT pg_terminate_backend({})",
                    holder.pid
                ));
        }
        Error::new(diagnostic.help(PORT))
    }
}

/// What to do about a pooler.
const PORT: &str = "connect to the server itself, or to the pooler's session port (Supabase: 5432 instead of 6543)";

fn no_session(subject: &str, reason: Reason) -> Error {
    let diagnostic = Diagnostic::new(
        Code::NoSession,
        match reason {
            Reason::Changes => "a pooler gives the connection's transactions to different backends",
            Reason::Unseen => {
                "the connection goes through a pooler, and whether it keeps the session cannot be seen"
            }
        },
    )
    .note(format!(
        "{subject} runs outside a transaction, and needs one session from its first statement to its last"
    ))
    .note("nothing was written")
    .help(PORT);
    Error::new(match reason {
        Reason::Changes => diagnostic,
        Reason::Unseen => {
            diagnostic.help("if this is the session port, say so: `.session_pooler()`")
        }
    })
}

fn is_lost(answer: &Answer) -> bool {
    matches!(&answer.failure, Some(Failure::Server(server)) if server.sqlstate == LOST_SESSION)
}

fn number(answer: &Answer) -> Option<i32> {
    field(answer, 0)?.parse().ok()
}

fn field(answer: &Answer, index: usize) -> Option<&str> {
    answer.rows.last()?.get(index)?.as_deref()
}
