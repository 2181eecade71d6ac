//! Functions, procedures and aggregates by signature.

use super::Address;
use crate::{
    catalog::{Catalog, apply::drop::Target, fault::Fault, store::Lookup},
    tree::{Node, ObjectType},
};

impl Catalog {
    /// Looks for a routine.
    ///
    /// # Errors
    ///
    /// 42725 if several have the name.
    pub(super) fn routine_address(
        &self,
        kind: ObjectType,
        object: &Node,
    ) -> Result<Address, Fault> {
        let Node::ObjectWithArgs(written) = object else {
            return Ok(Address::Unknown);
        };
        Ok(match self.find_routine(written, kind)? {
            Lookup::Found(oid) => Address::Found(Target::Object(oid)),
            Lookup::Unknown => Address::Unknown,
            Lookup::Absent => Address::Absent(self.no_routine(written, kind)),
        })
    }
}
