//! `CREATE TABLE`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{CreateForeignTableStmt, CreateStmt},
};

impl Catalog {
    pub(super) fn create_table(&mut self, create: &CreateStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }

    pub(super) fn create_foreign_table(
        &mut self,
        create: &CreateForeignTableStmt,
    ) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }
}
