//! Functions, procedures and aggregates.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{ArgumentMode, Def, Name, Space},
        store::{Oid, Openness},
        types::Type,
    },
    tree::{Node, ObjectWithArgs, RenameStmt, path},
};

impl Catalog {
    pub(super) fn rename_routine(&mut self, rename: &RenameStmt, new: &str) -> Result<(), Fault> {
        let Some(Node::ObjectWithArgs(object)) = &rename.object else {
            return Ok(());
        };
        let Some(path) = path(&object.objname) else {
            return Ok(());
        };
        if let Some(schema) = path.schema {
            self.required_schema(schema)?;
        }
        let Some(oid) = self.routine_meant(object) else {
            self.blur_names(Space::Routine, path.schema, &[path.name, new]);
            return Ok(());
        };
        let Some(schema) = self.store.get(oid).map(|object| object.within) else {
            return Ok(());
        };
        self.routine_name_free(oid, schema, new)?;
        self.store.rename(oid, schema, &new.into());
        Ok(())
    }

    /// Returns the one routine that a signature can mean; `None` if that is not certain.
    pub(super) fn routine_meant(&self, object: &ObjectWithArgs) -> Option<Oid> {
        let path = path(&object.objname)?;
        let mut found = Vec::new();
        for place in self.places(path.schema) {
            let (taken, openness) = self.store.find_all(place, Space::Routine, path.name);
            if openness == Openness::Open {
                return None;
            }
            found.extend(taken.iter().copied());
        }
        if object.args_unspecified {
            return match found.as_slice() {
                [only] => Some(*only),
                _ => None,
            };
        }
        let wanted: Vec<Type> = object
            .objargs
            .iter()
            .flatten()
            .map(|node| match node {
                Node::TypeName(name) => self.ty(name).ok(),
                _ => None,
            })
            .collect::<Option<_>>()?;
        found
            .into_iter()
            .find(|oid| self.inputs(*oid).is_some_and(|types| same(&types, &wanted)))
    }

    /// Lists the types of the arguments that a routine is called with, if all are known.
    fn inputs(&self, oid: Oid) -> Option<Vec<Type>> {
        let Def::Routine(routine) = &self.store.get(oid)?.def else {
            return None;
        };
        Some(
            routine
                .arguments
                .iter()
                .filter(|argument| {
                    !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table)
                })
                .map(|argument| argument.ty.clone())
                .collect(),
        )
    }

    /// Refuses a name under which a schema has a routine of the same signature for certain.
    pub(super) fn routine_name_free(&self, oid: Oid, schema: Oid, name: &str) -> Result<(), Fault> {
        let Some(own) = self.inputs(oid) else {
            return Ok(());
        };
        let (taken, _) = self.store.find_all(schema, Space::Routine, name);
        let clash = taken.iter().any(|taken| {
            self.store.is_certain(*taken)
                && self.inputs(*taken).is_some_and(|types| same(&types, &own))
        });
        let signature: Option<Vec<String>> = own.iter().map(|ty| self.type_text(ty)).collect();
        match signature {
            Some(signature) if clash && schema != self.elsewhere => Err(Fault::new(
                "42723",
                format!(
                    "function {}({}) already exists in schema \"{}\"",
                    name,
                    signature.join(", "),
                    self.bare_name(schema)
                ),
            )
            .at_name(name)),
            _ => Ok(()),
        }
    }

    pub(super) fn move_routine(
        &mut self,
        object: &ObjectWithArgs,
        schema: Oid,
    ) -> Result<(), Fault> {
        let Some(path) = path(&object.objname) else {
            return Ok(());
        };
        let Some(oid) = self.routine_meant(object) else {
            self.blur_names(Space::Routine, path.schema, &[path.name]);
            self.blur_names_in(schema, Space::Routine, &[path.name]);
            return Ok(());
        };
        let name: Name = self.bare_name(oid).into();
        if self
            .store
            .find_all(schema, Space::Routine, &name)
            .0
            .contains(&oid)
        {
            return Ok(());
        }
        self.routine_name_free(oid, schema, &name)?;
        self.store.rename(oid, schema, &name);
        Ok(())
    }
}

/// Modifiers do not tell routines apart.
fn same(a: &[Type], b: &[Type]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.is_known() && a.base == b.base && a.array == b.array)
}
