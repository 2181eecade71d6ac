//! TRUNCATE, and what LOCK takes.

use super::effect::Fired;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{ConstraintKind, Def, RelationKind},
        store::Oid,
    },
    tree::{DropBehavior, LockStmt, Node, TruncateStmt},
};

impl Catalog {
    pub(super) fn truncate(&mut self, truncate: &TruncateStmt) -> Result<(), Fault> {
        let mut tables = Vec::with_capacity(truncate.relations.len());
        for node in truncate.relations.iter().flatten() {
            let Node::RangeVar(var) = node else { continue };
            let Some(oid) = self.command_relation(var)? else {
                continue;
            };
            self.refuse_no_table(oid, var.location)?;
            tables.push(oid);
        }
        if truncate.behavior != DropBehavior::DROP_CASCADE {
            self.refuse_referenced(&tables)?;
        }
        for oid in tables {
            self.fire_events(oid, Fired::Truncate);
        }
        Ok(())
    }

    fn refuse_no_table(&self, oid: Oid, location: i32) -> Result<(), Fault> {
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        let is_table = match &object.def {
            Def::Relation(relation) => !matches!(
                relation.kind,
                RelationKind::View | RelationKind::MaterializedView
            ),
            Def::Sequence(_) => false,
            _ => return Ok(()),
        };
        if is_table || !self.store.is_certain(oid) || object.open {
            return Ok(());
        }
        let message = format!("\"{}\" is not a table", object.name);
        Err(Fault::new("42809", message).at(location))
    }

    /// Refuses a table that another's foreign key points to, unless that is truncated too.
    fn refuse_referenced(&self, tables: &[Oid]) -> Result<(), Fault> {
        let all = self.with_children(tables);
        for table in &all {
            for (user, _) in self.store.users(*table) {
                let Some(object) = self.store.get(user) else {
                    continue;
                };
                let Def::Constraint(constraint) = &object.def else {
                    continue;
                };
                let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                    continue;
                };
                let certain = self.store.is_certain(user) && self.store.is_certain(object.within);
                if key.table != *table || all.contains(&object.within) || !certain {
                    continue;
                }
                let name = |oid: Oid| {
                    let object = self.store.get(oid);
                    object.map_or_else(String::new, |object| object.name.to_string())
                };
                let fault = Fault::new(
                    "0A000",
                    "cannot truncate a table referenced in a foreign key constraint",
                );
                return Err(fault.at_name(&name(*table)).note(format!(
                    "Table \"{}\" references \"{}\".",
                    name(object.within),
                    name(*table)
                )));
            }
        }
        Ok(())
    }

    /// Lists tables with what inherits from them.
    fn with_children(&self, tables: &[Oid]) -> Vec<Oid> {
        let mut all = tables.to_vec();
        let mut next = 0;
        while let Some(parent) = all.get(next).copied() {
            next += 1;
            for (user, _) in self.store.users(parent) {
                let Some(relation) = self.store.get(user).and_then(|object| object.relation())
                else {
                    continue;
                };
                let child = relation.inherits.contains(&parent)
                    || relation
                        .partition_of
                        .as_ref()
                        .is_some_and(|of| of.0 == parent);
                if child && !all.contains(&user) {
                    all.push(user);
                }
            }
        }
        all
    }

    pub(super) fn lock(&mut self, lock: &LockStmt) -> Result<(), Fault> {
        for node in lock.relations.iter().flatten() {
            if let Node::RangeVar(var) = node {
                self.command_relation(var)?;
            }
        }
        Ok(())
    }
}
