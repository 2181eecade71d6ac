//! `CREATE RULE`.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::RuleStmt,
};

impl Catalog {
    pub(super) fn create_rule(&mut self, create: &RuleStmt) -> Result<(), Fault> {
        let _ = create;
        Ok(())
    }
}
