//! Why a run failed, what stands, and what to do.

use std::fmt;

use samokoder_migrate_core::{
    Code, Diagnostic,
    diagnostic::{Style, render},
};

use crate::{report::Report, revision::Point};

/// The result of a run.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a run failed; `Display` says it in a line, `Debug` (which `main` prints) in full.
///
/// [`Error::rendered`] is the same text as `Debug`: file, line, column and caret where a script is
/// to blame, the server's words, what stands, what was undone, what to do next.
pub struct Error(Box<Inner>);

struct Inner {
    diagnostic: Diagnostic,
    server: Option<ServerError>,
    report: Option<Report<Point>>,
}

/// What PostgreSQL says of an error, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// The SQLSTATE, five characters; nothing where the driver does not tell it.
    pub sqlstate: String,
    /// The message.
    pub message: String,
    /// The detail.
    pub detail: Option<String>,
    /// The hint.
    pub hint: Option<String>,
    /// Where in the message it points, in characters from 1.
    pub position: Option<usize>,
    /// The call stack inside the server: functions and queries.
    pub context: Option<String>,
    /// The schema that it is about.
    pub schema: Option<String>,
    /// The table that it is about.
    pub table: Option<String>,
    /// The column that it is about.
    pub column: Option<String>,
    /// The constraint that it is about.
    pub constraint: Option<String>,
}

impl ServerError {
    /// Returns the character of the message that the server could not convert to its encoding: it
    /// says so of the first, by its bytes, `0xd1 0x86`, and refuses the message as a whole.
    pub(crate) fn unconvertible(&self) -> Option<char> {
        if self.sqlstate != "22P05" {
            return None;
        }
        let words = self.message.split_whitespace();
        let bytes: Vec<u8> = words
            .filter_map(|word| u8::from_str_radix(word.strip_prefix("0x")?, 16).ok())
            .collect();
        std::str::from_utf8(&bytes).ok()?.chars().next()
    }
}

impl Error {
    pub(crate) fn new(diagnostic: Diagnostic) -> Self {
        Self(Box::new(Inner {
            diagnostic,
            server: None,
            report: None,
        }))
    }

    pub(crate) fn lost(reason: &str) -> Self {
        Self::new(
            Diagnostic::new(Code::ConnectionLost, format!("the connection failed: {reason}"))
                .help("connect again and run again: what was committed is recorded, what was not is undone"),
        )
    }

    #[cfg(feature = "sqlx")]
    pub(crate) fn no_connection(reason: &str) -> Self {
        Self::new(
            Diagnostic::new(
                Code::Connect,
                format!("the pool gave no connection: {reason}"),
            )
            .note("nothing was done")
            .help("is the server up, and is one connection of the pool free?"),
        )
    }

    pub(crate) fn with_server(mut self, server: ServerError) -> Self {
        self.0.server = Some(server);
        self
    }

    pub(crate) fn with_report(mut self, report: Report<Point>) -> Self {
        self.0.report = Some(report);
        self
    }

    pub(crate) fn map(mut self, change: impl FnOnce(Diagnostic) -> Diagnostic) -> Self {
        self.0.diagnostic = change(self.0.diagnostic);
        self
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.diagnostic.code()
    }

    /// Returns the finding: message, place, notes, help.
    #[must_use]
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0.diagnostic
    }

    /// Returns what the server said, if it was the server that refused.
    #[must_use]
    pub fn server(&self) -> Option<&ServerError> {
        self.0.server.as_ref()
    }

    /// Returns the steps that stand although the run failed.
    #[must_use]
    pub fn report(&self) -> Option<&Report<Point>> {
        self.0.report.as_ref()
    }

    /// Returns the whole report, in the manner of rustc, without colour.
    #[must_use]
    pub fn rendered(&self) -> String {
        render(&self.0.diagnostic, Style::Plain)
    }
}

impl ServerError {
    /// Returns whether the statement was cancelled, or ran out of time: `query_canceled`.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.sqlstate == "57014"
    }

    /// Says that nothing was done, and why.
    pub(crate) fn nothing_was_done(&self) -> String {
        if self.sqlstate.is_empty() {
            "nothing was done".to_owned()
        } else {
            format!("SQLSTATE {}; nothing was done", self.sqlstate)
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let diagnostic = &self.0.diagnostic;
        write!(f, "[{}] {}", diagnostic.code(), diagnostic.message())?;
        if let (Some(path), Some(position)) = (diagnostic.path(), diagnostic.position()) {
            write!(f, " at {path}:{position}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered())
    }
}

impl std::error::Error for Error {}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(diagnostic)
    }
}
