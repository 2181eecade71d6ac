//! One face for every driver, so that each behaviour is said once.

use std::future::Future;

use bb8_postgres::{PostgresConnectionManager, bb8};
use postgres::NoTls;
use samokoder_migrate::{
    Preview, Report, Result, Status,
    revision::Point,
    verb::{Plan, ReadStatus, Run, Verify},
};
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, PgPool, Postgres,
    pool::{PoolConnection, PoolOptions},
};
use tokio::runtime::{Builder, Runtime};

use super::Driver;

/// A connection, or a pool, through one of the drivers.
pub(crate) struct Client {
    inner: Inner,
    // After what lives in it.
    runtime: Runtime,
}

enum Inner {
    Postgres(postgres::Client),
    TokioPostgres(tokio_postgres::Client),
    Deadpool(deadpool_postgres::Object),
    Bb8(bb8::PooledConnection<'static, PostgresConnectionManager<NoTls>>),
    Sqlx(PgConnection),
    SqlxPooled(PoolConnection<Postgres>),
    SqlxPool(PgPool),
    SqlxPoolShared(PgPool),
    Gone,
}

/// Gives a verb what this client is, and waits where it must.
macro_rules! on {
    ($self:ident, $verb:ident) => {{
        let runtime = &$self.runtime;
        match &mut $self.inner {
            Inner::Postgres(client) => $verb.on(client),
            Inner::TokioPostgres(client) => runtime.block_on(sendable($verb.on(client))),
            Inner::Deadpool(pooled) => runtime.block_on(sendable($verb.on(&mut ***pooled))),
            Inner::Bb8(pooled) => runtime.block_on(sendable($verb.on(&mut **pooled))),
            Inner::Sqlx(connection) => runtime.block_on(sendable($verb.on(connection))),
            Inner::SqlxPooled(pooled) => runtime.block_on(sendable($verb.on(pooled))),
            Inner::SqlxPool(pool) => runtime.block_on(sendable($verb.on(pool))),
            Inner::SqlxPoolShared(pool) => runtime.block_on(sendable($verb.on(&mut &*pool))),
            Inner::Gone => unreachable!(),
        }
    }};
}

impl Client {
    pub(crate) fn connect(driver: Driver, url: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let inner = match driver {
            Driver::Postgres => Inner::Postgres(postgres::Client::connect(url, NoTls).unwrap()),
            _ => runtime.block_on(connect(driver, url)),
        };
        Self { inner, runtime }
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

    /// Sends a message of the caller's own; an error is the driver's, in its words.
    pub(crate) fn try_execute(&mut self, sql: &str) -> Result<(), String> {
        let runtime = &self.runtime;
        let owned = || AssertSqlSafe(sql.to_owned());
        match &mut self.inner {
            Inner::Postgres(client) => client.batch_execute(sql).map_err(said),
            Inner::TokioPostgres(client) => {
                runtime.block_on(client.batch_execute(sql)).map_err(said)
            }
            Inner::Deadpool(pooled) => runtime.block_on(pooled.batch_execute(sql)).map_err(said),
            Inner::Bb8(pooled) => runtime.block_on(pooled.batch_execute(sql)).map_err(said),
            Inner::Sqlx(connection) => runtime
                .block_on(sqlx::raw_sql(owned()).execute(connection))
                .map_err(said)
                .map(drop),
            Inner::SqlxPooled(pooled) => runtime
                .block_on(sqlx::raw_sql(owned()).execute(&mut **pooled))
                .map_err(said)
                .map(drop),
            Inner::SqlxPool(pool) | Inner::SqlxPoolShared(pool) => runtime
                .block_on(sqlx::raw_sql(owned()).execute(&*pool))
                .map_err(said)
                .map(drop),
            Inner::Gone => unreachable!(),
        }
    }

    pub(crate) fn execute(&mut self, sql: &str) {
        if let Err(error) = self.try_execute(sql) {
            panic!("{sql}: {error}");
        }
    }
}

/// A pool's connection goes back by a task of the runtime.
impl Drop for Client {
    fn drop(&mut self) {
        let _entered = self.runtime.enter();
        self.inner = Inner::Gone;
    }
}

async fn connect(driver: Driver, url: &str) -> Inner {
    match driver {
        Driver::Postgres => unreachable!(),
        Driver::TokioPostgres => {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
            tokio::spawn(async move {
                // A killed connection's error is the client's too.
                drop(connection.await);
            });
            Inner::TokioPostgres(client)
        }
        Driver::Deadpool => {
            let manager = deadpool_postgres::Manager::new(url.parse().unwrap(), NoTls);
            let pool = deadpool_postgres::Pool::builder(manager).build().unwrap();
            Inner::Deadpool(pool.get().await.unwrap())
        }
        Driver::Bb8 => {
            let manager = PostgresConnectionManager::new_from_stringlike(url, NoTls).unwrap();
            let pool = bb8::Pool::builder()
                .max_size(1)
                .build(manager)
                .await
                .unwrap();
            Inner::Bb8(pool.get_owned().await.unwrap())
        }
        Driver::Sqlx => Inner::Sqlx(PgConnection::connect(url).await.unwrap()),
        Driver::SqlxPooled => Inner::SqlxPooled(pool(url).await.acquire().await.unwrap()),
        Driver::SqlxPool => Inner::SqlxPool(pool(url).await),
        Driver::SqlxPoolShared => Inner::SqlxPoolShared(pool(url).await),
    }
}

/// A pool of one connection, so that what a run leaves behind in the session is found again.
async fn pool(url: &str) -> PgPool {
    let options = PoolOptions::new().max_connections(1);
    options.connect(url).await.unwrap()
}

/// Lets only a future pass that a runtime of several threads could run.
fn sendable<F: Future + Send>(future: F) -> F {
    future
}

fn said(error: impl std::error::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}
