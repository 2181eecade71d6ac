//! Types that a column cannot have (`CheckAttributeType`).

use crate::{
    catalog::{
        Catalog, builtin,
        fault::Fault,
        object::{Def, TypeKind},
        store::Oid,
        types::{Base, Type},
    },
    tree::Path,
};

impl Catalog {
    /// Refuses a type that a column of a relation, or an attribute of a composite type, cannot have.
    ///
    /// # Errors
    ///
    /// 42P16 for a pseudo-type, and for what would hold itself.
    pub(super) fn can_be_held(&self, holder: Oid, name: &str, ty: &Type) -> Result<(), Fault> {
        match &ty.base {
            Base::Builtin(builtin) if !ty.array => {
                let is_pseudo = builtin::type_kind(builtin) == Some(builtin::TypeKind::Pseudo);
                match builtin::type_display(builtin).filter(|_| is_pseudo) {
                    Some(shown) => Err(Fault::new(
                        "42P16",
                        format!("column \"{name}\" has pseudo-type {shown}"),
                    )
                    .at_name(name)),
                    None => Ok(()),
                }
            }
            Base::Own(oid) if self.holds(*oid, holder, &mut Vec::new()) => {
                let shown = self.type_seen(holder);
                Err(Fault::new(
                    "42P16",
                    format!("composite type {shown} cannot be made a member of itself"),
                )
                .at_name(name))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether a type is a row's, or has such a part, for certain.
    fn holds(&self, ty: Oid, row: Oid, seen: &mut Vec<Oid>) -> bool {
        if !self.store.is_certain(ty) || seen.contains(&ty) {
            return false;
        }
        if ty == row {
            return true;
        }
        seen.push(ty);
        let mut part = |part: &Type| match part.base {
            Base::Own(oid) => self.holds(oid, row, seen),
            _ => false,
        };
        match self.store.get(ty).map(|object| &object.def) {
            Some(Def::Relation(relation)) => relation.columns.iter().any(|column| part(&column.ty)),
            Some(Def::Type(def)) => match &def.kind {
                TypeKind::Composite(columns) => columns.iter().any(|column| part(&column.ty)),
                TypeKind::Domain(domain) => part(&domain.base),
                TypeKind::Range(element) => part(element),
                _ => false,
            },
            _ => false,
        }
    }

    /// Returns a type's name as `format_type` shows it under the search path.
    fn type_seen(&self, oid: Oid) -> String {
        use crate::catalog::{object::Space, resolve::quote, store::Lookup};
        let Some(object) = self.store.get(oid) else {
            return String::new();
        };
        let path = Path {
            schema: None,
            name: &object.name,
        };
        if self.look(Space::Type, path) == Lookup::Found(oid) {
            quote(&object.name)
        } else {
            self.display(oid)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::trial::outcome;

    #[test]
    fn refuses_a_column_of_a_pseudo_type() {
        for (sql, refused) in [
            (
                "create table t (x trigger)",
                "42P16 column \"x\" has pseudo-type trigger",
            ),
            (
                "create table t (x record)",
                "42P16 column \"x\" has pseudo-type record",
            ),
            (
                "create table t (); alter table t add x void",
                "42P16 column \"x\" has pseudo-type void",
            ),
            (
                "create table t (x int); alter table t alter x type anyelement",
                "42P16 column \"x\" has pseudo-type anyelement",
            ),
            (
                "create type c as (a trigger)",
                "42P16 column \"a\" has pseudo-type trigger",
            ),
        ] {
            assert_eq!(outcome(sql), refused, "{sql}");
        }
        assert_eq!(outcome("create table t (x text, y int[])"), "ok");
    }

    #[test]
    fn refuses_a_row_that_would_hold_itself() {
        let refused = "42P16 composite type t cannot be made a member of itself";
        for sql in [
            "alter table t add x t",
            "alter table t add x t[]",
            "create domain d as t; alter table t add x d",
            "create type w as (a t); alter table t add x w",
            "create table u (a t); alter table t add x u[]",
            "alter table t alter a type t using null",
        ] {
            assert_eq!(
                outcome(&format!("create table t (a int); {sql}")),
                refused,
                "{sql}"
            );
        }
        assert_eq!(
            outcome("create type c as (a int); alter type c add attribute x c"),
            "42P16 composite type c cannot be made a member of itself"
        );
        assert_eq!(
            outcome("create schema s; create table s.t (); alter table s.t add x s.t"),
            "42P16 composite type s.t cannot be made a member of itself"
        );
        assert_eq!(
            outcome("create table t (); create table u (x t, y t[])"),
            "ok"
        );
    }

    #[test]
    fn a_table_that_is_being_made_has_no_row_type_yet() {
        assert_eq!(
            outcome("create table t (x t)"),
            "42704 type \"t\" does not exist"
        );
        assert_eq!(
            outcome("create type t as (x t)"),
            "42704 type \"t\" does not exist"
        );
    }
}
