//! `ALTER TABLE`, `ALTER INDEX`, `ALTER VIEW`, … with their passes.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::AlterTableStmt,
};

impl Catalog {
    pub(super) fn alter_table(&mut self, alter: &AlterTableStmt) -> Result<(), Fault> {
        let _ = alter;
        Ok(())
    }
}
