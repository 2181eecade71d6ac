//! What both of diesel's connections share: a message of several statements gives no rows, so what
//! it asks is asked apart; and an error tells its kind, not its SQLSTATE.

use std::borrow::Cow;

use diesel::{
    QueryResult,
    deserialize::{self, QueryableByName},
    pg::Pg,
    result::{
        DatabaseErrorInformation,
        DatabaseErrorKind::{self, ClosedConnection, UnableToSendCommand},
        Error,
    },
    row::{Field as _, NamedRow, Row},
};

use super::chain::chain;
use crate::{
    engine::port::{Answer, Failure},
    error::ServerError,
    query::{Query, Scope},
};

/// What ends the transaction that a question was asked in.
pub(super) const COMMIT: &str = "COMMIT";

/// A row of a question, all of whose columns are text.
pub(super) struct Fields(Vec<Option<String>>);

/// What the place in an error is a place in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointing {
    /// The message as it was sent.
    #[cfg(feature = "diesel")]
    Message,
    /// The message, or a query inside a function that it called.
    #[cfg(feature = "diesel-async")]
    MessageOrFunction,
    /// The question.
    Question,
}

/// Returns what is sent before the question: nothing, where there is only a question.
///
/// A BEGIN after other statements takes them into its transaction, which then is there for the
/// question (chapter "Message Flow", "Multiple Statements in a Simple Query"). Where one of them is
/// refused, none was begun, and where the caller's was open before, it is as it was.
pub(super) fn act(query: &Query) -> Option<Cow<'_, str>> {
    let act = query.act();
    match query.question() {
        Some((_, Scope::Transaction)) => Some(Cow::Owned(format!("{act}BEGIN"))),
        Some(_) if act.is_empty() => None,
        _ => Some(Cow::Borrowed(act)),
    }
}

/// Returns whether the transaction that a question was asked in is to be ended: not the caller's.
pub(super) fn is_to_be_ended(scope: Scope, rows: &[Fields]) -> bool {
    let is_callers = |row: &Fields| row.0.first().and_then(Option::as_deref) == Some("true");
    scope == Scope::Transaction && !rows.iter().any(is_callers)
}

/// Returns what was answered.
pub(super) fn answer(result: QueryResult<Vec<Fields>>, pointing: Pointing) -> Answer {
    match result {
        Ok(rows) => Answer {
            rows: rows.into_iter().map(|Fields(row)| row).collect(),
            ..Answer::default()
        },
        Err(error) => failed(&error, pointing),
    }
}

impl QueryableByName<Pg> for Fields {
    fn build<'r>(row: &impl NamedRow<'r, Pg>) -> deserialize::Result<Self> {
        let field = |index| {
            let field = Row::get(row, index).ok_or("a column is missing")?;
            let Some(value) = field.value() else {
                return Ok(None);
            };
            if value.get_oid().get() == TEXT {
                Ok(Some(String::from_utf8(value.as_bytes().to_vec())?))
            } else {
                Err("a column is not text".into())
            }
        };
        let fields: deserialize::Result<_> = (0..row.field_count()).map(field).collect();
        Ok(Self(fields?))
    }
}

/// The type `text`, as `pg_type` numbers it.
const TEXT: u32 = 25;

fn failed(error: &Error, pointing: Pointing) -> Answer {
    let (failure, perhaps_at) = match error {
        Error::DatabaseError(ClosedConnection | UnableToSendCommand, said) => {
            (Failure::Lost(said.message().to_owned()), None)
        }
        Error::DatabaseError(kind, said) => {
            let mut server = server(*kind, &**said);
            let perhaps_at = match pointing {
                #[cfg(feature = "diesel")]
                Pointing::Message => None,
                #[cfg(feature = "diesel-async")]
                Pointing::MessageOrFunction => server.position.take(),
                Pointing::Question => {
                    server.position = None;
                    None
                }
            };
            (Failure::Server(Box::new(server)), perhaps_at)
        }
        _ => (Failure::Lost(chain(error)), None),
    };
    Answer {
        failure: Some(failure),
        perhaps_at,
        ..Answer::default()
    }
}

fn server(
    kind: DatabaseErrorKind,
    said: &(dyn DatabaseErrorInformation + Send + Sync),
) -> ServerError {
    let text = |field: Option<&str>| field.map(str::to_owned);
    ServerError {
        sqlstate: sqlstate(kind, said.message()).to_owned(),
        message: said.message().to_owned(),
        detail: text(said.details()),
        hint: text(said.hint()),
        position: said
            .statement_position()
            .and_then(|position| usize::try_from(position).ok()),
        table: text(said.table_name()),
        column: text(said.column_name()),
        constraint: text(said.constraint_name()),
        ..ServerError::default()
    }
}

/// Returns the SQLSTATE, or nothing where neither the kind nor the words tell it.
///
/// The words are the last resort: they are these only where the server speaks English
/// (`lc_messages`), and they have no names in them. What they tell is what a second try would not.
fn sqlstate(kind: DatabaseErrorKind, message: &str) -> &'static str {
    match kind {
        DatabaseErrorKind::RestrictViolation => "23001",
        DatabaseErrorKind::NotNullViolation => "23502",
        DatabaseErrorKind::ForeignKeyViolation => "23503",
        DatabaseErrorKind::UniqueViolation => "23505",
        DatabaseErrorKind::CheckViolation => "23514",
        DatabaseErrorKind::ExclusionViolation => "23P01",
        DatabaseErrorKind::ReadOnlyTransaction => "25006",
        DatabaseErrorKind::SerializationFailure => "40001",
        _ => match message {
            "deadlock detected" => "40P01",
            "canceling statement due to lock timeout" => "55P03",
            "canceling statement due to statement timeout"
            | "canceling statement due to user request" => "57014",
            _ => "",
        },
    }
}
