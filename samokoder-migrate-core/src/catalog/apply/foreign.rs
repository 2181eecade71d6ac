//! Foreign data, subscriptions.

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::Node,
};

impl Catalog {
    pub(super) fn foreign(&mut self, node: &Node) -> Result<(), Fault> {
        let _ = node;
        Ok(())
    }
}
