//! What is no expression by itself: an index's keys, a partition's bound.

use super::{super::expression::print, moment};
use crate::{
    catalog::resolve::quote,
    sql,
    tree::{IndexElem, List, Node, SortByDir, SortByNulls, strings},
};

/// Something that is made of expressions.
#[derive(Debug)]
pub(super) enum Wrapped {
    Keys(Vec<Key>),
    Bound(Bound),
}

#[derive(Debug)]
pub(super) struct Key {
    expression: String,
    /// Its collation, operator class, order: without schemas, and without what is the default.
    options: String,
}

#[derive(Debug)]
pub(super) struct Bound {
    /// The words between the values.
    shape: String,
    values: Vec<String>,
}

/// Reads two texts of which one is no expression and no query.
pub(super) fn read(a: &str, b: &str) -> Option<(Wrapped, Wrapped)> {
    if is_bound(a) && is_bound(b) {
        return Some((Wrapped::Bound(bound(a)?), Wrapped::Bound(bound(b)?)));
    }
    if is_plain(a) && is_plain(b) {
        return None;
    }
    Some((Wrapped::Keys(keys(a)?), Wrapped::Keys(keys(b)?)))
}

fn is_bound(text: &str) -> bool {
    const HEAD: &str = "FOR VALUES";
    text.trim_start()
        .get(..HEAD.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(HEAD))
}

fn is_plain(text: &str) -> bool {
    sql::tree_of(&format!("SELECT {text}")).is_some() || sql::tree_of(text).is_some()
}

/// Compares two, their expressions by `same`.
pub(super) fn same(a: &Wrapped, b: &Wrapped, same: impl Fn(&str, &str) -> bool) -> bool {
    match (a, b) {
        (Wrapped::Keys(a), Wrapped::Keys(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|(a, b)| a.options == b.options && same(&a.expression, &b.expression))
        }
        // A bound's values are evaluated in the type of the key, which is not said.
        (Wrapped::Bound(a), Wrapped::Bound(b)) => {
            a.shape == b.shape
                && a.values.len() == b.values.len()
                && a.values
                    .iter()
                    .zip(&b.values)
                    .all(|(a, b)| same(a, b) || same_moment(a, b))
        }
        _ => false,
    }
}

fn same_moment(a: &str, b: &str) -> bool {
    let content = |text: &str| {
        let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
        moment::is_moment(inner).then(|| inner.to_owned())
    };
    match (content(a), content(b)) {
        (Some(a), Some(b)) => moment::may_be_same_instant(&a, &b).unwrap_or(true),
        _ => false,
    }
}

fn keys(text: &str) -> Option<Vec<Key>> {
    let tree = sql::tree_of(&format!("CREATE INDEX ON t ({text})"))?;
    let Node::IndexStmt(index) = &*tree else {
        return None;
    };
    index
        .indexParams
        .iter()
        .flatten()
        .map(|node| match node {
            Node::IndexElem(element) => Some(key(element)),
            _ => None,
        })
        .collect()
}

fn key(element: &IndexElem) -> Key {
    let expression = match (&element.name, &element.expr) {
        (Some(name), _) => quote(name),
        (None, Some(expression)) => print(expression, &[]).text.to_string(),
        (None, None) => String::new(),
    };
    let last = |list: &List| strings(list).last().map(quote).unwrap_or_default();
    let order = match (element.ordering, element.nulls_ordering) {
        (SortByDir::SORTBY_DESC, SortByNulls::SORTBY_NULLS_LAST) => "desc nulls last",
        (SortByDir::SORTBY_DESC, _) => "desc",
        (_, SortByNulls::SORTBY_NULLS_FIRST) => "nulls first",
        _ => "",
    };
    let arguments: Vec<String> = element
        .opclassopts
        .iter()
        .flatten()
        .map(|option| match option {
            Node::DefElem(option) => {
                let value = option.arg.as_ref().map(|arg| print(arg, &[]).text);
                let value = value
                    .as_deref()
                    .unwrap_or_default()
                    .trim_matches(['\'', '"'])
                    .to_owned();
                format!("{}={value}", option.defname.as_deref().unwrap_or_default())
            }
            other => print(other, &[]).text.to_string(),
        })
        .collect();
    Key {
        expression,
        options: format!(
            "{} {}({}) {order}",
            last(&element.collation),
            last(&element.opclass),
            arguments.join(", ")
        ),
    }
}

fn bound(text: &str) -> Option<Bound> {
    let tree = sql::tree_of(&format!("CREATE TABLE t PARTITION OF p {text}"))?;
    let Node::CreateStmt(create) = &*tree else {
        return None;
    };
    let bound = create.partbound.as_deref()?;
    let mut values = Vec::new();
    let mut shape = String::new();
    for (word, list) in [
        ("in", &bound.listdatums),
        ("from", &bound.lowerdatums),
        ("to", &bound.upperdatums),
    ] {
        for node in list.iter().flatten() {
            shape.push_str(word);
            values.push(print(node, &[]).text.to_string());
        }
    }
    shape.push_str(&format!("{} {}", bound.modulus, bound.remainder));
    Some(Bound { shape, values })
}
