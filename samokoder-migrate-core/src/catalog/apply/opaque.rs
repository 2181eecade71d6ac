//! Statements whose effect is not in their text: `DO`, `CALL`, functions that change the schema.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{CallStmt, DoStmt},
};

impl Catalog {
    pub(super) fn run_block(&mut self, block: &DoStmt) -> Result<(), Fault> {
        let _ = block;
        Ok(())
    }

    pub(super) fn call(&mut self, call: &CallStmt) -> Result<(), Fault> {
        let _ = call;
        Ok(())
    }
}
