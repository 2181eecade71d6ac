//! Types of the server.

use super::lookup::{Line, Table, table};

const TYPES: Table = table!("data/types.txt");

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Kind {
    Base,
    Range,
    Multirange,
    Pseudo,
}

/// Returns whether `pg_catalog` has a type, or the array type `_name` of one.
///
/// The row types of its relations are not among them.
pub(crate) fn is_type(name: &str) -> bool {
    let element = name.strip_prefix('_');
    find(name).is_some() || element.is_some_and(|element| find(element).is_some())
}

/// Returns how `format_type` writes a type of `pg_catalog`: `integer` for `int4`.
///
/// An array type `_name` has none of its own: it is written as its element's with `[]`.
pub(crate) fn type_display(name: &str) -> Option<&'static str> {
    find(name).map(|line| line.field(1))
}

/// Returns what a type of `pg_catalog` is.
pub(crate) fn type_kind(name: &str) -> Option<Kind> {
    match find(name)?.field(2) {
        "base" => Some(Kind::Base),
        "range" => Some(Kind::Range),
        "multirange" => Some(Kind::Multirange),
        "pseudo" => Some(Kind::Pseudo),
        _ => None,
    }
}

/// Returns the category of a type of `pg_catalog`, such as `S` for strings
/// (chapter "`pg_type`", table "typcategory Codes").
pub(crate) fn type_category(name: &str) -> Option<char> {
    find(name)?.field(3).chars().next()
}

fn find(name: &str) -> Option<Line> {
    TYPES.find(&[name])
}
