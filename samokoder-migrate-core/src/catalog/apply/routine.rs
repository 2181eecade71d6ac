//! Functions and procedures.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{AlterFunctionStmt, CreateFunctionStmt},
};

impl Catalog {
    pub(super) fn create_routine(&mut self, create: &CreateFunctionStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }

    pub(super) fn alter_routine(&mut self, alter: &AlterFunctionStmt) -> Result<(), Fault> {
        let _ = alter;
        Ok(())
    }
}
