//! `ALTER … RENAME` and `ALTER … SET SCHEMA`.

mod named;
mod part;
mod relation;
mod routine;
mod schema;
#[cfg(test)]
mod tests;
mod ty;

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::Space,
        store::{Lookup, Oid},
    },
    tree::{List, Node, ObjectType as Kind, Path, RenameStmt},
};

impl Catalog {
    pub(super) fn rename(&mut self, rename: &RenameStmt) -> Result<(), Fault> {
        let new = rename.newname.as_deref().unwrap_or_default();
        match rename.renameType {
            Kind::OBJECT_TABLE
            | Kind::OBJECT_VIEW
            | Kind::OBJECT_MATVIEW
            | Kind::OBJECT_INDEX
            | Kind::OBJECT_FOREIGN_TABLE
            | Kind::OBJECT_SEQUENCE => self.rename_relation(rename, new),
            Kind::OBJECT_COLUMN | Kind::OBJECT_ATTRIBUTE => self.rename_column(rename, new),
            Kind::OBJECT_TABCONSTRAINT => self.rename_constraint(rename, new),
            Kind::OBJECT_DOMCONSTRAINT => self.rename_domain_constraint(rename, new),
            Kind::OBJECT_TRIGGER => self.rename_part(rename, Space::Trigger, new),
            Kind::OBJECT_POLICY => self.rename_part(rename, Space::Policy, new),
            Kind::OBJECT_RULE => self.rename_part(rename, Space::Rule, new),
            Kind::OBJECT_TYPE | Kind::OBJECT_DOMAIN => self.rename_type(rename, new),
            Kind::OBJECT_SCHEMA => self.rename_schema(rename, new),
            Kind::OBJECT_FUNCTION
            | Kind::OBJECT_PROCEDURE
            | Kind::OBJECT_ROUTINE
            | Kind::OBJECT_AGGREGATE => self.rename_routine(rename, new),
            _ => self.rename_named(rename, new),
        }
    }

    /// Records that names in the places that a path can mean may now be anything's.
    fn blur_names(&mut self, space: Space, schema: Option<&str>, names: &[&str]) {
        for place in self.possible_places(schema) {
            self.blur_names_in(place, space, names);
        }
    }

    fn blur_names_in(&mut self, place: Oid, space: Space, names: &[&str]) {
        for name in names {
            self.store.blur_name(place, space, name);
        }
    }
}

/// Reads the name of what a statement is about, if it has no signature.
fn object_path(object: Option<&Node>) -> Option<Path<'_>> {
    match object? {
        Node::List(names) => list_path(names),
        Node::String(name) => Some(Path { schema: None, name }),
        Node::TypeName(name) => list_path(&name.names),
        Node::ObjectWithArgs(object) => list_path(&object.objname),
        _ => None,
    }
}

fn list_path(names: &List) -> Option<Path<'_>> {
    crate::tree::path(names)
}

/// Returns the object that a lookup found.
fn found(lookup: Lookup) -> Option<Oid> {
    match lookup {
        Lookup::Found(oid) => Some(oid),
        Lookup::Absent | Lookup::Unknown => None,
    }
}
