//! One face for both drivers, so that each behaviour is said once and tried twice.

use postgres::NoTls;
use samokoder_migrate::{
    Preview, Report, Result, Status,
    revision::Point,
    verb::{Plan, ReadStatus, Run, Verify},
};
use tokio::runtime::{Builder, Runtime};

/// Which driver a connection goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driver {
    Blocking,
    Async,
}

/// A connection through either driver.
pub(crate) enum Client {
    Blocking(postgres::Client),
    Async {
        client: tokio_postgres::Client,
        // After the client: its connection's task lives in it.
        runtime: Runtime,
    },
}

/// Gives a verb this client's connection, and waits where it must.
macro_rules! on {
    ($self:ident, $verb:ident) => {
        match $self {
            Self::Blocking(client) => $verb.on(client),
            Self::Async { client, runtime } => runtime.block_on($verb.on(client)),
        }
    };
}

impl Client {
    pub(crate) fn connect(driver: Driver, url: &str) -> Self {
        match driver {
            Driver::Blocking => Self::Blocking(postgres::Client::connect(url, NoTls).unwrap()),
            Driver::Async => {
                let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                let (client, connection) = runtime
                    .block_on(tokio_postgres::connect(url, NoTls))
                    .unwrap();
                runtime.spawn(async move {
                    // A killed connection's error is the client's too.
                    drop(connection.await);
                });
                Self::Async { client, runtime }
            }
        }
    }

    pub(crate) fn run(&mut self, run: Run<'_, Point>) -> Result<Report<Point>> {
        on!(self, run)
    }

    pub(crate) fn plan(&mut self, plan: Plan<'_, Point>) -> Result<Preview> {
        on!(self, plan)
    }

    pub(crate) fn status(&mut self, status: ReadStatus<'_, Point>) -> Result<Status<Point>> {
        on!(self, status)
    }

    pub(crate) fn verify(&mut self, verify: Verify<'_, Point>) -> Result<Status<Point>> {
        on!(self, verify)
    }

    /// Sends a message of the caller's own.
    pub(crate) fn execute(&mut self, sql: &str) {
        match self {
            Self::Blocking(client) => client.batch_execute(sql),
            Self::Async { client, runtime } => runtime.block_on(client.batch_execute(sql)),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// Sends a message of the caller's own that the server refuses; returns the SQLSTATE.
    pub(crate) fn refused(&mut self, sql: &str) -> String {
        match self {
            Self::Blocking(client) => client.batch_execute(sql),
            Self::Async { client, runtime } => runtime.block_on(client.batch_execute(sql)),
        }
        .unwrap_err()
        .code()
        .unwrap()
        .code()
        .to_owned()
    }

    /// Asks for rows, as text with `NULL` where nothing is.
    pub(crate) fn rows(&mut self, sql: &str) -> Vec<Vec<String>> {
        let answer = match self {
            Self::Blocking(client) => client.simple_query(sql),
            Self::Async { client, runtime } => runtime.block_on(client.simple_query(sql)),
        };
        answer
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
            .iter()
            .filter_map(|message| match message {
                postgres::SimpleQueryMessage::Row(row) => Some(
                    (0..row.len())
                        .map(|i| row.get(i).unwrap_or("NULL").to_owned())
                        .collect(),
                ),
                _ => None,
            })
            .collect()
    }

    /// Asks for the first column's values.
    pub(crate) fn column(&mut self, sql: &str) -> Vec<String> {
        self.rows(sql)
            .into_iter()
            .map(|mut row| row.remove(0))
            .collect()
    }

    /// Asks for one value.
    pub(crate) fn value(&mut self, sql: &str) -> String {
        self.column(sql).remove(0)
    }
}
