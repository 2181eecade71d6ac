//! What PostgreSQL would refuse.

/// Why a statement cannot run: proven, and in PostgreSQL's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The SQLSTATE.
    pub(super) sqlstate: &'static str,
    /// The primary message: `relation "users" does not exist`.
    pub(super) message: String,
    /// Where.
    pub(super) at: At,
    /// What else is worth saying.
    pub(super) notes: Vec<String>,
    /// What can be done, if it can be typed as it stands.
    pub(super) help: Option<String>,
}

/// Where a fault is, in the text of its statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// At a node's `location`: the token that begins there.
    Location(i32),
    /// At the first token that is this name; the parse tree does not say where.
    Name(String),
    /// At the statement.
    Statement,
}

impl Fault {
    /// Makes a fault at the statement.
    pub(super) fn new(sqlstate: &'static str, message: impl Into<String>) -> Self {
        Self {
            sqlstate,
            message: message.into(),
            at: At::Statement,
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says where; a location below zero says nothing.
    pub(super) fn at(mut self, location: i32) -> Self {
        if location >= 0 {
            self.at = At::Location(location);
        }
        self
    }

    /// Says at which name.
    pub(super) fn at_name(mut self, name: &str) -> Self {
        self.at = At::Name(name.to_owned());
        self
    }

    /// Adds a note.
    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what can be done.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
