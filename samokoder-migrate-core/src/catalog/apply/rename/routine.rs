//! Functions, procedures and aggregates.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{ArgumentMode, Def, Name, Space},
        store::Oid,
        types::Type,
    },
    tree::{Node, ObjectType, ObjectWithArgs, RenameStmt, path},
};

impl Catalog {
    pub(super) fn rename_routine(&mut self, rename: &RenameStmt, new: &str) -> Result<(), Fault> {
        let Some(Node::ObjectWithArgs(object)) = &rename.object else {
            return Ok(());
        };
        let Some(path) = path(&object.objname) else {
            return Ok(());
        };
        let kind = rename.renameType;
        let Some(oid) = self.required_routine(object, kind)? else {
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
        kind: ObjectType,
        object: &ObjectWithArgs,
        schema: Oid,
    ) -> Result<(), Fault> {
        let Some(path) = path(&object.objname) else {
            return Ok(());
        };
        let Some(oid) = self.required_routine(object, kind)? else {
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
