//! `CREATE TRIGGER`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::CreateTrigStmt,
};

impl Catalog {
    pub(super) fn create_trigger(&mut self, create: &CreateTrigStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }
}
