//! The drivers, and sets to run by them.

use postgres::{Client, NoTls, SimpleQueryMessage};
use samokoder_migrate::{
    Error, Report, Set,
    revision::{Point, Target},
    verb::{self, Run},
};
use samokoder_migrate_core::{check, folder::Folder};
use tokio::runtime::Builder;

use crate::Result;

/// What sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    Blocking,
    Async,
}

pub(super) const DRIVERS: [Driver; 2] = [Driver::Blocking, Driver::Async];

/// What a run gave: its report, or its error.
pub(super) type Outcome = samokoder_migrate::Result<Report<Point>>;

impl Driver {
    /// Carries out a run on a new connection.
    pub(super) fn run(self, url: &str, run: Run<'_, Point>) -> Result<Outcome> {
        match self {
            Self::Blocking => Ok(run.on(&mut Client::connect(url, NoTls)?)),
            Self::Async => {
                let runtime = Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(async {
                    let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
                    tokio::spawn(connection);
                    Ok(run.on(&mut client).await)
                })
            }
        }
    }

    /// Returns whether the status, read on a new connection, is that a set is at its head.
    pub(super) fn is_at_head(self, url: &str, set: &Set) -> Result<bool> {
        let status = verb::status::<Point>(set);
        Ok(match self {
            Self::Blocking => status.on(&mut Client::connect(url, NoTls)?)?.is_at_head(),
            Self::Async => {
                let runtime = Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(async {
                    let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
                    tokio::spawn(connection);
                    Ok::<_, Box<dyn std::error::Error>>(status.on(&mut client).await?.is_at_head())
                })?
            }
        })
    }
}

/// Goes to head.
pub(super) fn up(set: &Set) -> Run<'_, Point> {
    verb::run_to(set, Target::Head)
}

/// A set of upgrades and their downgrades.
pub(super) fn set(scripts: &[(&str, &str)]) -> Result<Set> {
    let mut folder = Folder::new("migrations");
    for (index, (up, down)) in scripts.iter().enumerate() {
        let label = format!("{:03}_step", index + 1);
        folder = folder
            .file(format!("{label}.up.sql"), up.as_bytes())
            .file(format!("{label}.down.sql"), down.as_bytes());
    }
    let checked = check::check(&folder, None, &check::Options::default());
    let history = checked
        .history
        .ok_or("the test's own migrations do not pass")?;
    Ok(Set::of_history(&history, "main", "samokoder_migrate"))
}

/// A table, and an index that is built outside a transaction.
pub(super) fn outside() -> Result<Set> {
    set(&[
        ("CREATE TABLE t (id int)", "DROP TABLE t"),
        (
            "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON t (id);\nCREATE INDEX CONCURRENTLY j ON t (id)",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY j;\nDROP INDEX CONCURRENTLY i",
        ),
    ])
}

/// Asks for the first column of a question, by a message without a name.
pub(super) fn column(client: &mut Client, sql: &str) -> Result<Vec<String>> {
    Ok(client
        .simple_query(sql)?
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        })
        .collect())
}

pub(super) fn connect(url: &str) -> Result<Client> {
    Ok(Client::connect(url, NoTls)?)
}

/// Fails unless it holds; says what does not.
pub(super) fn must(holds: bool, what: impl FnOnce() -> String) -> Result {
    if holds { Ok(()) } else { Err(what().into()) }
}

/// Fails unless it is an error of a code that says something.
pub(super) fn refused(outcome: Outcome, code: &str, says: &str) -> Result<Error> {
    match outcome {
        Err(error) if error.code().as_str() == code && error.rendered().contains(says) => Ok(error),
        Err(error) => Err(format!("another error than {code} with `{says}`:\n{error:?}").into()),
        Ok(report) => Err(format!("it was not refused:\n{report}").into()),
    }
}
