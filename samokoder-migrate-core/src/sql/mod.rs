//! A script's SQL: its statements, and everything that PostgreSQL or the runner refuses in it.
//!
//! `gate` gives PostgreSQL's verdict, `split` and `notsql` find what is to be judged, `refusal`
//! and `slip` say what is wrong and what was meant, `transaction` and `floor` judge what the
//! grammar takes.

mod bulk;
mod floor;
mod gate;
mod notsql;
mod reading;
mod refusal;
mod slip;
mod split;
mod template;
mod transaction;

pub use reading::{Context, Reading, Role, read};

use crate::tree::Tree;

/// Returns whether PostgreSQL quotes a lower-case word when it prints it as a name.
pub(crate) fn is_quoted_keyword(word: &str) -> bool {
    gate::is_quoted(word)
}

/// Returns whether a word in lower case is a keyword of any kind.
pub(crate) fn is_keyword(word: &str) -> bool {
    gate::is_keyword(word)
}

/// Reads one statement; `None` if it is not one, or has no tree.
pub(crate) fn tree_of(text: &str) -> Option<std::sync::Arc<crate::tree::Node>> {
    match gate::parse(text).ok()?.as_slice() {
        [only] => only.tree().map(|tree| tree.node),
        _ => None,
    }
}

/// Reads a text that is part of a statement: a function's body, a literal that is executed. Returns
/// its statements, or `None` where the grammar does not take it or a tree cannot be had.
///
/// Their locations count from the text's own beginning. It needs the stack that [`read`] needs.
pub(crate) fn trees(text: &str) -> Option<Vec<Tree>> {
    gate::parse(text)
        .ok()?
        .iter()
        .map(gate::Parsed::tree)
        .collect()
}
