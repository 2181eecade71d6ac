//! `CREATE SEQUENCE`, `ALTER SEQUENCE`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{AlterSeqStmt, CreateSeqStmt},
};

impl Catalog {
    pub(super) fn create_sequence(&mut self, create: &CreateSeqStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSeqStmt) -> Result<(), Fault> {
        let _ = alter;
        Ok(())
    }
}
