//! `INHERIT` and `NO INHERIT`, and what a child must have of its parent.

use super::ColumnLookup;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Column, ConstraintKind, Fact, Name, Space, Use},
        store::{Lookup, Oid},
    },
    tree::{Node, ObjectType},
};

impl Catalog {
    pub(super) fn add_parent(&mut self, child: Oid, def: Option<&Node>) -> Result<(), Fault> {
        let Some(Node::RangeVar(var)) = def else {
            return Ok(());
        };
        let found = self.altered_relation(var, ObjectType::OBJECT_TABLE, super::Guard::Required)?;
        let Some(parent) = found else {
            self.store.blur(child);
            return Ok(());
        };
        self.not_a_partition(child)?;
        if self.is_partitioned(parent) && self.store.is_certain(parent) {
            return Err(Fault::new(
                "42809",
                format!(
                    "cannot inherit from partitioned table \"{}\"",
                    self.bare_name(parent)
                ),
            ));
        }
        let twice = self
            .store
            .get(child)
            .filter(|_| self.store.is_certain(child))
            .and_then(|object| object.relation())
            .is_some_and(|relation| relation.inherits.contains(&parent));
        if twice {
            return Err(Fault::new(
                "42P07",
                format!(
                    "relation \"{}\" would be inherited from more than once",
                    self.bare_name(parent)
                ),
            ));
        }
        self.merge_into_child(parent, child)?;
        self.store.add_uses(child, [Use::of(parent)]);
        if let Some(relation) = self
            .store
            .get_mut(child)
            .and_then(|object| object.relation_mut())
        {
            relation.inherits.push(parent);
        }
        Ok(())
    }

    fn not_a_partition(&self, child: Oid) -> Result<(), Fault> {
        let is_partition = self
            .store
            .get(child)
            .filter(|_| self.store.is_certain(child))
            .and_then(|object| object.relation())
            .is_some_and(|relation| relation.partition_of.is_some());
        if is_partition {
            return Err(Fault::new(
                "42809",
                "cannot change inheritance of a partition",
            ));
        }
        Ok(())
    }

    pub(super) fn drop_parent(&mut self, child: Oid, def: Option<&Node>) -> Result<(), Fault> {
        let Some(Node::RangeVar(var)) = def else {
            return Ok(());
        };
        let found = self.altered_relation(var, ObjectType::OBJECT_TABLE, super::Guard::Required)?;
        let Some(parent) = found else {
            self.store.blur(child);
            return Ok(());
        };
        self.not_a_partition(child)?;
        let known = self
            .store
            .get(child)
            .and_then(|object| object.relation())
            .is_some_and(|relation| relation.inherits.contains(&parent));
        if !known {
            if self.store.is_open(child) {
                return Ok(());
            }
            return Err(Fault::new(
                "42P01",
                format!(
                    "relation \"{}\" is not a parent of relation \"{}\"",
                    self.bare_name(parent),
                    self.bare_name(child)
                ),
            ));
        }
        if let Some(relation) = self
            .store
            .get_mut(child)
            .and_then(|object| object.relation_mut())
        {
            relation.inherits.retain(|oid| *oid != parent);
        }
        self.leave_parent(parent, child);
        Ok(())
    }

    /// Makes what a child has of a parent its own.
    pub(super) fn leave_parent(&mut self, parent: Oid, child: Oid) {
        let uses: Vec<Use> = self
            .store
            .get(child)
            .map(|object| object.uses.clone())
            .unwrap_or_default()
            .into_iter()
            .filter(|r#use| r#use.what != parent || r#use.column.is_some())
            .collect();
        self.store.set_uses(child, uses);
        for column in self.known_columns(parent) {
            if let ColumnLookup::Found(id) = self.column(child, &column.name) {
                self.change_column(child, id, |own| {
                    own.inherited = own.inherited.saturating_sub(1);
                    own.local |= own.inherited == 0;
                });
            }
        }
        for name in self.inherited_checks(parent) {
            if let Lookup::Found(own) = self.store.find(child, Space::Constraint, &name) {
                self.change_constraint(own, |own| {
                    own.inherited = own.inherited.saturating_sub(1);
                    own.local |= own.inherited == 0;
                });
            }
        }
    }

    pub(super) fn known_columns(&self, oid: Oid) -> Vec<Column> {
        self.store
            .get(oid)
            .and_then(|object| object.relation())
            .map(|relation| relation.columns.clone())
            .unwrap_or_default()
    }

    /// Lists the checks of a table that its children must have.
    fn inherited_checks(&self, parent: Oid) -> Vec<Name> {
        self.store
            .within(parent, Space::Constraint)
            .into_iter()
            .filter(|oid| {
                self.constraint_of(*oid).is_some_and(|known| {
                    !known.no_inherit && matches!(known.kind, ConstraintKind::Check(_))
                })
            })
            .filter_map(|oid| self.store.get(oid).map(|object| object.name.clone()))
            .collect()
    }

    /// Marks a child's columns and checks as those of a parent too.
    ///
    /// # Errors
    ///
    /// 42804 if one that the parent has is known to be missing, or other than the parent's.
    pub(super) fn merge_into_child(&mut self, parent: Oid, child: Oid) -> Result<(), Fault> {
        if !self.store.is_certain(parent) || self.store.is_open(parent) {
            self.store.blur(child);
            return Ok(());
        }
        for column in self.known_columns(parent) {
            let name = &column.name;
            match self.column(child, name) {
                ColumnLookup::Found(id) => {
                    if let Some(own) = self.certain_column(child, id) {
                        self.can_merge(child, own, &column)?;
                    }
                    self.change_column(child, id, |own| {
                        own.inherited = own.inherited.saturating_add(1);
                    });
                }
                ColumnLookup::Absent => {
                    return Err(Fault::new(
                        "42804",
                        format!("child table is missing column \"{name}\""),
                    ));
                }
                ColumnLookup::Unknown => {
                    self.assume_column(child, name);
                }
            }
        }
        for name in self.inherited_checks(parent) {
            match self.store.find(child, Space::Constraint, &name) {
                Lookup::Found(own) => self.change_constraint(own, |own| {
                    own.inherited = own.inherited.saturating_add(1);
                }),
                Lookup::Absent => {
                    return Err(Fault::new(
                        "42804",
                        format!("child table is missing constraint \"{name}\""),
                    ));
                }
                Lookup::Unknown => {}
            }
        }
        Ok(())
    }

    fn can_merge(&self, child: Oid, own: &Column, column: &Column) -> Result<(), Fault> {
        let name = &column.name;
        if own.ty.is_known() && column.ty.is_known() && own.ty != column.ty {
            return Err(Fault::new(
                "42804",
                format!(
                    "child table \"{}\" has different type for column \"{name}\"",
                    self.bare_name(child)
                ),
            ));
        }
        if column.not_null == Fact::Known(true) && own.not_null == Fact::Known(false) {
            return Err(Fault::new(
                "42804",
                format!("column \"{name}\" in child table must be marked NOT NULL"),
            ));
        }
        Ok(())
    }
}
