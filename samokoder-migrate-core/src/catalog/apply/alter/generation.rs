//! Generation expressions of columns.

use super::{Guard, Reach};
use crate::{
    catalog::{
        Catalog,
        expression::Scope,
        fault::Fault,
        object::{ColumnId, Filled, Part, Tie, Use},
        store::Oid,
        types::Base,
    },
    tree::Node,
};

impl Catalog {
    pub(super) fn set_generation(
        &mut self,
        oid: Oid,
        name: &str,
        expression: Option<&Node>,
        reach: Reach,
    ) -> Result<(), Fault> {
        let (Some(id), Some(node)) = (self.altered_column(oid, name)?, expression) else {
            return Ok(());
        };
        if let Some(column) = self.certain_column(oid, id)
            && !matches!(column.filled, Filled::Generated(_) | Filled::Unknown)
        {
            return Err(Fault::new(
                "55000",
                format!(
                    "column \"{name}\" of relation \"{}\" is not a generated column",
                    self.bare_name(oid)
                ),
            )
            .at_name(name));
        }
        let read = self.expression(node, Scope::Row(oid))?;
        self.ungenerate(oid, id);
        self.store.add_uses(
            oid,
            read.needs.into_iter().map(|need| Use {
                what: need.what,
                column: need.column,
                part: Part::Column(id),
                tie: Tie::Normal,
            }),
        );
        self.change_column(oid, id, |column| {
            column.filled = Filled::Generated(read.sql);
        });
        self.each_child_column(oid, name, reach, |catalog, child, id| {
            catalog.set_generation(child, &catalog.column_name_of(child, id), expression, reach)
        })
    }

    pub(super) fn drop_generation(
        &mut self,
        oid: Oid,
        name: &str,
        guard: Guard,
        reach: Reach,
    ) -> Result<(), Fault> {
        let Some(id) = self.altered_column(oid, name)? else {
            return Ok(());
        };
        match self.column_at(oid, id).map(|column| &column.filled) {
            Some(Filled::Generated(_)) => {}
            // A guarded drop leaves a default alone.
            Some(Filled::Unknown) | None => return Ok(()),
            Some(_) if guard == Guard::IfExists || !self.store.is_certain(oid) => return Ok(()),
            Some(_) => {
                return Err(Fault::new(
                    "55000",
                    format!(
                        "column \"{name}\" of relation \"{}\" is not a stored generated column",
                        self.bare_name(oid)
                    ),
                )
                .at_name(name));
            }
        }
        self.ungenerate(oid, id);
        self.change_column(oid, id, |column| column.filled = Filled::Nothing);
        self.each_child_column(oid, name, reach, |catalog, child, id| {
            let name = catalog.column_name_of(child, id);
            catalog.drop_generation(child, &name, Guard::IfExists, reach)
        })
    }

    /// A generated column needs what its expression reads; without it, its type alone.
    fn ungenerate(&mut self, oid: Oid, id: ColumnId) {
        let ty = match self.column_at(oid, id).map(|column| &column.ty.base) {
            Some(Base::Own(ty)) => Some(*ty),
            _ => None,
        };
        let uses: Vec<Use> = self
            .store
            .get(oid)
            .map(|object| object.uses.clone())
            .unwrap_or_default()
            .into_iter()
            .filter(|r#use| r#use.part != Part::Default(id))
            .filter(|r#use| r#use.part != Part::Column(id) || Some(r#use.what) == ty)
            .collect();
        self.store.set_uses(oid, uses);
    }
}
