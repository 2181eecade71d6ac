//! An index's keys, which are neither an expression nor a query.

use crate::{
    catalog::{expression::print, resolve::quote},
    sql,
    tree::{IndexElem, List, Node, path},
};

/// Writes keys as a query's columns: what each is, under the name of how it is sorted.
pub(super) fn columns(text: &str) -> Option<String> {
    let tree = sql::tree_of(&format!("CREATE INDEX ON t ({text})"))?;
    let Node::IndexStmt(index) = &*tree else {
        return None;
    };
    let columns: Vec<String> = index
        .indexParams
        .iter()
        .flatten()
        .filter_map(|key| match key {
            Node::IndexElem(key) => Some(column(key)),
            _ => None,
        })
        .collect();
    Some(columns.join(", "))
}

fn column(key: &IndexElem) -> String {
    let what = match (&key.expr, &key.name) {
        (Some(expr), _) => print(expr, &[]).text.to_string(),
        (None, name) => quote(name.as_deref().unwrap_or_default()),
    };
    // A schema is written where the reader's search path wants it.
    let last = |list: &List| path(list).map(|path| path.name.to_owned());
    let how = format!(
        "{:?} {:?} {} {:?} {:?}",
        last(&key.collation),
        last(&key.opclass),
        key.opclassopts.len(),
        key.ordering,
        key.nulls_ordering
    );
    format!("{what} AS {}", quote(&how))
}
