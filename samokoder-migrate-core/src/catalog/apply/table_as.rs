//! `CREATE TABLE AS`, `CREATE MATERIALIZED VIEW`, `SELECT INTO`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::CreateTableAsStmt,
};

impl Catalog {
    pub(super) fn create_table_as(&mut self, create: &CreateTableAsStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }
}
