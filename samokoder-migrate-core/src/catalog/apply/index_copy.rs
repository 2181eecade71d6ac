//! What an index is, and what it would be on another table.

use super::index_build::{Owner, Spec};
use crate::catalog::{
    Catalog,
    expression::Need,
    object::{Def, KeyWhat, Tie},
    store::Oid,
};

impl Catalog {
    /// Returns what an index is, to make another like it.
    pub(super) fn spec_of(&self, oid: Oid) -> Option<Spec> {
        let object = self.store.get(oid)?;
        let Def::Index(index) = &object.def else {
            return None;
        };
        let owner =
            index
                .constraint
                .and_then(|constraint| match &self.store.get(constraint)?.def {
                    Def::Constraint(constraint) => Some(Owner {
                        kind: constraint.kind.clone(),
                        deferrable: constraint.deferrable,
                    }),
                    _ => None,
                });
        let has_text = index.predicate.is_some()
            || index
                .keys
                .iter()
                .any(|key| matches!(key.what, KeyWhat::Expression(_)));
        let needs = object
            .uses
            .iter()
            .filter(|r#use| has_text && r#use.tie != Tie::Internal)
            .map(|r#use| Need {
                what: r#use.what,
                column: r#use.column,
            })
            .collect();
        Some(Spec {
            method: index.method.clone(),
            unique: index.unique,
            keys: index.keys.clone(),
            include: index.include.clone(),
            attributes: index.attributes.clone(),
            predicate: index.predicate.clone(),
            options: index.options.clone(),
            needs,
            owner,
        })
    }

    /// Returns an index of one table as it would be on another; `None` if a column is not there.
    pub(super) fn spec_for(&self, spec: &Spec, from: Oid, to: Oid) -> Option<Spec> {
        let mut spec = spec.clone();
        for key in &mut spec.keys {
            match &mut key.what {
                KeyWhat::Column(id) => *id = self.same_column(from, *id, to)?,
                KeyWhat::Expression(sql) => *sql = self.text_for(sql, from, to),
            }
        }
        for id in &mut spec.include {
            *id = self.same_column(from, *id, to)?;
        }
        if let Some(predicate) = &mut spec.predicate {
            *predicate = self.text_for(predicate, from, to);
        }
        spec.needs = self.needs_for(&spec.needs, from, to);
        Some(spec)
    }
}
