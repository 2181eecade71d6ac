//! Defaults, NOT NULL and generation expressions of columns, and their drop.

use super::{ColumnLookup, Reach};
use crate::{
    catalog::{
        Catalog,
        apply::Behavior,
        expression::Need,
        fault::Fault,
        missing::is_system_column,
        object::{ColumnId, ConstraintKind, Def, Fact, Filled, Name, Part, Space, Tie, Use},
        store::Oid,
    },
    tree::{AlterTableCmd, DropBehavior, Node},
};

impl Catalog {
    pub(super) fn alter_drop_column(
        &mut self,
        oid: Oid,
        command: &AlterTableCmd,
        reach: Reach,
    ) -> Result<(), Fault> {
        let name = command.name.as_deref().unwrap_or_default();
        let behavior = behavior(command.behavior);
        match self.column(oid, name) {
            ColumnLookup::Absent if command.missing_ok => Ok(()),
            ColumnLookup::Absent => Err(self.no_column(oid, name)),
            ColumnLookup::Unknown if is_system_column(name) => Err(Fault::new(
                "0A000",
                format!("cannot drop system column \"{name}\""),
            )
            .at_name(name)),
            ColumnLookup::Unknown => {
                self.note_gone(oid, name);
                self.blur_parts(oid);
                Ok(())
            }
            ColumnLookup::Found(id) => self.drop_column_of_all(oid, id, name, behavior, reach),
        }
    }

    fn drop_column_of_all(
        &mut self,
        oid: Oid,
        id: ColumnId,
        name: &str,
        behavior: Behavior,
        reach: Reach,
    ) -> Result<(), Fault> {
        if self
            .certain_column(oid, id)
            .is_some_and(|column| column.inherited > 0)
        {
            return Err(
                Fault::new("42P16", format!("cannot drop inherited column \"{name}\""))
                    .at_name(name),
            );
        }
        self.not_in_partition_key(oid, id, "drop", name)?;
        if reach == Reach::Only && self.is_partitioned(oid) && self.has_children(oid) {
            return Err(Fault::new(
                "42P16",
                "cannot drop column from only the partitioned table when partitions exist",
            ));
        }
        let children = self.children(oid);
        self.drop_column(oid, id, behavior)?;
        self.note_gone(oid, name);
        for child in children {
            let ColumnLookup::Found(own) = self.column(child, name) else {
                continue;
            };
            if !self.store.is_certain(oid) {
                self.store.blur(child);
            }
            let Some(column) = self.column_at(child, own) else {
                continue;
            };
            // The drop may have told the children itself.
            if column.inherited == 0 {
                continue;
            }
            let orphan = column.inherited == 1 && !column.local;
            self.change_column(child, own, |column| {
                column.inherited = column.inherited.saturating_sub(1);
                column.local |= reach == Reach::Only;
            });
            if orphan && reach == Reach::Children {
                self.drop_column_of_all(child, own, name, behavior, reach)?;
            }
        }
        Ok(())
    }

    /// Records that a column is not in an open relation.
    fn note_gone(&mut self, oid: Oid, name: &str) {
        if !self.store.is_open(oid) {
            return;
        }
        if let Some(relation) = self
            .store
            .get_mut(oid)
            .and_then(|object| object.relation_mut())
            && !relation.gone.iter().any(|gone| &**gone == name)
        {
            relation.gone.push(name.into());
        }
    }

    /// Records that constraints and indexes of a table may have gone with a column that is not known.
    fn blur_parts(&mut self, oid: Oid) {
        for (user, r#use) in self.store.users(oid) {
            let known = r#use
                .column
                .is_some_and(|id| self.column_at(oid, id).is_some());
            if !known
                && self
                    .store
                    .get(user)
                    .is_some_and(|object| matches!(object.def, Def::Index(_) | Def::Constraint(_)))
            {
                self.store.blur(user);
            }
        }
    }

    /// Sets or drops a default.
    pub(super) fn alter_default(
        &mut self,
        oid: Oid,
        name: &str,
        default: Option<&Node>,
        reach: Reach,
    ) -> Result<(), Fault> {
        let Some(id) = self.altered_column(oid, name)? else {
            return Ok(());
        };
        self.refuse_filled(oid, id, default)?;
        self.set_default(oid, id, default)?;
        self.each_child_column(oid, name, reach, |catalog, child, id| {
            catalog.alter_default(child, &catalog.column_name_of(child, id), default, reach)
        })
    }

    fn refuse_filled(&self, oid: Oid, id: ColumnId, default: Option<&Node>) -> Result<(), Fault> {
        let Some(column) = self.certain_column(oid, id) else {
            return Ok(());
        };
        let (what, drop) = match column.filled {
            Filled::Identity(_) => ("an identity column", "DROP IDENTITY"),
            Filled::Generated(_) => ("a generated column", "DROP EXPRESSION"),
            _ => return Ok(()),
        };
        let fault = Fault::new(
            "42601",
            format!(
                "column \"{}\" of relation \"{}\" is {what}",
                column.name,
                self.bare_name(oid)
            ),
        )
        .at_name(&column.name);
        Err(match default {
            Some(_) => fault,
            None => fault.note(format!(
                "use ALTER TABLE ... ALTER COLUMN ... {drop} instead"
            )),
        })
    }

