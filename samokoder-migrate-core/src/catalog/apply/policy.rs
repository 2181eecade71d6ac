//! `CREATE POLICY`, `ALTER POLICY`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{AlterPolicyStmt, CreatePolicyStmt},
};

impl Catalog {
    pub(super) fn create_policy(&mut self, create: &CreatePolicyStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }

    pub(super) fn alter_policy(&mut self, alter: &AlterPolicyStmt) -> Result<(), Fault> {
        let _ = alter;
        Ok(())
    }
}
