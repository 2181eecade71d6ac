//! Comments, privileges, owners, roles.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::Node,
};

impl Catalog {
    pub(super) fn grant(&mut self, node: &Node) -> Result<(), Fault> {
        let _ = node;
        Ok(())
    }
}
