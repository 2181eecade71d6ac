//! `CREATE SCHEMA`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::CreateSchemaStmt,
};

impl Catalog {
    pub(super) fn create_schema(&mut self, create: &CreateSchemaStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }
}
