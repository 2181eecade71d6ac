//! `ADD COLUMN`, and the columns that children get from it.

use super::{ColumnLookup, Reach};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::is_system_column,
        object::{Column, ColumnId, Space},
        store::Oid,
    },
    tree::{AlterTableCmd, ColumnDef, ConstrType, Constraint, Node},
};

impl Catalog {
    /// Adds a column, and returns its constraints, which a later pass adds.
    pub(super) fn alter_add_column(
        &mut self,
        oid: Oid,
        command: &AlterTableCmd,
        reach: Reach,
    ) -> Result<Vec<(Constraint, ColumnId)>, Fault> {
        let Some(Node::ColumnDef(def)) = &command.def else {
            return Ok(Vec::new());
        };
        let name = def.colname.as_deref().unwrap_or_default();
        self.takes_columns(oid, reach)?;
        match self.column(oid, name) {
            ColumnLookup::Found(_) if command.missing_ok && self.store.is_certain(oid) => {
                return Ok(Vec::new());
            }
            ColumnLookup::Found(_) | ColumnLookup::Unknown if command.missing_ok => {
                self.perhaps_add(oid, name, def);
                return Ok(Vec::new());
            }
            ColumnLookup::Unknown if is_system_column(name) => {
                return Err(Fault::new(
                    "42701",
                    format!("column name \"{name}\" conflicts with a system column name"),
                )
                .at(def.location));
            }
            ColumnLookup::Found(_) if self.store.is_certain(oid) => {
                return Err(Fault::new(
                    "42701",
                    format!(
                        "column \"{name}\" of relation \"{}\" already exists",
                        self.bare_name(oid)
                    ),
                )
                .at(def.location));
            }
            ColumnLookup::Found(id) => self.forget_column(oid, id),
            _ => {}
        }
        let id = self.add_column(oid, def)?;
        if let Some(relation) = self
            .store
            .get_mut(oid)
            .and_then(|object| object.relation_mut())
        {
            relation.gone.retain(|gone| &**gone != name);
        }
        if reach == Reach::Children {
            self.add_to_children(oid, id)?;
        }
        Ok(constraints(def)?
            .into_iter()
            .map(|constraint| (constraint, id))
            .collect())
    }

    fn takes_columns(&self, oid: Oid, reach: Reach) -> Result<(), Fault> {
        let is_partition = self
            .store
            .get(oid)
            .filter(|_| self.store.is_certain(oid))
            .and_then(|object| object.relation())
            .is_some_and(|relation| relation.partition_of.is_some());
        if is_partition {
            return Err(Fault::new("42809", "cannot add column to a partition"));
        }
        if reach == Reach::Only && self.has_children(oid) {
            return Err(Fault::new(
                "42P16",
                "column must be added to child tables too",
            ));
        }
        Ok(())
    }

    /// A column that may have been there: it is there now, and nothing more is known of it.
    fn perhaps_add(&mut self, oid: Oid, name: &str, def: &ColumnDef) {
        if self.column(oid, name) == ColumnLookup::Unknown {
            self.assume_column(oid, name);
        }
        let table = self.bare_name(oid).to_owned();
        let schema = self.store.get(oid).map(|object| object.within);
        let mut names = vec![format!("{table}_{name}_seq")];
        for constraint in constraints(def).unwrap_or_default() {
            match &constraint.conname {
                Some(given) => names.push(given.to_string()),
                None => names.extend([
                    format!("{table}_pkey"),
                    format!("{table}_{name}_key"),
                    format!("{table}_{name}_check"),
                    format!("{table}_{name}_fkey"),
                ]),
            }
        }
        for name in names {
            self.store.blur_name(oid, Space::Constraint, &name);
            if let Some(schema) = schema {
                self.store.blur_name(schema, Space::Relation, &name);
            }
        }
    }

    /// What was known of a column of a relation that may have changed since: the name is free now.
    pub(in crate::catalog::apply) fn forget_column(&mut self, oid: Oid, id: ColumnId) {
        if let Some(relation) = self
            .store
            .get_mut(oid)
            .and_then(|object| object.relation_mut())
        {
            relation.columns.retain(|column| column.id != id);
        }
    }

    /// Gives a table's new column to its children; one that has it already merges the two.
    fn add_to_children(&mut self, oid: Oid, id: ColumnId) -> Result<(), Fault> {
        let Some(column) = self.column_at(oid, id).cloned() else {
            return Ok(());
        };
        for child in self.children(oid) {
            if !self.store.is_certain(oid) {
                self.store.blur(child);
            }
            match self.column(child, &column.name) {
                ColumnLookup::Found(own) => {
                    self.can_merge_column(child, own, &column)?;
                    self.inherit_column(oid, id, child)?;
                }
                ColumnLookup::Absent => {
                    self.inherit_column(oid, id, child)?;
                    if let Some(own) = self.same_column(oid, id, child) {
                        self.add_to_children(child, own)?;
                    }
                }
                ColumnLookup::Unknown => {
                    self.assume_column(child, &column.name);
                }
            }
        }
        Ok(())
    }

    /// Refuses a column that a child has with another type.
    fn can_merge_column(&self, child: Oid, own: ColumnId, column: &Column) -> Result<(), Fault> {
        if let Some(theirs) = self.certain_column(child, own)
            && theirs.ty.is_known()
            && column.ty.is_known()
            && theirs.ty != column.ty
        {
            return Err(Fault::new(
                "42804",
                format!(
                    "child table \"{}\" has different type for column \"{}\"",
                    self.bare_name(child),
                    column.name
                ),
            )
            .at_name(&column.name));
        }
        Ok(())
    }
}

/// Lists a column's constraints that are objects of the table.
fn constraints(def: &ColumnDef) -> Result<Vec<Constraint>, Fault> {
    Ok(super::super::constraint::folded(def)?
        .into_iter()
        .filter(|constraint| {
            matches!(
                constraint.contype,
                ConstrType::CONSTR_CHECK
                    | ConstrType::CONSTR_PRIMARY
                    | ConstrType::CONSTR_UNIQUE
                    | ConstrType::CONSTR_EXCLUSION
                    | ConstrType::CONSTR_FOREIGN
            )
        })
        .map(std::borrow::Cow::into_owned)
        .collect())
}
