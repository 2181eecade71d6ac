//! A connection to what the environment names.

use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    Own,
    blocking::may_block,
    connect::{Dial, Fault},
};
use crate::error::{Error, Result};

const VARIABLE: &str = "DATABASE_URL";

/// Connects to `DATABASE_URL`; an error names neither the URL nor its password.
pub(crate) fn from_env() -> Result<Own> {
    may_block()?;
    let url = std::env::var(VARIABLE).map_err(|_| {
        Error::new(
            Diagnostic::new(Code::Connect, format!("{VARIABLE} is not set"))
                .help("set it to `postgres://user:password@host/database`, or pass a connection to `.on()`"),
        )
    })?;
    let dial = Dial::parse(&url).map_err(|fault| match fault {
        Fault::Unreadable => cannot("it is not a connection string")
            .help("write `postgres://user:password@host:port/database`, with `%40` for an `@` in the password, `%2F` for a `/`, `%25` for a `%`"),
        Fault::Refused { message, help } => help.into_iter().fold(cannot(&message), Diagnostic::help),
    })?;
    Own::open(dial).map_err(|reason| cannot(&reason).help(help(&reason)).into())
}

fn help(reason: &str) -> &'static str {
    if reason.ends_with("(53300)") {
        "wait until others disconnect, or let more connect: `max_connections`, a CONNECTION LIMIT, a pooler"
    } else {
        "is the server up, and is the URL right?"
    }
}

fn cannot(reason: &str) -> Diagnostic {
    Diagnostic::new(
        Code::Connect,
        format!("cannot connect to what {VARIABLE} names: {reason}"),
    )
}
