//! Operator classes, and what else an index names.

use super::lookup::{Line, Table, table};

const CLASSES: Table = table!("data/operator_classes.txt");
const DEFAULTS: Table = table!("data/default_classes.txt");
const METHODS: Table = table!("data/access_methods.txt");

/// An operator class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OperatorClass {
    /// The type that it is for, as `format_type` writes it without a schema.
    pub(crate) input: Option<&'static str>,
    /// Whether it is taken where none is named.
    pub(crate) is_default: bool,
}

/// What an access method is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum AccessMethod {
    Index,
    Table,
}

/// Returns an operator class of `pg_catalog`.
pub(crate) fn operator_class(method: &str, name: &str) -> Option<OperatorClass> {
    let line = CLASSES.find(&[method, name])?;
    Some(OperatorClass::read(line, 2))
}

/// Returns whether the server indexes a type without an operator class being named.
///
/// The type is one of `pg_catalog` as `format_type` writes it, or an array of anything; for types that
/// users make it is `anyenum`, `anyrange`, `anymultirange` or `record`, and for a domain its base type.
pub(crate) fn has_default_class(method: &str, type_display: &str) -> bool {
    let array = type_display.ends_with("[]") && DEFAULTS.has(&[method, "anyarray"]);
    array || DEFAULTS.has(&[method, type_display])
}

/// Returns what a method of the server is for.
pub(crate) fn access_method(name: &str) -> Option<AccessMethod> {
    Some(match METHODS.find(&[name])?.field(1) {
        "table" => AccessMethod::Table,
        _ => AccessMethod::Index,
    })
}

/// Returns whether the server has an access method, for indexes or tables.
pub(crate) fn is_access_method(name: &str) -> bool {
    access_method(name).is_some()
}

impl OperatorClass {
    /// Reads input and default from a field on.
    pub(super) fn read(line: Line, position: usize) -> Self {
        Self {
            input: line.filled(position),
            is_default: line.filled(position + 1).is_some(),
        }
    }
}
