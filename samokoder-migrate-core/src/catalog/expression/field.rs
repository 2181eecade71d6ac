//! Columns of rows that are values (chapter "Data Types", "Composite Types").

use super::{Need, reader::Reader, rough::Rough};
use crate::catalog::{
    fault::Fault,
    object::{Def, TypeKind},
};

impl<'a> Reader<'a> {
    /// Returns the column of a composite type, or of a relation's row.
    pub(super) fn field(
        &mut self,
        of: &Rough<'a>,
        name: &str,
        location: i32,
    ) -> Result<Rough<'a>, Fault> {
        let Some(oid) = of.own() else {
            return Ok(Rough::Unknown);
        };
        let store = &self.catalog.store;
        let Some(object) = store.get(oid) else {
            return Ok(Rough::Unknown);
        };
        let columns = match &object.def {
            Def::Relation(relation) => &relation.columns,
            Def::Type(def) => match &def.kind {
                TypeKind::Composite(columns) => columns,
                _ => return Ok(Rough::Unknown),
            },
            _ => return Ok(Rough::Unknown),
        };
        if let Some(column) = columns.iter().find(|column| &*column.name == name) {
            self.need(Need {
                what: oid,
                column: Some(column.id),
            });
            return Ok(Rough::Known(&column.ty));
        }
        if store.is_open(oid) || self.may_take_a_row(name) {
            return Ok(Rough::Unknown);
        }
        let message = match object.def {
            Def::Relation(_) => return Ok(Rough::Unknown),
            _ => format!(
                "column \"{name}\" not found in data type {}",
                self.shown_name(oid)
            ),
        };
        Err(Fault::new("42703", message).at(location))
    }
}
