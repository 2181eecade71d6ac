//! The unique key that ON CONFLICT means.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{ColumnId, ConstraintKind, Def, KeyWhat, Space},
        store::Oid,
    },
    tree::{InferClause, Node},
};

impl Catalog {
    /// Looks for a unique index on just the columns that ON CONFLICT names.
    ///
    /// # Errors
    ///
    /// 42P10 if there is none (chapter "INSERT", "ON CONFLICT Clause").
    pub(super) fn inferred(&self, infer: &InferClause, table: Oid) -> Result<(), Fault> {
        if infer.indexElems.is_empty() || self.store.is_open(table) {
            return Ok(());
        }
        let Some(mut wanted) = self.plain_columns(infer, table) else {
            return Ok(());
        };
        wanted.sort_unstable();
        wanted.dedup();
        let same = |columns: &[ColumnId]| {
            let mut columns = columns.to_vec();
            columns.sort_unstable();
            columns.dedup();
            columns == wanted
        };
        for oid in self.store.within(table, Space::Constraint) {
            let Some(Def::Constraint(constraint)) = self.store.get(oid).map(|object| &object.def)
            else {
                continue;
            };
            let matches = match constraint.kind {
                ConstraintKind::PrimaryKey | ConstraintKind::Unique => same(&constraint.columns),
                ConstraintKind::Exclude | ConstraintKind::Unknown => return Ok(()),
                _ => false,
            };
            if matches || !self.store.is_certain(oid) {
                return Ok(());
            }
        }
        for (oid, _) in self.store.users(table) {
            let Some(Def::Index(index)) = self.store.get(oid).map(|object| &object.def) else {
                continue;
            };
            if index.table != table || !index.unique {
                continue;
            }
            // One on part of the rows takes part where ON CONFLICT says the same condition.
            if index.predicate.is_some() && infer.whereClause.is_none() {
                continue;
            }
            let columns: Vec<ColumnId> = index
                .keys
                .iter()
                .filter_map(|key| match key.what {
                    KeyWhat::Column(id) => Some(id),
                    KeyWhat::Expression(_) => None,
                })
                .collect();
            let plain = columns.len() == index.keys.len();
            if !self.store.is_certain(oid) || plain && same(&columns) {
                return Ok(());
            }
        }
        let message =
            "there is no unique or exclusion constraint matching the ON CONFLICT specification";
        Err(Fault::new("42P10", message))
    }

    /// Returns the columns that are named; `None` if there is more to it.
    fn plain_columns(&self, infer: &InferClause, table: Oid) -> Option<Vec<ColumnId>> {
        let relation = self.store.get(table)?.relation()?;
        infer
            .indexElems
            .iter()
            .flatten()
            .map(|node| match node {
                Node::IndexElem(element)
                    if element.collation.is_empty() && element.opclass.is_empty() =>
                {
                    let name = element.name.as_deref()?;
                    let mut columns = relation.columns.iter();
                    Some(columns.find(|column| &*column.name == name)?.id)
                }
                _ => None,
            })
            .collect()
    }
}
