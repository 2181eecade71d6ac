//! A blocking connection that we made ourselves.

use postgres::Client;

use super::{Connection, connect::Dial};
use crate::{engine::port::Session, error::Result};
#[cfg(feature = "cli")]
use {super::tls::Tls, postgres::CancelToken};

/// A blocking connection that we made ourselves.
pub(crate) struct Own {
    pub(super) client: Client,
    #[cfg(feature = "cli")]
    dial: Dial,
}

impl Own {
    /// Connects, or says why it cannot.
    pub(crate) fn open(dial: Dial) -> Result<Self, String> {
        Ok(Self {
            client: dial.open()?,
            #[cfg(feature = "cli")]
            dial,
        })
    }

    /// Returns what the server can be told with, from another thread, to cancel.
    #[cfg(feature = "cli")]
    pub(crate) fn cancel(&self) -> (CancelToken, Tls) {
        (self.client.cancel_token(), self.dial.tls())
    }
}

impl Connection for Own {
    type Outcome<'c, T: Send + 'c> = Result<T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Result<T> {
        self.client.drive(session)
    }
}
