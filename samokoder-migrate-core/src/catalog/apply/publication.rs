//! `CREATE PUBLICATION`, `ALTER PUBLICATION`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{AlterPublicationStmt, CreatePublicationStmt},
};

impl Catalog {
    pub(super) fn create_publication(
        &mut self,
        create: &CreatePublicationStmt,
    ) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }

    pub(super) fn alter_publication(&mut self, alter: &AlterPublicationStmt) -> Result<(), Fault> {
        let _ = alter;
        Ok(())
    }
}
