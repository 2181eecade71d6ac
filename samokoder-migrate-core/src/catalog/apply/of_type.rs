//! A table whose columns are those of a composite type: OF.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Column, Def, Fact, Space, TypeKind, Use},
        store::{Lookup, Oid},
    },
    tree::{TypeName, path},
};

impl Catalog {
    /// Gives a table the columns of a composite type: OF.
    pub(super) fn take_type(&mut self, table: Oid, of: &TypeName) -> Result<(), Fault> {
        let found = match path(&of.names) {
            Some(path) => self.look(Space::Type, path),
            None => Lookup::Unknown,
        };
        let Lookup::Found(oid) = found else {
            // Whether `pg_catalog` has it is for the type's own look-up to say.
            self.ty(of)?;
            super::table::open(self, table);
            return Ok(());
        };
        self.store.add_uses(table, [Use::of(oid)]);
        let columns = match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Type(def)) => match &def.kind {
                TypeKind::Composite(columns) => columns.clone(),
                TypeKind::Shell => {
                    super::table::open(self, table);
                    return Ok(());
                }
                _ => return self.no_composite(oid),
            },
            _ => return self.no_composite(oid),
        };
        if self.store.is_open(oid) {
            super::table::open(self, table);
        }
        for column in columns {
            self.push_column(
                table,
                Column {
                    inherited: 0,
                    local: true,
                    not_null: Fact::Known(false),
                    ..column
                },
            );
        }
        Ok(())
    }

    fn no_composite(&self, oid: Oid) -> Result<(), Fault> {
        if !self.store.is_certain(oid) {
            return Ok(());
        }
        let shown = crate::catalog::resolve::quote(&self.name_of(oid));
        Err(
            Fault::new("42809", format!("type {shown} is not a composite type"))
                .at_name(&self.name_of(oid)),
        )
    }
}
