//! Tables that inherit from a table, and its partitions.

use super::Reach;
use crate::catalog::{
    Catalog,
    fault::Fault,
    object::{Column, ColumnId},
    store::Oid,
};

impl Catalog {
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
            if let super::ColumnLookup::Found(id) = self.column(child, name) {
                change(self, child, id)?;
            }
        }
        Ok(())
    }

    /// Returns the column that a subcommand may not change, because it belongs to a parent.
    pub(super) fn certain_column(&self, relation: Oid, id: ColumnId) -> Option<&Column> {
        self.column_at(relation, id)
            .filter(|_| self.store.is_certain(relation))
    }
}
