//! Making a connection, as often as `sslmode` says.

use postgres::{
    Client, Config,
    config::{Host, SslMode},
    error::SqlState,
};

use super::{
    Fault,
    encryption::{Encryption, Mode, Surroundings},
    string::ConnectionString,
};
use crate::driver::{
    chain::chain,
    tls::{self, Tls},
};

/// A place to connect to, with how.
#[derive(Clone)]
pub(crate) struct Dial {
    config: Config,
    mode: Mode,
    tls: Tls,
}

impl Dial {
    /// Reads a connection string, and the variables of the environment for what it does not say of
    /// TLS: `PGSSLMODE` and `PGSSLROOTCERT`.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let string = ConnectionString::parse(text)?;
        // The driver's own words for what it cannot read quote it, and with it a part of the password.
        let mut config: Config = string.rest.parse().map_err(|_| Fault::Unreadable)?;
        let encryption = if is_local(&config) {
            Encryption::NONE
        } else {
            Encryption::of(&string, &Surroundings::read())?
        };
        // The driver gives the server no name where only its address is known, and then no TLS.
        if config.get_hosts().is_empty() {
            for address in config.get_hostaddrs().to_vec() {
                config.host(&address.to_string());
            }
        }
        Ok(Self {
            tls: tls::connector(&encryption, config.get_ssl_negotiation())?,
            mode: encryption.mode,
            config,
        })
    }

    /// Changes what is said to the server.
    #[cfg(feature = "cli")]
    pub(crate) fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
    }

    /// Returns what a cancel request to the server is protected by.
    #[cfg(feature = "cli")]
    pub(crate) fn tls(&self) -> Tls {
        self.tls.clone()
    }

    /// Connects, or says why it cannot: in the server's words, or in the driver's.
    pub(crate) fn open(&self) -> Result<Client, String> {
        match self.mode {
            Mode::Disable => self.only(SslMode::Disable),
            Mode::Allow => self.first(SslMode::Disable, "with TLS", SslMode::Require),
            Mode::Prefer => self.first(SslMode::Prefer, "without TLS", SslMode::Disable),
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => self.only(SslMode::Require),
        }
    }

    fn only(&self, mode: SslMode) -> Result<Client, String> {
        self.attempt(mode).map_err(|error| reason(&error))
    }

    /// Connects in a way, and in the other where it was the way that failed.
    ///
    /// A wrong password (28P01) is not sent again.
    fn first(&self, mode: SslMode, other: &str, otherwise: SslMode) -> Result<Client, String> {
        let error = match self.attempt(mode) {
            Ok(client) => return Ok(client),
            Err(error) => error,
        };
        let refused = error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION);
        let said = reason(&error);
        if !refused && !tls::is_to_blame(&error) {
            return Err(said);
        }
        self.only(otherwise).map_err(|again| {
            if again == said {
                said
            } else {
                format!("{said}; {other}: {again}")
            }
        })
    }

    fn attempt(&self, mode: SslMode) -> Result<Client, postgres::Error> {
        let mut config = self.config.clone();
        config.ssl_mode(mode).connect(self.tls.clone())
    }
}

/// Whether it is a Unix-domain socket, where there is no TLS, and `sslmode` is ignored.
fn is_local(config: &Config) -> bool {
    let local = |host: &Host| match host {
        Host::Tcp(_) => false,
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hostaddrs().is_empty()
        && !config.get_hosts().is_empty()
        && config.get_hosts().iter().all(local)
}

/// Says why a connection was not made: in the server's words, or in the driver's.
fn reason(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || chain(error),
        |error| format!("{} ({})", error.message(), error.code().code()),
    )
}
