//! Tables that inherit from a table, and its partitions.

use super::Reach;
use crate::catalog::{
    Catalog,
    fault::Fault,
    object::{Column, ColumnId, Object},
    store::Oid,
};

impl Catalog {
    /// Lists the tables that inherit from one directly, and its partitions.
    pub(in crate::catalog::apply) fn children(&self, parent: Oid) -> Vec<Oid> {
        let mut children: Vec<Oid> = self
            .store
            .users(parent)
            .into_iter()
            .map(|(user, _)| user)
            .filter(|user| {
                self.store
                    .get(*user)
                    .is_some_and(|object| is_child(object, parent))
            })
            .collect();
        children.dedup();
        children
    }

    /// Returns whether a relation has children for certain.
    pub(super) fn has_children(&self, parent: Oid) -> bool {
        self.store.is_certain(parent)
            && self
                .children(parent)
                .into_iter()
                .any(|child| self.store.is_certain(child))
    }

    /// Does to the children's columns of a name what was done to a table's.
    pub(super) fn each_child_column(
        &mut self,
        parent: Oid,
        name: &str,
        reach: Reach,
        mut change: impl FnMut(&mut Self, Oid, ColumnId) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if reach == Reach::Only {
            return Ok(());
        }
        for child in self.children(parent) {
            if !self.store.is_certain(parent) {
                self.store.blur(child);
            }
            if let super::ColumnLookup::Found(id) = self.column_named(child, name) {
                change(self, child, id)?;
            }
        }
        Ok(())
    }

    /// Returns the column that a subcommand may not change, because it belongs to a parent.
    pub(super) fn certain_column(&self, relation: Oid, id: ColumnId) -> Option<&Column> {
        self.column(relation, id)
            .filter(|_| self.store.is_certain(relation))
    }
}

/// Returns whether an object is a partition of a table, or inherits from it.
fn is_child(object: &Object, parent: Oid) -> bool {
    object.relation().is_some_and(|relation| {
        relation.inherits.contains(&parent)
            || relation
                .partition_of
                .as_ref()
                .is_some_and(|(of, _)| *of == parent)
    })
}
