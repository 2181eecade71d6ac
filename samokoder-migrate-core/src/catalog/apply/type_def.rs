//! Enums, composite types, domains, ranges.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::Node,
};

impl Catalog {
    pub(super) fn define_type(&mut self, node: &Node) -> Result<(), Fault> {
        let _ = node;
        Ok(())
    }
}
