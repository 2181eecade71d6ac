//! One message to the server, and what it asks.

use std::borrow::Cow;

/// One message to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What is done; its rows are not wanted.
    pub sql: String,
    /// The one query at its end whose rows are.
    pub question: Option<Question>,
}

/// The query at the end of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its text.
    pub sql: String,
    /// Whether it can be asked apart.
    pub scope: Scope,
}

/// What a question reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What is committed: it may be asked in a message of its own.
    Committed,
    /// What the message before it left in their one transaction.
    Transaction,
}

impl Query {
    /// Returns the text of the whole message.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match &self.question {
            None => Cow::Borrowed(&self.sql),
            Some(question) if self.sql.is_empty() => Cow::Borrowed(&question.sql),
            Some(question) => Cow::Owned(format!("{}{}", self.sql, question.sql)),
        }
    }
}

/// A message that does something, and asks nothing.
impl From<String> for Query {
    fn from(sql: String) -> Self {
        Self {
            sql,
            question: None,
        }
    }
}

/// A message that does something, and asks nothing.
impl From<&str> for Query {
    fn from(sql: &str) -> Self {
        sql.to_owned().into()
    }
}

/// A message that only asks.
impl From<Question> for Query {
    fn from(question: Question) -> Self {
        Self {
            sql: String::new(),
            question: Some(question),
        }
    }
}

impl Question {
    /// A question about what is committed.
    pub(crate) fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            scope: Scope::Committed,
        }
    }
}
