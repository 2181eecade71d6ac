//! The statement `DROP …`.

use super::{Behavior, Target};
use crate::{
    catalog::{
        Catalog,
        apply::address::{Address, Place, is_of_a_schema, list, place, split_last},
        fault::Fault,
        object::{Def, Space, Tie},
        resolve::SearchPath,
        store::{Lookup, Oid},
    },
    tree::{DropBehavior, DropStmt, Node, ObjectType, Path},
};

impl Catalog {
    pub(in crate::catalog::apply) fn drop_objects(&mut self, drop: &DropStmt) -> Result<(), Fault> {
        let behavior = Behavior::of(drop.behavior);
        if drop.concurrent {
            concurrently(drop, behavior)?;
        }
        let mut targets = Vec::new();
        let mut unknown = Vec::new();
        for object in drop.objects.iter().flatten() {
            match self.drop_address(drop, object)? {
                Address::Found(target) if targets.contains(&target) => {}
                Address::Found(target) if is_type(drop.removeType) => {
                    self.must_not_be_relation(target)?;
                    targets.push(target);
                }
                Address::Found(target) => targets.push(target),
                Address::Absent(_) if drop.missing_ok => {}
                Address::Absent(fault) => return Err(fault),
                Address::Unknown => unknown.push(object),
            }
        }
        let takes_more =
            !unknown.is_empty() || targets.iter().any(|target| self.holds_more(*target));
        if behavior == Behavior::Cascade && takes_more && !is_leaf(drop.removeType) {
            // What needs something that is not known is not known either.
            self.store.cover();
        }
        self.drop_targets(&targets, behavior)?;
        for object in unknown {
            self.drop_unknown(drop, object);
        }
        Ok(())
    }

    /// Refuses to drop the type of a relation's rows.
    fn must_not_be_relation(&self, target: Target) -> Result<(), Fault> {
        let is_relation = self
            .store
            .get(target.oid())
            .is_some_and(|object| object.relation().is_some());
        if !is_relation || !self.store.is_certain(target.oid()) {
            return Ok(());
        }
        let name = self.visible_name(target.oid());
        let relation = self.wording(target);
        Err(Fault::new(
            "2BP01",
            format!("cannot drop type {name} because {relation} requires it"),
        )
        .at_name(&self.own_name(target.oid()))
        .note(format!("you can drop {relation} instead")))
    }

    /// Returns whether there is more in something than is known.
    fn holds_more(&self, target: Target) -> bool {
        match self.store.get(target.oid()).map(|object| &object.def) {
            Some(Def::Extension(_)) => true,
            Some(Def::Schema) => self.store.is_open(target.oid()),
            _ => false,
        }
    }

    fn drop_address(&self, drop: &DropStmt, object: &Node) -> Result<Address, Fault> {
        match place(drop.removeType, object) {
            Some(place) if place.space == Space::Relation => {
                self.dropped_relation(drop.removeType, place.path)
            }
            _ => self.address(drop.removeType, object),
        }
    }

    /// Records that a name that was not known is free now.
    fn drop_unknown(&mut self, drop: &DropStmt, object: &Node) {
        let attached = matches!(
            drop.removeType,
            ObjectType::OBJECT_TRIGGER | ObjectType::OBJECT_POLICY | ObjectType::OBJECT_RULE
        );
        if attached {
            self.drop_unknown_part(drop.removeType, object);
            return;
        }
        if self.drop_unnamed(drop.removeType, object).is_some() {
            return;
        }
        let Some(Place { space, path }) = place(drop.removeType, object) else {
            return;
        };
        if space.shares_names() || Self::is_system_name(space, path.name) {
            return;
        }
        let mut first = true;
        for place in self.places(space, path) {
            match self.store.find(place, space, path.name) {
                Lookup::Absent => {}
                // The first that has it was dropped, so the first of all has it no more.
                _ if first => {
                    self.free(place, space, path.name);
                    first = false;
                }
                _ => self.store.blur_name(place, space, path.name),
            }
        }
    }

    /// Lists where a name may be, in the order of the search path.
    fn places(&self, space: Space, path: Path<'_>) -> Vec<Oid> {
        let found = |name: &str| match self.schema(name) {
            Lookup::Found(oid) => Some(oid),
            _ => None,
        };
        if !is_of_a_schema(space) {
            return vec![Oid::DATABASE];
        }
        if let Some(schema) = path.schema {
            return found(schema).into_iter().collect();
        }
        let SearchPath::Known(schemas) = &self.search_path else {
            return Vec::new();
        };
        let known = schemas.iter().filter_map(|schema| found(schema));
        if schemas
            .iter()
            .any(|schema| self.schema(schema) == Lookup::Unknown)
        {
            return Vec::new();
        }
        std::iter::once(self.temporary).chain(known).collect()
    }

