//! A connection to what the environment names.

use postgres::{Client, Config, NoTls};
use samokoder_migrate_core::{Code, Diagnostic};

use super::{blocking::may_block, chain::chain};
use crate::error::{Error, Result};

const VARIABLE: &str = "DATABASE_URL";

/// Connects to `DATABASE_URL`.
pub(crate) fn from_env() -> Result<Client> {
    may_block()?;
    let url = std::env::var(VARIABLE).map_err(|_| {
        Error::new(
            Diagnostic::new(Code::Connect, format!("{VARIABLE} is not set"))
                .help("set it to `postgres://user:password@host/database`, or pass a connection to `.on()`"),
        )
    })?;
    connect(&url)
}

/// Connects to a URL, without TLS; an error names neither the URL nor its password.
pub(crate) fn connect(url: &str) -> Result<Client> {
    // The driver's own words for what it cannot read quote it, and with it a part of the password.
    let config: Config = url.parse().map_err(|_| {
        cannot("it is not a connection string")
            .map(|diagnostic| diagnostic.help("write `postgres://user:password@host:port/database`, with `%40` for an `@` in the password, `%2F` for a `/`, `%25` for a `%`"))
    })?;
    config.connect(NoTls).map_err(|error| {
        cannot(&reason(&error)).map(|diagnostic| {
            diagnostic.help(
                "is the server up, and is the URL right? TLS needs a connection of your own, passed to `.on()`",
            )
        })
    })
}

/// Says why a connection was not made: in the server's words, or in the driver's.
pub(crate) fn reason(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || chain(error),
        |error| format!("{} ({})", error.message(), error.code().code()),
    )
}

fn cannot(reason: &str) -> Error {
    Error::new(Diagnostic::new(
        Code::Connect,
        format!("cannot connect to what {VARIABLE} names: {reason}"),
    ))
}