    fn set_default(&mut self, oid: Oid, id: ColumnId, default: Option<&Node>) -> Result<(), Fault> {
        if let Some(node) = default {
            return self.set_column_default(oid, id, node);
        }
        self.set_filled(oid, id, Filled::Nothing, std::iter::empty());
        Ok(())
    }

    pub(super) fn set_not_null(&mut self, oid: Oid, name: &str, reach: Reach) -> Result<(), Fault> {
        let Some(id) = self.altered_column(oid, name)? else {
            return Ok(());
        };
        self.change_column(oid, id, |column| column.not_null = Fact::Known(true));
        self.each_child_column(oid, name, reach, |catalog, child, id| {
            catalog.set_not_null(child, &catalog.column_name_of(child, id), reach)
        })
    }

    pub(super) fn drop_not_null(
        &mut self,
        oid: Oid,
        name: &str,
        reach: Reach,
    ) -> Result<(), Fault> {
        let Some(id) = self.altered_column(oid, name)? else {
            return Ok(());
        };
        if let Some(column) = self.certain_column(oid, id) {
            if matches!(column.filled, Filled::Identity(_)) {
                return Err(Fault::new(
                    "42601",
                    format!(
                        "column \"{name}\" of relation \"{}\" is an identity column",
                        self.bare_name(oid)
                    ),
                )
                .at_name(name));
            }
            if self.is_in_primary_key(oid, id) {
                return Err(
                    Fault::new("42P16", format!("column \"{name}\" is in a primary key"))
                        .at_name(name),
                );
            }
        }
        self.keeps_not_null(oid, name)?;
        self.change_column(oid, id, |column| column.not_null = Fact::Known(false));
        self.each_child_column(oid, name, reach, |catalog, child, id| {
            // A child's own NOT NULL stays on PostgreSQL 18; it goes before.
            catalog.change_column(child, id, |column| {
                if column.not_null != Fact::Known(false) {
                    column.not_null = Fact::Known(false);
                }
            });
            Ok(())
        })
    }

    /// A partition cannot take NULL where its parent does not.
    fn keeps_not_null(&self, oid: Oid, name: &str) -> Result<(), Fault> {
        let parent = self
            .store
            .get(oid)
            .filter(|_| self.store.is_certain(oid))
            .and_then(|object| object.relation())
            .and_then(|relation| relation.partition_of.as_ref())
            .map(|(parent, _)| *parent);
        let Some(parent) = parent else { return Ok(()) };
        let marked = match self.column(parent, name) {
            ColumnLookup::Found(id) => self
                .certain_column(parent, id)
                .is_some_and(|column| column.not_null == Fact::Known(true)),
            _ => false,
        };
        if marked {
            return Err(Fault::new(
                "42P16",
                format!("column \"{name}\" is marked NOT NULL in parent table"),
            )
            .at_name(name));
        }
        Ok(())
    }

    pub(super) fn is_in_primary_key(&self, oid: Oid, id: ColumnId) -> bool {
        self.store
            .within(oid, Space::Constraint)
            .into_iter()
            .any(|key| {
                self.store.is_certain(key)
                    && matches!(
                        self.store.get(key).map(|object| &object.def),
                        Some(Def::Constraint(constraint))
                            if matches!(constraint.kind, ConstraintKind::PrimaryKey)
                                && constraint.columns.contains(&id)
                    )
            })
    }

    pub(super) fn column_name_of(&self, oid: Oid, id: ColumnId) -> Name {
        self.column_at(oid, id)
            .map_or_else(|| "".into(), |column| column.name.clone())
    }

    /// Records what a part of an object needs, in place of what it needed.
    pub(super) fn replace_uses(&mut self, oid: Oid, part: Part, needs: Vec<Need>, own: Tie) {
        let Some(object) = self.store.get(oid) else {
            return;
        };
        let mut uses: Vec<Use> = object
            .uses
            .iter()
            .filter(|r#use| r#use.part != part)
            .copied()
            .collect();
        uses.extend(needs.into_iter().map(|need| Use {
            what: need.what,
            column: need.column,
            part,
            tie: if need.what == oid { own } else { Tie::Normal },
        }));
        self.store.set_uses(oid, uses);
    }

    /// Refuses to touch a column that the partition key names.
    pub(super) fn not_in_partition_key(
        &self,
        oid: Oid,
        id: ColumnId,
        verb: &str,
        name: &str,
    ) -> Result<(), Fault> {
        let key = self
            .store
            .get(oid)
            .filter(|_| self.store.is_certain(oid))
            .and_then(|object| object.relation())
            .and_then(|relation| relation.partition_key.as_ref());
        let named = key.is_some_and(|key| {
            key.mentions
                .iter()
                .any(|mention| mention.what == oid && mention.column == Some(id))
        });
        if named {
            return Err(Fault::new(
                "42P16",
                format!(
                    "cannot {verb} column \"{name}\" because it is part of the partition key \
                     of relation \"{}\"",
                    self.bare_name(oid)
                ),
            )
            .at_name(name));
        }
        Ok(())
    }
}

/// Reads CASCADE or RESTRICT.
pub(super) fn behavior(written: DropBehavior) -> Behavior {
    if written == DropBehavior::DROP_CASCADE {
        Behavior::Cascade
    } else {
        Behavior::Restrict
    }
}