    /// Takes away whatever may have a name, and frees it.
    fn free(&mut self, within: Oid, space: Space, name: &str) {
        let taken = self.store.find_all(within, space, name).0.to_vec();
        for oid in taken {
            for part in self.parts(oid) {
                self.forget(part);
            }
            self.store.remove(oid);
        }
        self.store.clear_name(within, space, name);
    }

    fn drop_unknown_part(&mut self, kind: ObjectType, object: &Node) {
        let Some((path, name)) = list(object).and_then(split_last) else {
            return;
        };
        let Address::Found(table) = self.any_relation(path) else {
            return;
        };
        let space = match kind {
            ObjectType::OBJECT_TRIGGER => Space::Trigger,
            ObjectType::OBJECT_POLICY => Space::Policy,
            _ => Space::Rule,
        };
        self.free(table.oid(), space, name);
    }

    /// Lists what is within a relation or tied to it.
    fn parts(&self, oid: Oid) -> Vec<Oid> {
        let mut parts: Vec<Oid> = super::walk::IN_A_TABLE
            .iter()
            .flat_map(|space| self.store.within(oid, *space))
            .collect();
        for (user, r#use) in self.store.users(oid) {
            if r#use.tie != Tie::Normal && !parts.contains(&user) {
                parts.push(user);
            }
        }
        parts
    }

    /// Drops what some roles own: which that is, is not known.
    pub(in crate::catalog::apply) fn drop_owned(&mut self, node: &Node) {
        if matches!(node, Node::DropOwnedStmt(_)) {
            self.store.cover();
        }
    }

    /// Lists the publications.
    pub(in crate::catalog::apply) fn publications(&self) -> Vec<Oid> {
        self.store.within(Oid::DATABASE, Space::Publication)
    }

    /// Drops what a name was found to mean, if it was found.
    ///
    /// # Errors
    ///
    /// 2BP01 if something known needs it, or the fault of a name that nothing has.
    pub(in crate::catalog::apply) fn drop_by_name(
        &mut self,
        space: Space,
        name: &str,
        guard: Guard,
        behavior: Behavior,
        absent: impl FnOnce() -> Fault,
    ) -> Result<(), Fault> {
        match self.store.find(Oid::DATABASE, space, name) {
            Lookup::Found(oid) => self.drop_targets(&[Target::Object(oid)], behavior),
            Lookup::Absent if guard == Guard::IfExists => Ok(()),
            Lookup::Absent => Err(absent()),
            Lookup::Unknown => {
                self.free(Oid::DATABASE, space, name);
                Ok(())
            }
        }
    }
}

/// Whether a statement may do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog::apply) enum Guard {
    IfExists,
    None,
}

impl Guard {
    /// Reads the flag of a statement.
    pub(in crate::catalog::apply) fn of(missing_ok: bool) -> Self {
        if missing_ok {
            Self::IfExists
        } else {
            Self::None
        }
    }
}

impl Behavior {
    /// Reads the behaviour of a statement.
    pub(in crate::catalog) fn of(behavior: DropBehavior) -> Self {
        match behavior {
            DropBehavior::DROP_CASCADE => Self::Cascade,
            _ => Self::Restrict,
        }
    }
}

fn is_type(kind: ObjectType) -> bool {
    matches!(kind, ObjectType::OBJECT_TYPE | ObjectType::OBJECT_DOMAIN)
}

/// Returns whether nothing can depend on what a statement drops.
fn is_leaf(kind: ObjectType) -> bool {
    matches!(
        kind,
        ObjectType::OBJECT_TRIGGER
            | ObjectType::OBJECT_POLICY
            | ObjectType::OBJECT_RULE
            | ObjectType::OBJECT_PUBLICATION
            | ObjectType::OBJECT_SUBSCRIPTION
            | ObjectType::OBJECT_EVENT_TRIGGER
            | ObjectType::OBJECT_STATISTIC_EXT
            | ObjectType::OBJECT_CAST
            | ObjectType::OBJECT_TRANSFORM
            | ObjectType::OBJECT_ROLE
    )
}

fn concurrently(drop: &DropStmt, behavior: Behavior) -> Result<(), Fault> {
    let message = if drop.objects.len() != 1 {
        "DROP INDEX CONCURRENTLY does not support dropping multiple objects"
    } else if behavior == Behavior::Cascade {
        "DROP INDEX CONCURRENTLY does not support CASCADE"
    } else {
        return Ok(());
    };
    Err(Fault::new("0A000", message))
}
