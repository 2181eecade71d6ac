//! What cannot be dropped alone, and what it is a part of.

use super::Target;
use crate::catalog::{
    Catalog,
    object::{Def, Part, Tie},
};

/// What something is an inseparable part of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    pub(super) what: Target,
    pub(super) kind: OwnerKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnerKind {
    /// It is a part of it: where it goes, the whole goes.
    Whole,
    /// It is a partition's copy of it: it goes alone with its partition.
    Original,
}

impl Catalog {
    /// Lists what a target is an inseparable part of.
    pub(super) fn owners(&self, target: Target) -> Vec<Owner> {
        let store = &self.store;
        let Target::Object(oid) = target else {
            return Vec::new();
        };
        let Some(object) = store.get(oid) else {
            return Vec::new();
        };
        let whole = |what| Owner {
            what,
            kind: OwnerKind::Whole,
        };
        let mut owners: Vec<Owner> = object
            .extension
            .iter()
            .map(|extension| whole(Target::Object(*extension)))
            .collect();
        for r#use in &object.uses {
            if r#use.tie == Tie::Internal && r#use.part == Part::Whole && r#use.what != oid {
                let what = match r#use.column {
                    Some(column) => Target::Column(r#use.what, column),
                    None => Target::Object(r#use.what),
                };
                let kind = match store.get(r#use.what) {
                    Some(other) if is_copy(&object.def, &other.def) => OwnerKind::Original,
                    _ => OwnerKind::Whole,
                };
                owners.push(Owner { what, kind });
            }
        }
        let parent = match &object.def {
            Def::Index(index) => index.parent,
            Def::Trigger(trigger) => trigger.parent,
            _ => None,
        };
        if let Some(parent) = parent
            && store.get(parent).is_some()
        {
            owners.push(Owner {
                what: Target::Object(parent),
                kind: OwnerKind::Original,
            });
        }
        owners
    }
}

fn is_copy(part: &Def, of: &Def) -> bool {
    matches!(
        (part, of),
        (Def::Index(_), Def::Index(_))
            | (Def::Trigger(_), Def::Trigger(_))
            | (Def::Constraint(_), Def::Constraint(_))
    )
}
