//! A blocking connection that we made ourselves, and can make once more.

use std::{sync::mpsc, thread, time::Duration};

use postgres::Client;

use super::{
    Connection,
    blocking::may_block,
    connect::Dial,
    drive::drive,
    postgres::{answer, query},
};
use crate::{
    engine::port::{Answer, Greeting, Request, Session},
    error::Result,
    query::Query,
};
#[cfg(feature = "cli")]
use {super::tls::Tls, postgres::CancelToken};

/// A blocking connection that we made ourselves, and can make once more.
pub(crate) struct Own {
    client: Client,
    dial: Dial,
    beside: Option<Client>,
}

/// How long to wait for another connection's answer: a pooler has clients wait for a backend that
/// is free, and all may be taken.
const PATIENCE: Duration = Duration::from_secs(10);

impl Own {
    /// Connects, or says why it cannot.
    pub(crate) fn open(dial: Dial) -> Result<Self, String> {
        Ok(Self {
            client: dial.open()?,
            dial,
            beside: None,
        })
    }

    /// Returns what the server can be told with, from another thread, to cancel.
    #[cfg(feature = "cli")]
    pub(crate) fn cancel(&self) -> (CancelToken, Tls) {
        (self.client.cancel_token(), self.dial.tls())
    }

    pub(super) fn query(&mut self, asked: &Query) -> Answer {
        query(&mut self.client, asked)
    }

    /// Does what a session asks of one connection.
    #[cfg(feature = "cli")]
    pub(super) fn answer(&mut self, request: Request) -> Answer {
        answer(&mut self.client, request)
    }

    /// Asks on another connection, in a thread that ends by itself where nobody waits any longer.
    pub(super) fn beside(&mut self, asked: Query) -> Answer {
        let (sender, receiver) = mpsc::channel();
        let (open, dial) = (self.beside.take(), self.dial.clone());
        let ask = move || {
            let Some(mut client) = open.or_else(|| dial.open().ok()) else {
                return;
            };
            let answer = query(&mut client, &asked);
            drop(sender.send((client, answer)));
        };
        let asking = thread::Builder::new().name("beside".to_owned()).spawn(ask);
        match asking.map(|_| receiver.recv_timeout(PATIENCE)) {
            Ok(Ok((client, answer))) => {
                self.beside = Some(client);
                answer
            }
            _ => Answer::default(),
        }
    }

    /// Closes what was opened for a session.
    pub(super) fn end(&mut self) {
        self.beside = None;
    }
}

impl Connection for Own {
    type Outcome<'c, T: Send + 'c> = Result<T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, mut session: Session<'c, T>) -> Result<T> {
        may_block()?;
        session.greet(Greeting::Encoding);
        let result = drive(session, |request| match request {
            Request::Beside(asked) => self.beside(asked),
            request => answer(&mut self.client, request),
        });
        self.end();
        result
    }
}
