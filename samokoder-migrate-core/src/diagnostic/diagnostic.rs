//! One finding.

use std::sync::Arc;

use super::{Code, Severity};
use crate::source::{Position, SourceFile, Span};

/// A finding of the checks, or a failure at run time: what is wrong, where, and what to do.
///
/// ```
/// use std::sync::Arc;
/// use samokoder_migrate_core::{Code, Diagnostic, SourceFile, Span};
///
/// let file = Arc::new(SourceFile::new("migrations/001_a.up.sql", "CREATE TABEL a ();"));
/// let diagnostic = Diagnostic::new(Code::SyntaxError, "syntax error at or near \"TABEL\"")
///     .at(&file, Span::new(7, 12))
///     .label("PostgreSQL stops here (42601)")
///     .sqlstate("42601");
/// assert_eq!(diagnostic.position().unwrap().to_string(), "1:8");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    code: Code,
    severity: Severity,
    message: String,
    place: Option<Place>,
    label: String,
    notes: Vec<String>,
    help: Vec<String>,
    sqlstate: Option<String>,
}

/// Where a finding is: in a file's text, or a path whose text cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Text(Arc<SourceFile>, Span),
    Path(String),
}

impl Diagnostic {
    /// Makes a finding of the code's own severity, without a place.
    ///
    /// The message is one lower-case fragment that names the object, without a full stop.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            place: None,
            label: String::new(),
            notes: Vec::new(),
            help: Vec::new(),
            sqlstate: None,
        }
    }

    /// Points at a span of a file.
    #[must_use]
    pub fn at(mut self, file: &Arc<SourceFile>, span: Span) -> Self {
        self.place = Some(Place::Text(Arc::clone(file), span));
        self
    }

    /// Points at a path whose text cannot be shown: a folder, or a file that is not text.
    #[must_use]
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        self.place = Some(Place::Path(path.into()));
        self
    }

    /// Says at the caret what is there.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a note: a fact that explains the finding.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a line of help: what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Drops the lines of help, for whoever gives the same advice in words of its own.
    #[must_use]
    pub fn without_help(mut self) -> Self {
        self.help.clear();
        self
    }

    /// Sets the SQLSTATE that PostgreSQL gives, or would give.
    #[must_use]
    pub fn sqlstate(mut self, sqlstate: impl Into<String>) -> Self {
        self.sqlstate = Some(sqlstate.into());
        self
    }

    /// Sets a severity other than the code's own.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Returns the severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the path that the finding is about.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self.place.as_ref()? {
            Place::Text(file, _) => Some(file.path()),
            Place::Path(path) => Some(path),
        }
    }

    /// Returns the file and the span that the finding points at.
    #[must_use]
    pub fn source(&self) -> Option<(&SourceFile, Span)> {
        match self.place.as_ref()? {
            Place::Text(file, span) => Some((file, *span)),
            Place::Path(_) => None,
        }
    }

    /// Returns the line and column at which the finding begins.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.source().map(|(file, span)| file.position(span.start))
    }

    /// Returns the line and column after its last character.
    #[must_use]
    pub fn end_position(&self) -> Option<Position> {
        self.source().map(|(file, span)| file.position(span.end))
    }

    /// Returns what the caret says.
    #[must_use]
    pub fn label_text(&self) -> &str {
        &self.label
    }

    /// Returns the notes, in order.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Returns the lines of help, in order.
    #[must_use]
    pub fn help_lines(&self) -> &[String] {
        &self.help
    }

    /// Returns the SQLSTATE that PostgreSQL gives, or would give.
    #[must_use]
    pub fn sqlstate_code(&self) -> Option<&str> {
        self.sqlstate.as_deref()
    }
}
