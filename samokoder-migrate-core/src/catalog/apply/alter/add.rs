//! `ADD COLUMN`, and the columns that children get from it.

use super::{ColumnLookup, Reach};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Column, ColumnId, Filled, Part, Space, Use},
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
        match self.column_named(oid, name) {
            ColumnLookup::Found(_) if command.missing_ok && self.store.is_certain(oid) => {
                return Ok(Vec::new());
            }
            ColumnLookup::Found(_) | ColumnLookup::Unknown if command.missing_ok => {
                self.perhaps_add(oid, name, def);
                return Ok(Vec::new());
            }
            ColumnLookup::Unknown if super::is_system_column(name) => {
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
        Ok(constraints(def)
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
        if self.column_named(oid, name) == ColumnLookup::Unknown {
            self.assume_column(oid, name);
        }
        let table = self.bare_name(oid).to_owned();
        let schema = self.store.get(oid).map(|object| object.within);
        let mut names = vec![format!("{table}_{name}_seq")];
        for constraint in constraints(def) {
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
    fn forget_column(&mut self, oid: Oid, id: ColumnId) {
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
        let Some(column) = self.column(oid, id).cloned() else {
            return Ok(());
        };
        for child in self.children(oid) {
            if !self.store.is_certain(oid) {
                self.store.blur(child);
            }
            match self.column_named(child, &column.name) {
                ColumnLookup::Found(own) => self.merge_column(child, own, &column)?,
                ColumnLookup::Absent => {
                    if let Some(own) = self.inherit_column(oid, child, &column) {
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

    fn merge_column(&mut self, child: Oid, own: ColumnId, column: &Column) -> Result<(), Fault> {
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
        self.change_column(child, own, |theirs| {
            theirs.inherited = theirs.inherited.saturating_add(1);
        });
        Ok(())
    }

    /// Gives a child a copy of a parent's column.
    fn inherit_column(&mut self, parent: Oid, child: Oid, column: &Column) -> Option<ColumnId> {
        let names: Vec<_> = self
            .store
            .get(child)?
            .relation()?
            .columns
            .iter()
            .map(|column| (column.id, column.name.clone()))
            .collect();
        let relation = self.store.get_mut(child)?.relation_mut()?;
        let id = ColumnId(relation.next_column);
        relation.next_column = relation.next_column.saturating_add(1);
        relation.columns.push(Column {
            id,
            inherited: 1,
            local: false,
            // A child numbers its rows itself, if at all.
            filled: match &column.filled {
                Filled::Identity(_) => Filled::Unknown,
                filled => filled.clone(),
            },
            ..column.clone()
        });
        let uses: Vec<Use> = self
            .store
            .get(parent)?
            .uses
            .iter()
            .filter_map(|r#use| {
                let part = match r#use.part {
                    Part::Column(of) if of == column.id => Part::Column(id),
                    Part::Default(of) if of == column.id => Part::Default(id),
                    _ => return None,
                };
                if r#use.what != parent {
                    return Some(Use { part, ..*r#use });
                }
                let read = self.column(parent, r#use.column?)?;
                let own = names.iter().find(|(_, name)| *name == read.name)?.0;
                Some(Use {
                    what: child,
                    column: Some(own),
                    part,
                    ..*r#use
                })
            })
            .collect();
        self.store.add_uses(child, uses);
        Some(id)
    }
}

/// Lists a column's constraints that are objects of the table, with what is written after each:
/// DEFERRABLE, INITIALLY DEFERRED, NOT ENFORCED.
fn constraints(def: &ColumnDef) -> Vec<Constraint> {
    let mut found: Vec<Constraint> = Vec::new();
    for node in def.constraints.iter().flatten() {
        let Node::Constraint(constraint) = node else {
            continue;
        };
        match constraint.contype {
            ConstrType::CONSTR_CHECK
            | ConstrType::CONSTR_PRIMARY
            | ConstrType::CONSTR_UNIQUE
            | ConstrType::CONSTR_EXCLUSION
            | ConstrType::CONSTR_FOREIGN => found.push((**constraint).clone()),
            kind => {
                if let Some(last) = found.last_mut() {
                    qualify(last, kind);
                }
            }
        }
    }
    found
}

fn qualify(constraint: &mut Constraint, kind: ConstrType) {
    match kind {
        ConstrType::CONSTR_ATTR_DEFERRABLE => constraint.deferrable = true,
        ConstrType::CONSTR_ATTR_NOT_DEFERRABLE => constraint.deferrable = false,
        ConstrType::CONSTR_ATTR_DEFERRED => {
            constraint.deferrable = true;
            constraint.initdeferred = true;
        }
        ConstrType::CONSTR_ATTR_IMMEDIATE => constraint.initdeferred = false,
        ConstrType::CONSTR_ATTR_ENFORCED => constraint.is_enforced = true,
        ConstrType::CONSTR_ATTR_NOT_ENFORCED => {
            constraint.is_enforced = false;
            constraint.skip_validation = true;
            constraint.initially_valid = false;
        }
        _ => {}
    }
}
