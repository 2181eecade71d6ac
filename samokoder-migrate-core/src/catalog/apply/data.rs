//! Statements about rows: only the names in them are looked at.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::Node,
};

impl Catalog {
    pub(super) fn data(&mut self, node: &Node) -> Result<(), Fault> {
        let _ = node;
        Ok(())
    }
}
