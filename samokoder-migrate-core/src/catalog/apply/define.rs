//! Aggregates, operators, casts, text search, statistics, …

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{DefineStmt, Node},
};

impl Catalog {
    pub(super) fn define(&mut self, define: &DefineStmt) -> Result<(), Fault> {
        let _ = define;
        Ok(())
    }

    pub(super) fn define_other(&mut self, node: &Node) -> Result<(), Fault> {
        let _ = node;
        Ok(())
    }
}
