//! `SET`, as far as it changes what names mean.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{Node, VariableSetStmt},
};

impl Catalog {
    pub(super) fn set_variable(&mut self, set: &VariableSetStmt) -> Result<(), Fault> {
        let _ = set;
        Ok(())
    }

    pub(super) fn discard(&mut self, node: &Node) -> Result<(), Fault> {
        let _ = node;
        Ok(())
    }
}
