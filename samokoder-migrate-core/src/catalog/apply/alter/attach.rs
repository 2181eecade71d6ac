//! `ATTACH PARTITION` and `DETACH PARTITION`.

use super::Guard;
use crate::{
    catalog::{
        Catalog,
        expression::Sql,
        fault::Fault,
        object::{Def, Object, Space, Tie, Use},
        store::Oid,
    },
    tree::{Node, ObjectType},
};

impl Catalog {
    pub(super) fn attach_partition(
        &mut self,
        parent: Oid,
        def: Option<&Node>,
    ) -> Result<(), Fault> {
        let Some(Node::PartitionCmd(written)) = def else {
            return Ok(());
        };
        let Some(var) = written.name.as_deref() else {
            return Ok(());
        };
        let found = self.altered_relation(var, ObjectType::OBJECT_TABLE, Guard::Required)?;
        let Some(child) = found else { return Ok(()) };
        self.must_be_partitioned(parent)?;
        let taken = self
            .store
            .get(child)
            .filter(|_| self.store.is_certain(child))
            .and_then(|object| object.relation())
            .is_some_and(|relation| relation.partition_of.is_some());
        if taken {
            return Err(Fault::new(
                "42809",
                format!("\"{}\" is already a partition", self.bare_name(child)),
            ));
        }
        self.merge_into_child(parent, child)?;
        for column in self.known_columns(child) {
            self.change_column(child, column.id, |own| own.local = false);
        }
        for part in self.store.within(child, Space::Constraint) {
            self.change_constraint(part, |own| own.local &= own.inherited == 0);
        }
        let bound = match written.bound.as_deref() {
            Some(bound) => self.partition_bound(bound)?,
            None => Sql::default(),
        };
        self.store
            .add_uses(child, [Use::of(parent).tied(Tie::Auto)]);
        if let Some(relation) = self
            .store
            .get_mut(child)
            .and_then(|object| object.relation_mut())
        {
            relation.partition_of = Some((parent, bound));
        }
        if self.store.is_open(parent) {
            self.store.blur(child);
            return Ok(());
        }
        self.take_parts(child)
    }

    fn must_be_partitioned(&self, parent: Oid) -> Result<(), Fault> {
        if self.is_partitioned(parent) || self.store.is_open(parent) {
            return Ok(());
        }
        Err(Fault::new(
            "42P17",
            format!("table \"{}\" is not partitioned", self.bare_name(parent)),
        ))
    }

    pub(super) fn detach_partition(
        &mut self,
        parent: Oid,
        def: Option<&Node>,
    ) -> Result<(), Fault> {
        let Some(Node::PartitionCmd(written)) = def else {
            return Ok(());
        };
        let Some(var) = written.name.as_deref() else {
            return Ok(());
        };
        self.must_be_partitioned(parent)?;
        let found = self.altered_relation(var, ObjectType::OBJECT_TABLE, Guard::Required)?;
        let Some(child) = found else { return Ok(()) };
        let own = self
            .store
            .get(child)
            .and_then(|object| object.relation())
            .and_then(|relation| relation.partition_of.as_ref())
            .is_some_and(|(of, _)| *of == parent);
        if !own {
            if self.store.is_open(child) || !self.store.is_certain(parent) {
                return Ok(());
            }
            return Err(Fault::new(
                "42P01",
                format!(
                    "relation \"{}\" is not a partition of relation \"{}\"",
                    self.bare_name(child),
                    self.bare_name(parent)
                ),
            ));
        }
        if let Some(relation) = self
            .store
            .get_mut(child)
            .and_then(|object| object.relation_mut())
        {
            relation.partition_of = None;
        }
        self.leave_parent(parent, child);
        for part in self.store.within(child, Space::Constraint) {
            self.change_constraint(part, |own| {
                own.inherited = 0;
                own.local = true;
            });
            self.free_of(parent, part);
        }
        for index in self.indexes(child) {
            if let Some(Object {
                def: Def::Index(index),
                ..
            }) = self.store.get_mut(index)
            {
                index.parent = None;
            }
            self.free_of(parent, index);
        }
        for trigger in self.store.within(child, Space::Trigger) {
            if matches!(
                self.store.get(trigger).map(|object| &object.def),
                Some(Def::Trigger(trigger)) if trigger.parent.is_some()
            ) {
                self.store.remove(trigger);
            }
        }
        Ok(())
    }

    /// Makes an index or a constraint of a former partition its own: it goes with none of the
    /// partitioned table's.
    fn free_of(&mut self, parent: Oid, part: Oid) {
        let Some(object) = self.store.get(part) else {
            return;
        };
        let uses: Vec<Use> = object
            .uses
            .iter()
            .filter(|r#use| match self.store.get(r#use.what) {
                Some(used) => match &used.def {
                    Def::Index(index) => {
                        index.table != parent || !matches!(r#use.tie, Tie::Internal | Tie::Auto)
                    }
                    Def::Constraint(_) => used.within != parent,
                    _ => true,
                },
                None => true,
            })
            .copied()
            .collect();
        self.store.set_uses(part, uses);
    }
}
