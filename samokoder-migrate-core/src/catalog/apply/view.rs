//! `CREATE VIEW`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::{RefreshMatViewStmt, ViewStmt},
};

impl Catalog {
    pub(super) fn create_view(&mut self, create: &ViewStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }

    pub(super) fn refresh(&mut self, refresh: &RefreshMatViewStmt) -> Result<(), Fault> {
        let _ = refresh;
        Ok(())
    }
}
