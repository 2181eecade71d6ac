//! The connection that a command runs on.

use std::{env, time::Duration};

use clap::ArgMatches;
use samokoder_migrate_core::{Code, Diagnostic};

use super::stop::Stop;
use crate::{
    Error,
    driver::{Dial, Fault, Own},
};

const VARIABLE: &str = "DATABASE_URL";

/// How long to wait for a server that does not answer, where the URL does not say.
const PATIENCE: Duration = Duration::from_secs(15);

/// Connects to `--database-url`, or else to the variable's URL.
///
/// Neither is ever shown: a password may be anywhere in a URL that is not understood.
pub(super) fn connect(matches: &ArgMatches) -> Result<Own, Stop> {
    let (url, source) = match matches.get_one::<String>("database-url") {
        Some(url) => (url.clone(), "--database-url"),
        None => (
            env::var(VARIABLE)
                .ok()
                .filter(|url| !url.is_empty())
                .ok_or_else(|| unset().help(format!("set {VARIABLE}, or give --database-url")))?,
            VARIABLE,
        ),
    };
    let mut dial = Dial::parse(&url).map_err(|fault| match fault {
        Fault::Unreadable => Stop::usage(format!("the URL in {source} is not understood"))
            .help("it has the form postgres://user:password@host:5432/database")
            .help("in user and password write @ : / ? # % as %40 %3A %2F %3F %23 %25"),
        Fault::Refused { message, help } => help.into_iter().fold(
            Stop::usage(format!("the URL in {source} cannot be used: {message}")),
            Stop::help,
        ),
    })?;
    dial.configure(|config| {
        if config.get_application_name().is_none() {
            config.application_name("samokoder-migrate");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
    });
    Own::open(dial).map_err(|reason| {
        Error::from(Diagnostic::new(
            Code::Connect,
            format!("cannot connect: {reason}"),
        ))
        .into()
    })
}

fn unset() -> Stop {
    Stop::usage("no database was named")
}
