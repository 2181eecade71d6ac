//! PostgreSQL's own grammar: the verdict on a text, its statements, its tokens.
//!
//! This folder is the only place that knows `rupg_sql`. What the rest of the crate sees are spans,
//! messages and the few facts of [`Act`]; the parser can be replaced behind them.

mod act;
mod feature;
mod token;
mod trace;
mod tree;

use std::{panic::catch_unwind, sync::Arc};

pub(super) use act::{Act, Control, Refused, act};
pub(super) use feature::{Feature, features};
pub(super) use token::{
    Lexed, Scan, Token, accepts, is_keyword, is_quoted, is_reserved, lex, words_after,
};
pub(super) use trace::trace;
use tree::{TreeNode, tree};

use rupg_sql::nodes::Node;

use crate::{migration::Insert, source::Span, tree::Tree};

/// One statement that the grammar takes.
#[derive(Debug)]
pub(super) struct Parsed {
    /// From its first token to its last, without the `;`.
    pub(super) span: Span,
    content: Content,
    base: usize,
}

/// What is known of a statement.
#[derive(Debug)]
enum Content {
    Tree(Arc<Node>),
    Rows(Insert),
    Opaque,
}

impl Parsed {
    /// Returns the statement as a text sees it that holds the read one `by` bytes further on.
    pub(super) fn shifted(mut self, by: usize) -> Self {
        self.span = Span::new(self.span.start + by, self.span.end + by);
        self.base += by;
        self
    }

    /// Returns the tree, for those who replay it.
    pub(super) fn tree(&self) -> Option<Tree> {
        match &self.content {
            Content::Tree(node) => Some(Tree {
                node: Arc::clone(node),
                base: self.base,
            }),
            Content::Rows(_) | Content::Opaque => None,
        }
    }

    fn node(&self) -> Option<&Node> {
        match &self.content {
            Content::Tree(node) => Some(&**node),
            Content::Rows(_) | Content::Opaque => None,
        }
    }

    /// Returns where the text begins that the tree's locations count from.
    pub(super) fn base(&self) -> usize {
        self.base
    }
}

/// What the grammar says when it does not take a text, in PostgreSQL's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The primary message.
    pub(super) message: String,
    /// The SQLSTATE.
    pub(super) sqlstate: String,
    /// The detail, if PostgreSQL gives one.
    pub(super) detail: Option<&'static str>,
    /// The hint, if PostgreSQL gives one.
    pub(super) hint: Option<&'static str>,
    /// The byte that it points at, if it points at one.
    pub(super) offset: Option<usize>,
}

impl Refusal {
    /// Returns the refusal as a text sees it that holds the refused one `by` bytes further on.
    pub(super) fn shifted(mut self, by: usize) -> Self {
        self.offset = self.offset.map(|offset| offset + by);
        self
    }

    /// Returns whether a literal, a quoted name or a comment runs to the end of the text.
    pub(super) fn is_unterminated(&self) -> bool {
        self.message.starts_with("unterminated ")
    }
}

/// Reads a text whole: its statements, or the first thing that PostgreSQL refuses in it.
///
/// It needs a stack of 64 MB in an unoptimised build; the verdict alone ([`check`]) does not.
pub(super) fn parse(text: &str) -> Result<Vec<Parsed>, Refusal> {
    match outcome(|| rupg_sql::parse(text)) {
        Outcome::Taken((list, _)) => Ok(list
            .into_iter()
            .flatten()
            .filter_map(|node| match node {
                Node::RawStmt(raw) => {
                    let start = usize::try_from(raw.stmt_location).unwrap_or_default();
                    let end = match usize::try_from(raw.stmt_len) {
                        Ok(0) | Err(_) => text.len(),
                        Ok(length) => start + length,
                    };
                    let span = token::trim(text, Span::new(start, end));
                    Some(Parsed {
                        span,
                        content: raw
                            .stmt
                            .map_or(Content::Opaque, |node| Content::Tree(Arc::new(node))),
                        base: 0,
                    })
                }
                _ => None,
            })
            .collect()),
        Outcome::Refused(refusal) => Err(refusal),
        Outcome::Unread => check(text).map(|()| opaque(text)),
    }
}

/// Asks for the verdict alone, some ten times faster: what the grammar's actions report (an unknown
/// role option, `LIMIT 1, 2`) is not seen, and there is no tree.
pub(super) fn check(text: &str) -> Result<(), Refusal> {
    match outcome(|| rupg_sql::check(text)) {
        Outcome::Taken(_) | Outcome::Unread => Ok(()),
        Outcome::Refused(refusal) => Err(refusal),
    }
}

/// Makes a statement that [`check`] took and whose tokens tell all that is asked of it.
pub(super) fn rows(span: Span, insert: Insert) -> Parsed {
    Parsed {
        span,
        content: Content::Rows(insert),
        base: 0,
    }
}

/// A text whose tree cannot be had: its statements by tokens, opaque.
fn opaque(text: &str) -> Vec<Parsed> {
    super::split::split(text, &lex(text))
        .into_iter()
        .map(|piece| Parsed {
            span: piece.statement,
            content: Content::Opaque,
            base: 0,
        })
        .collect()
}

/// The verdict, or the lack of one: a fault of the parser itself must never fail a build.
enum Outcome<T> {
    Taken(T),
    Refused(Refusal),
    Unread,
}

fn outcome<T>(
    read: impl FnOnce() -> Result<T, rupg_sql::Error> + std::panic::UnwindSafe,
) -> Outcome<T> {
    // A panic inside the parser would be the macro's own panic; what it cannot read is opaque.
    match catch_unwind(read) {
        Ok(Ok(value)) => Outcome::Taken(value),
        Ok(Err(error)) if is_own_fault(&error) => Outcome::Unread,
        Ok(Err(error)) => Outcome::Refused(Refusal::from(error)),
        Err(_) => Outcome::Unread,
    }
}

/// The parser reports grammar actions that it lacks, and faults of its own, as errors too.
fn is_own_fault(error: &rupg_sql::Error) -> bool {
    error.code.as_str() == "XX000" || error.message.ends_with(" of gram.y is not ported")
}

impl From<rupg_sql::Error> for Refusal {
    fn from(error: rupg_sql::Error) -> Self {
        Self {
            sqlstate: error.code.as_str().to_owned(),
            message: error.message,
            detail: error.detail,
            hint: error.hint,
            offset: error.location,
        }
    }
}
