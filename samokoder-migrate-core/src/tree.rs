//! The parse tree in PostgreSQL's own node types.
//!
//! The grammar's parser makes it (`sql/gate/`), and the catalog replays it. The types are PostgreSQL's
//! (`parsenodes.h`), with its names, so another parser that gives them could take the place of this one.

pub(crate) use rupg_sql::nodes::*;

use std::sync::Arc;

/// The tree of one statement.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) node: Arc<Node>,
    /// The byte of the file that the tree's locations count from.
    pub(crate) base: usize,
}

/// Returns a list of strings as text: `{public,users}`.
pub(crate) fn strings(list: &List) -> impl DoubleEndedIterator<Item = &str> {
    list.iter().flatten().filter_map(string)
}

/// Returns the text of a `String` node.
pub(crate) fn string(node: &Node) -> Option<&str> {
    match node {
        Node::String(text) => Some(text),
        _ => None,
    }
}

/// A name that may be qualified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path<'a> {
    /// The schema, if it is written.
    pub(crate) schema: Option<&'a str>,
    /// The last part.
    pub(crate) name: &'a str,
}

/// Reads a list of strings as a name; `None` if it has no part, or more than a database's three.
pub(crate) fn path(list: &List) -> Option<Path<'_>> {
    let mut parts = strings(list).rev();
    let name = parts.next()?;
    let schema = parts.next();
    (list.len() <= 3).then_some(Path { schema, name })
}

/// Reads the name of a relation.
pub(crate) fn relation(var: &RangeVar) -> Path<'_> {
    Path {
        schema: var.schemaname.as_deref(),
        name: var.relname.as_deref().unwrap_or_default(),
    }
}
