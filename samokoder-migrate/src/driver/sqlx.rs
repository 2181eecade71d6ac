//! sqlx: a connection, a pool's connection, a pool. Whichever runtime it was built for, its own
//! future is awaited, and nothing else of the runtime is asked for.

use futures_util::StreamExt as _;
use sqlx::{
    AssertSqlSafe, Either, PgConnection, PgPool, Postgres, Row as _,
    pool::PoolConnection,
    postgres::{PgDatabaseError, PgErrorPosition, PgRow},
    raw_sql,
};

use super::{
    Connection,
    chain::chain,
    drive_async::{Ask, Running, drive_async},
};
use crate::{
    engine::port::{Answer, Failure, Greeting, Session},
    error::{Error, ServerError},
    query::Query,
};

impl Connection for PgConnection {
    type Outcome<'c, T: Send + 'c> = Running<'c, T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Running<'c, T> {
        Box::pin(drive_async(greeted(session), self))
    }
}

impl Connection for PoolConnection<Postgres> {
    type Outcome<'c, T: Send + 'c> = Running<'c, T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Running<'c, T> {
        Box::pin(drive_async(greeted(session), &mut **self))
    }
}

/// One connection is taken for the whole run, and given back after it.
impl Connection for PgPool {
    type Outcome<'c, T: Send + 'c> = Running<'c, T>;

    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Running<'c, T> {
        on_pool(self, session)
    }
}

/// One connection is taken for the whole run, and given back after it.
impl Connection for &PgPool {
    type Outcome<'c, T: Send + 'c>
        = Running<'c, T>
    where
        Self: 'c;

    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Running<'c, T> {
        on_pool(self, session)
    }
}

/// sqlx gives its `client_encoding` when it connects.
fn greeted<T>(mut session: Session<'_, T>) -> Session<'_, T> {
    session.greet(Greeting::Encoding);
    session
}

fn on_pool<'c, T: Send + 'c>(pool: &'c PgPool, session: Session<'c, T>) -> Running<'c, T> {
    Box::pin(async move {
        let connection = pool
            .acquire()
            .await
            .map_err(|error| Error::no_connection(&chain(&error)))?;
        let mut taken = Taken {
            connection,
            is_running: true,
        };
        let result = drive_async(greeted(session), &mut *taken.connection).await;
        taken.is_running = false;
        result
    })
}

/// A pool's connection, which goes back only when the run has ended: whoever drops the run's
/// future would leave the settings of a script, or the lock, to the next user.
struct Taken {
    connection: PoolConnection<Postgres>,
    is_running: bool,
}

impl Drop for Taken {
    fn drop(&mut self) {
        if self.is_running {
            self.connection.close_on_drop();
        }
    }
}

impl Ask for &mut PgConnection {
    async fn ask(&mut self, query: &Query) -> Answer {
        let mut answer = Answer::default();
        let mut completed = 0;
        let mut rows = Vec::new();
        // Scripts are checked, and values in them are quoted.
        let sql = AssertSqlSafe(query.text().to_owned());
        let mut stream = raw_sql(sql).fetch_many(&mut **self);
        while let Some(part) = stream.next().await {
            match part {
                // The rows of the message's last statement are the question's, also where it has none.
                Ok(Either::Left(_)) => {
                    completed += 1;
                    answer.rows = std::mem::take(&mut rows);
                }
                Ok(Either::Right(row)) if query.question().is_some() => rows.push(fields(&row)),
                Ok(Either::Right(_)) => {}
                Err(error) => {
                    answer.failure = Some(failure(&error));
                    break;
                }
            }
        }
        answer.completed = Some(completed);
        answer
    }
}

fn fields(row: &PgRow) -> Vec<Option<String>> {
    (0..row.len())
        // Text, whatever its type: it was asked for by the simple query protocol.
        .map(|index| row.try_get_unchecked(index).ok().flatten())
        .collect()
}

fn failure(error: &sqlx::Error) -> Failure {
    let database = error.as_database_error();
    database
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
        .map_or_else(
            || Failure::Lost(chain(error)),
            |error| Failure::Server(Box::new(server(error))),
        )
}

fn server(error: &PgDatabaseError) -> ServerError {
    let text = |field: Option<&str>| field.map(str::to_owned);
    ServerError {
        sqlstate: error.code().to_owned(),
        message: error.message().to_owned(),
        detail: text(error.detail()),
        hint: text(error.hint()),
        position: match error.position() {
            Some(PgErrorPosition::Original(position)) => Some(position),
            _ => None,
        },
        context: text(error.r#where()),
        schema: text(error.schema()),
        table: text(error.table()),
        column: text(error.column()),
        constraint: text(error.constraint()),
    }
}
