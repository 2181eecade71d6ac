//! Tables that a table gets columns from: INHERITS, PARTITION OF.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{
            Column, ColumnId, ConstraintKind, Def, Fact, Filled, Name, Part, Relation,
            RelationKind, Tie, Use,
        },
        store::Oid,
        types::Type,
    },
    tree::{ColumnDef, CreateStmt, Node, PartitionBoundSpec},
};

/// A table that another gets its columns from; `None` if it is not known which.
pub(super) type Parent = Option<Oid>;

impl Catalog {
    /// Looks for the tables that a new one inherits from.
    pub(super) fn parents(&mut self, create: &CreateStmt) -> Result<Vec<Parent>, Fault> {
        let partition = create.partbound.is_some();
        let mut parents: Vec<Parent> = Vec::new();
        for node in create.inhRelations.iter().flatten() {
            let Node::RangeVar(var) = node else { continue };
            let parent = self.command_relation(var)?;
            if let Some(oid) = parent {
                self.can_be_parent(oid, partition)?;
                if parents.contains(&parent) {
                    return Err(Fault::new(
                        "42P07",
                        format!(
                            "relation \"{}\" would be inherited from more than once",
                            self.name_of(oid)
                        ),
                    )
                    .at(var.location));
                }
            }
            parents.push(parent);
        }
        Ok(parents)
    }

    fn can_be_parent(&self, parent: Oid, partition: bool) -> Result<(), Fault> {
        let Some(object) = self.store.get(parent) else {
            return Ok(());
        };
        if object.open || !self.store.is_certain(parent) {
            return Ok(());
        }
        let name = &object.name;
        let wrong = |text: String| Err(Fault::new("42809", text).at_name(name));
        match object.relation() {
            Some(Relation {
                kind: RelationKind::PartitionedTable,
                ..
            }) if !partition => wrong(format!("cannot inherit from partitioned table \"{name}\"")),
            Some(Relation {
                kind: RelationKind::PartitionedTable,
                ..
            }) => Ok(()),
            _ if partition => {
                Err(Fault::new("42P17", format!("\"{name}\" is not partitioned")).at_name(name))
            }
            Some(Relation {
                partition_of: Some(_),
                ..
            }) => wrong(format!("cannot inherit from partition \"{name}\"")),
            Some(Relation {
                kind: RelationKind::Table | RelationKind::ForeignTable,
                ..
            }) => Ok(()),
            _ => wrong(format!(
                "inherited relation \"{name}\" is not a table or foreign table"
            )),
        }
    }

    /// Gives a table the columns and checks of its parents.
    pub(super) fn take_parents(
        &mut self,
        table: Oid,
        parents: Vec<Parent>,
        bound: Option<&PartitionBoundSpec>,
    ) -> Result<(), Fault> {
        for parent in parents {
            let Some(parent) = parent else {
                super::table::open(self, table);
                continue;
            };
            let tie = if bound.is_some() {
                Tie::Auto
            } else {
                Tie::Normal
            };
            self.store.add_uses(table, [Use::of(parent).tied(tie)]);
            let bound = match bound {
                Some(bound) => Some(self.partition_bound(bound)?),
                None => None,
            };
            if let Some(relation) = self
                .store
                .get_mut(table)
                .and_then(|object| object.relation_mut())
            {
                match bound {
                    Some(bound) => relation.partition_of = Some((parent, bound)),
                    None => relation.inherits.push(parent),
                }
            }
            if self.store.is_open(parent) {
                super::table::open(self, table);
            }
            self.take_columns(table, parent)?;
        }
        // Checks read columns, of which those of all parents are there now.
        for parent in self.parents_of(table) {
            self.take_checks(table, parent)?;
        }
        Ok(())
    }

    /// Lists the tables that a table gets columns from.
    pub(in crate::catalog) fn parents_of(&self, table: Oid) -> Vec<Oid> {
        let Some((_, relation)) = self.relation_of(table) else {
            return Vec::new();
        };
        let partition = relation.partition_of.as_ref().map(|(parent, _)| *parent);
        relation.inherits.iter().copied().chain(partition).collect()
    }

    fn take_columns(&mut self, table: Oid, parent: Oid) -> Result<(), Fault> {
        let columns: Vec<ColumnId> = self
            .relation_of(parent)
            .map(|(_, parent)| parent.columns.iter().map(|column| column.id).collect())
            .unwrap_or_default();
        for column in columns {
            self.inherit_column(parent, column, table)?;
        }
        Ok(())
    }

    /// Gives a parent's checks to a table that inherits from it.
    pub(in crate::catalog) fn take_checks(&mut self, table: Oid, parent: Oid) -> Result<(), Fault> {
        let checks: Vec<Name> = self
            .constraints_of(parent)
            .into_iter()
            .filter(|(_, check)| {
                matches!(check.kind, ConstraintKind::Check(_)) && !check.no_inherit
            })
            .map(|(oid, _)| self.name_of(oid))
            .collect();
        for name in checks {
            self.copy_check(parent, &name, table)?;
        }
        Ok(())
    }

