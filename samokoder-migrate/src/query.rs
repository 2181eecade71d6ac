//! One message to the server, and what it asks.

use std::sync::Arc;

/// One message to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Its whole text: who keeps a long one until its answer is there, and who sends it, share it.
    text: Arc<String>,
    /// Where in the text the one query begins whose rows are wanted, and what it reads.
    asked: Option<(usize, Scope)>,
}

/// The query at the end of a message. Each of its columns is text: not every driver can ask a server
/// to write other types so.
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
    /// What the message before it left in their one transaction, which only reads. Its first column is
    /// `true` where that transaction is the caller's, and then is not ended either.
    Transaction,
}

impl Query {
    /// Returns the text of the whole message.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text without the question.
    #[must_use]
    pub fn act(&self) -> &str {
        match self.asked {
            Some((at, _)) => self.text.get(..at).unwrap_or_default(),
            None => &self.text,
        }
    }

    /// Returns the question's text, and what it reads.
    #[must_use]
    pub fn question(&self) -> Option<(&str, Scope)> {
        let (at, scope) = self.asked?;
        Some((self.text.get(at..)?, scope))
    }

    /// Returns the message with a question at its end.
    pub(crate) fn asking(mut self, question: &Question) -> Self {
        self.asked = Some((self.text.len(), question.scope));
        self.text_mut().push_str(&question.sql);
        self
    }

    /// Returns the message with other statements before it.
    pub(crate) fn after(mut self, sql: &str) -> Self {
        self.text_mut().insert_str(0, sql);
        if let Some((at, _)) = &mut self.asked {
            *at += sql.len();
        }
        self
    }

    /// Returns its text, to be added to.
    pub(crate) fn text_mut(&mut self) -> &mut String {
        Arc::make_mut(&mut self.text)
    }

    /// Returns the statements of a message that only reads, and so can be sent again.
    pub(crate) fn reading(&self) -> Option<Vec<String>> {
        let act = self.act();
        let (question, scope) = self.question()?;
        match scope {
            Scope::Committed if !act.is_empty() => None,
            Scope::Committed => Some(vec![question.to_owned()]),
            Scope::Transaction => Some(vec![act.to_owned(), question.to_owned()]),
        }
    }
}

/// A message that does something, and asks nothing.
impl From<String> for Query {
    fn from(sql: String) -> Self {
        Self {
            text: Arc::new(sql),
            asked: None,
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
            text: Arc::new(question.sql),
            asked: Some((0, question.scope)),
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
