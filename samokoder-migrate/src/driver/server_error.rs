//! PostgreSQL's error fields, out of the drivers' type: its `Display` says only `db error`.

#[cfg(feature = "postgres")]
use postgres::error::{DbError, Error, ErrorPosition};
#[cfg(not(feature = "postgres"))]
use tokio_postgres::error::{DbError, Error, ErrorPosition};

use super::chain::chain;
use crate::{engine::port::Failure, error::ServerError};

/// Turns a driver's error into the engine's.
pub(super) fn failure(error: &Error) -> Failure {
    error.as_db_error().map_or_else(
        || Failure::Lost(chain(error)),
        |error| Failure::Server(Box::new(server(error))),
    )
}

fn server(error: &DbError) -> ServerError {
    let text = |field: Option<&str>| field.map(str::to_owned);
    ServerError {
        sqlstate: error.code().code().to_owned(),
        message: error.message().to_owned(),
        detail: text(error.detail()),
        hint: text(error.hint()),
        position: match error.position() {
            Some(ErrorPosition::Original(position)) => usize::try_from(*position).ok(),
            _ => None,
        },
        context: text(error.where_()),
        schema: text(error.schema()),
        table: text(error.table()),
        column: text(error.column()),
        constraint: text(error.constraint()),
    }
}
