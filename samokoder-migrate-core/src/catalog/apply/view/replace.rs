//! `CREATE OR REPLACE VIEW` of a view that is there.

use super::options;
use crate::{
    catalog::{
        Catalog,
        apply::policy::uses,
        expression::Query,
        fault::Fault,
        object::{Column, Def, Name, Relation, RelationKind},
        store::{Lookup, Oid},
        types::Type,
    },
    tree::ViewStmt,
};

impl Catalog {
    /// Gives a view another query. Its columns stay, new ones come after them.
    ///
    /// # Errors
    ///
    /// 42809 if it is no view, 42P16 if a column would go, or change its name or its type.
    pub(super) fn replace_view(
        &mut self,
        oid: Oid,
        existing: Lookup,
        create: &ViewStmt,
        query: Query,
        columns: Option<Vec<(Name, Type)>>,
    ) -> Result<(), Fault> {
        let certain = existing == Lookup::Found(oid) && self.store.is_certain(oid);
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        let name = object.name.clone();
        let open = object.open;
        let is_view = object
            .relation()
            .is_some_and(|relation| relation.kind == RelationKind::View);
        if certain && !open {
            if !is_view {
                return Err(Fault::new("42809", format!("\"{name}\" is not a view")).at_name(&name));
            }
            if let (Some(columns), Some(relation)) = (&columns, object.relation()) {
                self.same_columns(&relation.columns, columns)?;
            }
        }
        let needs = uses(&query.needs);
        self.store.affirm(oid);
        if let Some(object) = self.store.get_mut(oid) {
            if !is_view {
                object.def = Def::Relation(Relation::unknown());
            }
            object.open = !certain || open || columns.is_none();
            if let Some(view) = object.relation_mut() {
                view.kind = RelationKind::View;
                view.options = options(create);
                view.query = Some(query.sql);
                match columns {
                    Some(columns) => view.replace_columns(columns),
                    None if !certain => view.columns.clear(),
                    None => {}
                }
            }
        }
        self.store.set_uses(oid, needs);
        Ok(())
    }

    fn same_columns(&self, old: &[Column], new: &[(Name, Type)]) -> Result<(), Fault> {
        let refused = |message: String| Fault::new("42P16", message);
        if new.len() < old.len() {
            return Err(refused("cannot drop columns from view".to_owned()));
        }
        for (old, (name, ty)) in old.iter().zip(new) {
            if old.name != *name {
                return Err(refused(format!(
                    "cannot change name of view column \"{}\" to \"{name}\"",
                    old.name
                ))
                .note(
                    "use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead",
                ));
            }
            if differs(&old.ty, ty)
                && let (Some(from), Some(to)) = (self.type_text(&old.ty), self.type_text(ty))
            {
                return Err(refused(format!(
                    "cannot change data type of view column \"{name}\" from {from} to {to}"
                )));
            }
        }
        Ok(())
    }
}

impl Relation {
    fn replace_columns(&mut self, columns: Vec<(Name, Type)>) {
        self.gone.clear();
        let mut columns = columns.into_iter();
        let count = self.columns.len();
        for (old, (name, ty)) in self.columns.iter_mut().zip(columns.by_ref().take(count)) {
            old.name = name;
            old.ty = ty;
        }
        for (name, ty) in columns {
            self.add_column(name, ty);
        }
    }
}

/// Returns whether two types are certain to differ.
fn differs(old: &Type, new: &Type) -> bool {
    if !old.is_known() || !new.is_known() {
        return false;
    }
    let modified = |ty: &Type| !ty.modifier.is_empty();
    (&old.base, old.array) != (&new.base, new.array)
        || modified(old) && modified(new) && old.modifier != new.modifier
}
