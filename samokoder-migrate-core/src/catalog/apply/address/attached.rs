//! What is part of a table or a domain, by name: constraints, triggers, policies, rules.

use super::{Address, split_last};
use crate::{
    catalog::{
        Catalog,
        apply::drop::Target,
        fault::Fault,
        object::{Def, Space},
        store::Lookup,
    },
    tree::{List, Node, ObjectType, string},
};

impl Catalog {
    pub(super) fn attached_address(&self, kind: ObjectType, names: Option<&List>) -> Address {
        let Some((path, name)) = names.and_then(split_last) else {
            return Address::Unknown;
        };
        let table = match self.any_relation(path) {
            Address::Found(Target::Object(oid)) => oid,
            other => return other,
        };
        if let Some(Def::Index(_)) = self.store.get(table).map(|object| &object.def) {
            // What is said of it depends on the statement.
            return Address::Unknown;
        }
        let (space, noun, owner) = match kind {
            ObjectType::OBJECT_TRIGGER => (Space::Trigger, "trigger", "table"),
            ObjectType::OBJECT_POLICY => (Space::Policy, "policy", "table"),
            ObjectType::OBJECT_RULE => (Space::Rule, "rule", "relation"),
            _ => (Space::Constraint, "constraint", "table"),
        };
        match self.store.find(table, space, name) {
            Lookup::Found(oid) => Address::Found(Target::Object(oid)),
            Lookup::Unknown => Address::Unknown,
            Lookup::Absent if is_implicit(space, name) => Address::Unknown,
            Lookup::Absent => {
                let on = self
                    .store
                    .get(table)
                    .map(|object| object.name.clone())
                    .unwrap_or_default();
                Address::Absent(
                    Fault::new(
                        "42704",
                        format!("{noun} \"{name}\" for {owner} \"{on}\" does not exist"),
                    )
                    .at_name(name),
                )
            }
        }
    }

    /// Looks for a domain's constraint.
    ///
    /// # Errors
    ///
    /// 42704 if the domain is not there, 42809 if it is another type.
    pub(super) fn domain_constraint_address(&self, names: Option<&List>) -> Result<Address, Fault> {
        let Some([Some(Node::TypeName(domain)), Some(name)]) = names.map(Vec::as_slice) else {
            return Ok(Address::Unknown);
        };
        let (Some(oid), Some(name)) = (self.own_type(domain)?, string(name)) else {
            return Ok(Address::Unknown);
        };
        self.must_be_domain(oid)?;
        let is_domain = matches!(
            self.store.get(oid).map(|object| &object.def),
            Some(Def::Type(_))
        );
        Ok(match self.store.find(oid, Space::Constraint, name) {
            Lookup::Found(constraint) => Address::Found(Target::Object(constraint)),
            Lookup::Absent if is_domain => Address::Absent(
                Fault::new(
                    "42704",
                    format!(
                        "constraint \"{name}\" for domain {} does not exist",
                        self.visible_name(oid)
                    ),
                )
                .at_name(name),
            ),
            Lookup::Absent | Lookup::Unknown => Address::Unknown,
        })
    }
}

/// Returns whether a name may be that of a part that no statement names: a view's rule, or what
/// PostgreSQL 18 makes of NOT NULL.
fn is_implicit(space: Space, name: &str) -> bool {
    match space {
        Space::Rule => name == "_RETURN",
        Space::Constraint => name.contains("_not_null"),
        _ => false,
    }
}