    /// Gives a parent's column to a table that inherits from it: a new one, or merged with that of
    /// the same name.
    ///
    /// # Errors
    ///
    /// 42804 if it has one of another type.
    pub(in crate::catalog) fn inherit_column(
        &mut self,
        parent: Oid,
        column: ColumnId,
        child: Oid,
    ) -> Result<(), Fault> {
        let Some(source) = self
            .relation_of(parent)
            .and_then(|(_, parent)| parent.column_by_id(column))
            .cloned()
        else {
            return Ok(());
        };
        let there = self
            .relation_of(child)
            .and_then(|(_, child)| child.column(&source.name))
            .cloned();
        if let Some(there) = there {
            let name = &there.name;
            let what = if there.local {
                let child = self.name_of(child);
                format!("child table \"{child}\" has different type for column \"{name}\"")
            } else {
                format!("inherited column \"{name}\" has a type conflict")
            };
            self.same_type(&there, &source.ty, what)?;
            if let Some(there) = self.column_mut(child, there.id) {
                there.inherited = there.inherited.saturating_add(1);
                if super::key::known(&source.not_null) {
                    there.not_null = Fact::Known(true);
                }
            }
            return Ok(());
        }
        let partition = self
            .relation_of(child)
            .is_some_and(|(_, child)| child.partition_of.is_some());
        let filled = match &source.filled {
            // A partition's column is an identity too since PostgreSQL 17.
            Filled::Identity(_) if partition => Filled::Unknown,
            Filled::Identity(_) => Filled::Nothing,
            other => self.filled_for(other, parent, child),
        };
        let id = self.push_column(
            child,
            Column {
                inherited: 1,
                local: false,
                filled: Filled::Nothing,
                ..source.clone()
            },
        );
        self.copy_filled(parent, column, child, id, filled);
        Ok(())
    }

    /// Returns what fills a column of one table as it would fill one of another.
    pub(super) fn filled_for(&self, filled: &Filled, from: Oid, to: Oid) -> Filled {
        match filled {
            Filled::Default(sql) => Filled::Default(self.text_for(sql, from, to)),
            Filled::Generated(sql) => Filled::Generated(self.text_for(sql, from, to)),
            other => other.clone(),
        }
    }

    /// Sets what fills a column as a copy of another table's, with what that uses.
    pub(super) fn copy_filled(
        &mut self,
        from: Oid,
        column: ColumnId,
        to: Oid,
        id: ColumnId,
        filled: Filled,
    ) {
        let (was, part) = match filled {
            Filled::Generated(_) => (Part::Column(column), Part::Column(id)),
            _ => (Part::Default(column), Part::Default(id)),
        };
        let uses: Vec<Use> = self
            .store
            .get(from)
            .map(|object| object.uses.clone())
            .unwrap_or_default()
            .into_iter()
            .filter(|r#use| {
                r#use.part == was && matches!(filled, Filled::Default(_) | Filled::Generated(_))
            })
            .filter_map(|r#use| {
                let mut copy = r#use.by(part);
                if copy.what == from {
                    copy.what = to;
                    copy.column = match copy.column {
                        Some(column) => Some(self.same_column(from, column, to)?),
                        None => None,
                    };
                }
                Some(copy)
            })
            .collect();
        self.set_filled(to, id, filled, uses.into_iter());
    }

    /// Merges a column that is written with the one that is inherited.
    pub(super) fn merge_column(
        &mut self,
        table: Oid,
        there: &Column,
        def: &ColumnDef,
    ) -> Result<ColumnId, Fault> {
        let written = ColumnDef {
            colname: def.colname.clone(),
            typeName: def.typeName.clone(),
            constraints: def.constraints.clone(),
            collClause: def.collClause.clone(),
            ..ColumnDef::default()
        };
        // A column of its own first, for its sequence and its faults; then one of the two goes.
        let id = self.place_column(table, &written)?;
        let own = self
            .relation_of(table)
            .and_then(|(_, table)| table.column_by_id(id))
            .cloned();
        if let Some(relation) = self
            .store
            .get_mut(table)
            .and_then(|object| object.relation_mut())
        {
            relation.columns.retain(|column| column.id != id);
            relation.next_column = id.0;
        }
        let Some(own) = own else {
            return Ok(there.id);
        };
        if def.typeName.is_some() {
            let what = format!("column \"{}\" has a type conflict", there.name);
            self.same_type(there, &own.ty, what)?;
        }
        self.move_uses(table, id, there.id);
        if let Some(column) = self.column_mut(table, there.id) {
            column.local = true;
            if super::key::known(&own.not_null) {
                column.not_null = Fact::Known(true);
            }
            if !matches!(own.filled, Filled::Nothing) {
                column.filled = own.filled;
            }
        }
        Ok(there.id)
    }

    /// Gives what belongs to one column of a table to another: its default's uses, its sequence.
    fn move_uses(&mut self, table: Oid, from: ColumnId, to: ColumnId) {
        let moved = |r#use: &Use| match r#use.part {
            Part::Default(id) if id == from => Some(r#use.by(Part::Default(to))),
            Part::Column(id) if id == from => None,
            _ => Some(*r#use),
        };
        let uses = self
            .store
            .get(table)
            .map(|object| object.uses.iter().filter_map(moved).collect())
            .unwrap_or_default();
        self.store.set_uses(table, uses);
        for (user, _) in self.store.users(table) {
            let Some(Def::Sequence(sequence)) = self.store.get(user).map(|object| &object.def)
            else {
                continue;
            };
            if sequence.owner != Some((table, from)) {
                continue;
            }
            if let Some(object) = self.store.get_mut(user) {
                if let Def::Sequence(sequence) = &mut object.def {
                    sequence.owner = Some((table, to));
                }
                for r#use in &mut object.uses {
                    if r#use.what == table && r#use.column == Some(from) {
                        r#use.column = Some(to);
                    }
                }
            }
        }
    }

    fn same_type(&self, there: &Column, ty: &Type, what: String) -> Result<(), Fault> {
        if !there.ty.is_known() || !ty.is_known() || there.ty == *ty {
            return Ok(());
        }
        let (Some(was), Some(is)) = (self.type_text(&there.ty), self.type_text(ty)) else {
            return Ok(());
        };
        if was == is {
            return Ok(());
        }
        Err(Fault::new("42804", what)
            .at_name(&there.name)
            .note(format!("{was} versus {is}")))
    }
}

#[cfg(test)]
mod tests;
