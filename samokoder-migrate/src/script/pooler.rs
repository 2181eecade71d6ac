//! What is asked of a connection to see whether a pooler gives its messages to one backend.

use crate::{
    query::{Query, Question, Scope},
    quote::literal,
};

/// Where a value is kept that a session of our own keeps too.
const KEPT: &str = "samokoder_migrate.session";

/// Asks which process answers, and where its `client_encoding` comes from: `client` where the server
/// had it in the start-up message.
///
/// A later `SET` hides that, so it is undone for as long as the question takes: the message is one
/// transaction, and leaves nothing.
pub(crate) fn introduce() -> Query {
    Query::from("SET LOCAL client_encoding TO DEFAULT;\n").asking(&Question {
            sql: "SELECT pg_catalog.pg_backend_pid()::pg_catalog.text, s.source FROM pg_catalog.pg_settings AS s WHERE s.name OPERATOR(pg_catalog.=) 'client_encoding'".to_owned(),
            scope: Scope::Transaction,
        })
}

/// Asks which process answers.
pub(crate) fn process() -> Query {
    Question::new("SELECT pg_catalog.pg_backend_pid()::pg_catalog.text").into()
}

/// Asks which process answers, and has its session keep a value.
pub(crate) fn keep(value: &str) -> Query {
    Question::new(format!(
        "SELECT pg_catalog.pg_backend_pid()::pg_catalog.text, pg_catalog.set_config('{KEPT}', {}, false)",
        literal(value)
    ))
    .into()
}

/// Asks which process answers, and what its session kept, which it then forgets.
pub(crate) fn kept() -> Query {
    Question::new(format!(
        "SELECT pg_catalog.pg_backend_pid()::pg_catalog.text, pg_catalog.current_setting('{KEPT}', true), pg_catalog.set_config('{KEPT}', '', false)"
    ))
    .into()
}
