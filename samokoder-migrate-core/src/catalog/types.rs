//! The type of a column, an argument, an expression.

use std::rc::Rc;

use super::store::Oid;

/// A type as it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) base: Base,
    /// Between parentheses: `(255)`, `(10,2)`; empty if none. For times and intervals as
    /// `format_type` prints it.
    pub(super) modifier: Rc<str>,
    pub(super) array: bool,
}

/// What a type is without its modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// One of `pg_catalog`, by its internal name: `int4`, `varchar`.
    Builtin(Rc<str>),
    /// A type, a domain, or the row type of a relation.
    Own(Oid),
    /// Not known: another's, or an expression's that was not worked out.
    Unknown,
}

impl Type {
    /// A type of which nothing is known.
    pub(super) const fn unknown_of(modifier: Rc<str>) -> Self {
        Self {
            base: Base::Unknown,
            modifier,
            array: false,
        }
    }

    /// Makes a type of `pg_catalog` by its internal name.
    pub(super) fn builtin(name: &str) -> Self {
        Self {
            base: Base::Builtin(name.into()),
            modifier: "".into(),
            array: false,
        }
    }

    /// Makes a type of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self::unknown_of("".into())
    }

    /// Returns whether it is known.
    pub(super) fn is_known(&self) -> bool {
        self.base != Base::Unknown
    }
}
