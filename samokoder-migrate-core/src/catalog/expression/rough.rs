//! The type of an expression's value, as far as it can be told without the server's own rules.

use std::borrow::Cow;

use crate::catalog::{
    store::Oid,
    types::{Base, Type},
};

/// A type, or how little is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rough<'a> {
    /// A column's, an argument's.
    Known(&'a Type),
    /// A cast's.
    Made(Type),
    /// One of `pg_catalog`, by its internal name.
    Named(&'static str),
    /// The row of a relation.
    Row(Oid),
    /// A string or NULL that takes the type its place asks for.
    Literal,
    Unknown,
}

impl Rough<'_> {
    pub(super) const BOOLEAN: Self = Self::Named("bool");
    pub(super) const TEXT: Self = Self::Named("text");

    /// Returns the type, if it is one.
    pub(super) fn known(&self) -> Option<Cow<'_, Type>> {
        match self {
            Self::Known(ty) => ty.is_known().then_some(Cow::Borrowed(*ty)),
            Self::Made(ty) => ty.is_known().then_some(Cow::Borrowed(ty)),
            Self::Named(name) => Some(Cow::Owned(Type::builtin(name))),
            Self::Row(oid) => Some(Cow::Owned(Type {
                base: Base::Own(*oid),
                ..Type::unknown()
            })),
            Self::Literal | Self::Unknown => None,
        }
    }

    /// Returns the type of a column that has such values: a string's is `text`.
    pub(super) fn settled(&self) -> Type {
        match self {
            Self::Literal => Type::builtin("text"),
            other => other.known().map_or_else(Type::unknown, Cow::into_owned),
        }
    }

    /// Returns the object that it is: an enum, a domain, a composite, a relation's row; not an array.
    pub(super) fn own(&self) -> Option<Oid> {
        let ty = match self {
            Self::Known(ty) => *ty,
            Self::Made(ty) => ty,
            Self::Row(oid) => return Some(*oid),
            _ => return None,
        };
        match ty.base {
            Base::Own(oid) if !ty.array => Some(oid),
            _ => None,
        }
    }

    /// Returns the internal name of the type of `pg_catalog` that it is; not an array.
    pub(super) fn builtin(&self) -> Option<&str> {
        let ty = match self {
            Self::Known(ty) => *ty,
            Self::Made(ty) => ty,
            Self::Named(name) => return Some(name),
            _ => return None,
        };
        match &ty.base {
            Base::Builtin(name) if !ty.array => Some(name),
            _ => None,
        }
    }

    /// Returns whether the value cannot be a row.
    pub(super) fn is_no_row(&self) -> bool {
        match self {
            Self::Literal => true,
            Self::Known(Type { array: true, .. }) | Self::Made(Type { array: true, .. }) => {
                self.known().is_some()
            }
            other => other.builtin().is_some_and(|name| name != "record"),
        }
    }

    /// Returns the one type that two values have: of a CASE, a UNION.
    pub(super) fn common(self, other: Self) -> Self {
        match (self, other) {
            (Self::Literal, ty) | (ty, Self::Literal) => ty,
            (one, other) if one == other => one,
            (one, other) => match (one.known(), other.known()) {
                (Some(a), Some(b)) if a.base == b.base && a.array == b.array => {
                    let plain = Type {
                        modifier: "".into(),
                        ..a.into_owned()
                    };
                    Self::Made(plain)
                }
                _ => Self::Unknown,
            },
        }
    }
}
