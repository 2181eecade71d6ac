//! `CREATE INDEX`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::IndexStmt,
};

impl Catalog {
    pub(super) fn create_index(&mut self, create: &IndexStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }
}
