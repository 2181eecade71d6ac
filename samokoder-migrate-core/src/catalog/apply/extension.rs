//! `CREATE EXTENSION`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{CreateExtensionStmt, Node},
};

impl Catalog {
    pub(super) fn create_extension(&mut self, create: &CreateExtensionStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }

    pub(super) fn alter_extension(&mut self, node: &Node) -> Result<(), Fault> {
        let _ = node;
        Ok(())
    }
}
