//! One token.

use crate::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A keyword or an unquoted name.
    Word,
    /// `"name"`, `U&"name"`.
    QuotedName,
    /// `'text'`, also what continues one on a later line.
    String,
    /// `E'text'`, in which a backslash escapes, and what continues one.
    EscapeString,
    /// `U&'text'`, and what continues one.
    UnicodeString,
    /// `B'0101'`, `X'1F'`, and what continues one.
    BitString,
    /// `N'text'`, and what continues one.
    NationalString,
    /// `$$text$$`, `$tag$text$tag$`.
    DollarString,
    /// `42`, `4.2e-1`, `0xFF`, `1_000`, with any junk that is glued to it.
    Number,
    /// `$1`, with any junk that is glued to it.
    Parameter,
    /// `+`, `->>`, `<=`.
    Operator,
    /// `( ) [ ] , ; : :: := . ..`.
    Punctuation,
    /// `-- to the end of the line`, without the line's end.
    LineComment,
    /// `/* nested /* too */ */`.
    BlockComment,
    /// One character that begins no token of SQL.
    Other,
}

impl Kind {
    /// Returns whether it is a comment, which does not run.
    #[must_use]
    pub const fn is_comment(self) -> bool {
        matches!(self, Self::LineComment | Self::BlockComment)
    }
}

/// A stretch of text that PostgreSQL reads as one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub span: Span,
    /// Whether its closing quote or comment end is there; `true` for what has none.
    pub closed: bool,
    /// Whether it is a string that continues the one before it, with a line end in between.
    pub continues: bool,
}
