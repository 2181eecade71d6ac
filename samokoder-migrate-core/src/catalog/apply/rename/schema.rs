//! `SET SCHEMA`.

use super::{found, named, object_path};
use crate::{
    catalog::{
        Catalog,
        apply::alter::Guard,
        fault::Fault,
        object::{Def, Name, Space},
        store::{Lookup, Oid},
    },
    tree::{AlterObjectSchemaStmt, Node, ObjectType as Kind, Path, relation},
};

impl Catalog {
    pub(in crate::catalog::apply) fn set_schema(
        &mut self,
        alter: &AlterObjectSchemaStmt,
    ) -> Result<(), Fault> {
        match (alter.objectType, &alter.object) {
            (
                Kind::OBJECT_TABLE
                | Kind::OBJECT_VIEW
                | Kind::OBJECT_MATVIEW
                | Kind::OBJECT_FOREIGN_TABLE
                | Kind::OBJECT_SEQUENCE,
                _,
            ) => self.move_relation(alter),
            (Kind::OBJECT_TYPE | Kind::OBJECT_DOMAIN, _) => self.move_type(alter),
            (Kind::OBJECT_EXTENSION, object) => match object_path(object.as_ref()) {
                Some(path) => {
                    self.move_extension(path.name, alter.newschema.as_deref().unwrap_or_default())
                }
                None => Ok(()),
            },
            (_, Some(Node::ObjectWithArgs(object)))
                if alter.objectType != Kind::OBJECT_OPERATOR =>
            {
                let object = object.clone();
                let schema = self.new_schema(alter)?;
                self.move_routine(alter.objectType, &object, schema)
            }
            _ => self.move_named(alter),
        }
    }

    /// Looks for the schema that something goes to.
    fn new_schema(&mut self, alter: &AlterObjectSchemaStmt) -> Result<Oid, Fault> {
        let name = alter.newschema.as_deref().unwrap_or_default();
        Ok(match self.required_schema(name)? {
            Some(oid) => oid,
            None => self.assume_schema(name),
        })
    }

    fn move_relation(&mut self, alter: &AlterObjectSchemaStmt) -> Result<(), Fault> {
        let Some(var) = alter.relation.as_deref() else {
            return Ok(());
        };
        let path = relation(var);
        let guard = Guard::of(alter.missing_ok);
        let moved = self.altered_relation(var, alter.objectType, guard)?;
        if moved.is_none() && self.relation(var) == Lookup::Absent {
            return Ok(());
        }
        let Some(oid) = moved else {
            if let Lookup::Found(schema) =
                self.schema(alter.newschema.as_deref().unwrap_or_default())
            {
                self.blur_names_in(schema, Space::Relation, &[path.name]);
                self.blur_names_in(schema, Space::Type, &[path.name]);
                // Its indexes and sequences go along, under names that are not known.
                self.open(schema);
            }
            self.blur_names(Space::Relation, path.schema, &[path.name]);
            self.blur_names(Space::Type, path.schema, &[path.name]);
            return Ok(());
        };
        self.can_leave(oid)?;
        let schema = self.new_schema(alter)?;
        self.move_to(oid, schema)?;
        for part in self.companions(oid) {
            self.move_to(part, schema)?;
        }
        if self.store.is_open(oid) {
            self.open(schema);
        }
        Ok(())
    }

    fn open(&mut self, schema: Oid) {
        if let Some(object) = self.store.get_mut(schema) {
            object.open = true;
        }
    }

    fn can_leave(&self, oid: Oid) -> Result<(), Fault> {
        if !self.store.is_certain(oid) {
            return Ok(());
        }
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        match &object.def {
            Def::Index(_) => Err(Fault::new(
                "42809",
                format!("cannot change schema of index \"{}\"", object.name),
            )),
            Def::Sequence(sequence) => match sequence.owner {
                Some((table, _)) => Err(Fault::new(
                    "0A000",
                    "cannot move an owned sequence into another schema",
                )
                .note(format!(
                    "sequence \"{}\" is linked to table \"{}\"",
                    object.name,
                    self.bare_name(table)
                ))),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Lists a table's indexes and the sequences that it owns: they are where it is.
    fn companions(&self, table: Oid) -> Vec<Oid> {
        let mut companions = Vec::new();
        for (oid, object) in self.store.all() {
            match &object.def {
                Def::Index(index) if index.table == table => companions.push(oid),
                Def::Sequence(sequence) if sequence.owner.is_some_and(|(of, _)| of == table) => {
                    companions.push(oid);
                }
                _ => {}
            }
        }
        companions
    }

    /// Moves what has the name of a relation or a type, or of both.
    fn move_to(&mut self, oid: Oid, schema: Oid) -> Result<(), Fault> {
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        if object.within == schema {
            return Ok(());
        }
        let name: Name = object.name.clone();
        let spaces = object.def.spaces();
        // A relation's name is looked at before that of its row type.
        for (space, sqlstate, noun) in [
            (Space::Relation, "42P07", "relation"),
            (Space::Type, "42710", "type"),
        ] {
            if !spaces.contains(&space) || schema == self.elsewhere {
                continue;
            }
            if let Lookup::Found(taken) = self.store.find(schema, space, &name)
                && self.store.is_certain(taken)
            {
                return Err(Fault::new(
                    sqlstate,
                    format!(
                        "{noun} \"{name}\" already exists in schema \"{}\"",
                        self.bare_name(schema)
                    ),
                ));
            }
        }
        self.store.rename(oid, schema, &name);
        Ok(())
    }

    fn move_type(&mut self, alter: &AlterObjectSchemaStmt) -> Result<(), Fault> {
        let object = alter.object.as_ref();
        let Some(path) = object_path(object) else {
            return Ok(());
        };
        let moved = self.altered_type(object, alter.objectType)?;
        let schema = self.new_schema(alter)?;
        if let Some(oid) = moved {
            return self.move_to(oid, schema);
        }
        self.blur_names(Space::Type, path.schema, &[path.name]);
        self.blur_names_in(schema, Space::Type, &[path.name]);
        Ok(())
    }

    fn move_named(&mut self, alter: &AlterObjectSchemaStmt) -> Result<(), Fault> {
        let (Some(space), Some(path)) = (
            named::space(alter.objectType),
            object_path(alter.object.as_ref()),
        ) else {
            return Ok(());
        };
        let schema = self.new_schema(alter)?;
        let path = match space {
            // Those of an access method are named after it.
            Space::OperatorClass | Space::OperatorFamily => Path {
                schema: None,
                ..path
            },
            _ => path,
        };
        match found(self.look(space, path)) {
            Some(oid) if !space.shares_names() => {
                let name: Name = self.bare_name(oid).into();
                self.store.rename(oid, schema, &name);
            }
            _ => {
                self.blur_names(space, path.schema, &[path.name]);
                self.blur_names_in(schema, space, &[path.name]);
            }
        }
        Ok(())
    }
}
