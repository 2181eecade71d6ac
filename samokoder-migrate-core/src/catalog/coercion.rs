//! What a value of one type becomes without being told to (chapter "Type Conversion").

use super::{
    Catalog,
    builtin::{self, Context, TypeKind as BuiltinKind},
    fault::Fault,
    object::{Def, Space, TypeKind},
    store::Oid,
    types::{Base, Type},
};

/// A type as the rules of conversion see it: a domain is what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand<'t> {
    /// One of `pg_catalog`, by its internal name.
    Builtin(&'t str),
    /// An array of one of `pg_catalog`.
    ArrayOf(&'t str),
    Enum(Oid),
    /// A type of which not all is known.
    Unknown,
}

/// Domains of domains that are followed.
const DEPTH: usize = 16;

impl Catalog {
    /// Returns a type as the rules of conversion see it.
    pub(super) fn operand<'t>(&'t self, ty: &'t Type) -> Operand<'t> {
        let mut ty = ty;
        for _ in 0..DEPTH {
            let oid = match &ty.base {
                Base::Builtin(name) if ty.array => return Operand::ArrayOf(name),
                Base::Builtin(name) => return plain(name),
                Base::Own(oid) if !ty.array && self.store.is_certain(*oid) => *oid,
                Base::Own(_) | Base::Unknown => return Operand::Unknown,
            };
            let Some(Def::Type(def)) = self.store.get(oid).map(|object| &object.def) else {
                return Operand::Unknown;
            };
            match &def.kind {
                TypeKind::Enum(_) => return Operand::Enum(oid),
                TypeKind::Domain(domain) => ty = &domain.base,
                _ => return Operand::Unknown,
            }
        }
        Operand::Unknown
    }

    /// Returns whether all casts between types of the server and enums are known: nobody made one.
    pub(super) fn knows_casts(&self) -> bool {
        let known = |oid: &Oid| {
            self.store.get(*oid).is_some_and(|object| {
                builtin::extension(&object.name).is_some_and(|known| known.contents_known())
            })
        };
        !self.store.is_open(Oid::DATABASE)
            && self.store.within(Oid::DATABASE, Space::Cast).is_empty()
            && self
                .store
                .within(Oid::DATABASE, Space::Extension)
                .iter()
                .all(known)
    }

    /// Returns whether a value of one type is known not to become one of another.
    pub(super) fn never_becomes(&self, from: &Type, to: &Type, context: Context) -> bool {
        let (from, to) = (self.operand(from), self.operand(to));
        let never = match (from, to) {
            (Operand::Unknown, _) | (_, Operand::Unknown) => false,
            (Operand::Enum(from), Operand::Enum(to)) => from != to,
            (from, Operand::Builtin(to)) => !from.may_become(to, context),
            (Operand::ArrayOf(from), Operand::ArrayOf(to)) => {
                from != to && !Operand::Builtin(from).may_become(to, context)
            }
            // Strings are read as what they stand for, but only where that is written.
            (from, Operand::Enum(_) | Operand::ArrayOf(_)) => {
                context < Context::Explicit || !from.is_string()
            }
        };
        never && self.knows_casts()
    }

    /// Refuses a value that cannot be stored; `what` is the kind of expression that gives it.
    ///
    /// # Errors
    ///
    /// 42804.
    pub(super) fn can_be_stored(
        &self,
        name: &str,
        column: &Type,
        what: &str,
        value: &Type,
    ) -> Result<(), Fault> {
        if !self.never_becomes(value, column, Context::Assignment) {
            return Ok(());
        }
        Err(Fault::new(
            "42804",
            format!(
                "column \"{name}\" is of type {} but {what} is of type {}",
                self.message_type(column),
                self.message_type(value)
            ),
        ))
    }

    /// Returns a type as a message shows it.
    pub(super) fn message_type(&self, ty: &Type) -> String {
        self.shown_type(&Type {
            modifier: "".into(),
            ..ty.clone()
        })
    }
}

impl<'t> Operand<'t> {
    /// Makes one of a type of `pg_catalog`, by its internal name.
    pub(super) fn builtin(name: &'t str) -> Self {
        plain(name)
    }
}

impl Operand<'_> {
    /// Returns whether it may become a type of `pg_catalog`, by its internal name: `int4`, `_text`,
    /// `anyarray`.
    pub(super) fn may_become(self, to: &str, context: Context) -> bool {
        match (self, to) {
            (Self::Unknown, _)
            | (
                _,
                "any" | "anyelement" | "anynonarray" | "anycompatible" | "anycompatiblenonarray",
            )
            | (Self::Enum(_), "anyenum")
            | (Self::ArrayOf(_), "anyarray" | "anycompatiblearray") => true,
            (Self::Builtin(name), "anyarray" | "anycompatiblearray") => name.ends_with("vector"),
            (Self::Builtin(name), "anyrange" | "anycompatiblerange") => {
                builtin::type_kind(name) == Some(BuiltinKind::Range)
            }
            (Self::Builtin(name), "anymultirange" | "anycompatiblemultirange") => {
                builtin::type_kind(name) == Some(BuiltinKind::Multirange)
            }
            _ if context >= Context::Assignment && is_string(to) => true,
            (_, _) if context == Context::Explicit && self.is_string() => true,
            (Self::Builtin(from), to) => {
                from == to || builtin::cast(from, to).is_some_and(|needed| needed <= context)
            }
            (Self::ArrayOf(from), to) => to
                .strip_prefix('_')
                .is_some_and(|to| from == to || Operand::Builtin(from).may_become(to, context)),
            (Self::Enum(_), _) => false,
        }
    }

    fn is_string(self) -> bool {
        matches!(self, Self::Builtin(name) if is_string(name))
    }
}

fn plain(name: &str) -> Operand<'_> {
    match builtin::type_kind(name) {
        Some(BuiltinKind::Base | BuiltinKind::Range | BuiltinKind::Multirange)
            // What is in the catalogs alone is converted by rules of its own.
            if !matches!(name, "oidvector" | "int2vector" | "char") =>
        {
            Operand::Builtin(name)
        }
        _ => Operand::Unknown,
    }
}

fn is_string(name: &str) -> bool {
    builtin::type_category(name) == Some('S')
}

#[cfg(test)]
mod tests;
