//! `ALTER … RENAME` and `ALTER … SET SCHEMA`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{AlterObjectSchemaStmt, RenameStmt},
};

impl Catalog {
    pub(super) fn rename(&mut self, rename: &RenameStmt) -> Result<(), Fault> {
        let _ = rename;
        Ok(())
    }

    pub(super) fn set_schema(&mut self, alter: &AlterObjectSchemaStmt) -> Result<(), Fault> {
        let _ = alter;
        Ok(())
    }
}
