//! `ALTER TYPE … ADD | DROP | ALTER ATTRIBUTE` of a composite type.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Column, ColumnId, Def, Fact, Filled, Object, Part, TypeKind, Use},
        store::Oid,
        types::{Base, Type},
    },
    tree::{AlterTableCmd, AlterTableType as Kind, ColumnDef, Node},
};

use super::ColumnLookup;

impl Catalog {
    pub(super) fn alter_composite<'a>(
        &mut self,
        oid: Oid,
        commands: impl Iterator<Item = &'a AlterTableCmd>,
    ) -> Result<(), Fault> {
        // As with tables: drops, then types, then what is new.
        let mut commands: Vec<&AlterTableCmd> = commands.collect();
        commands.sort_by_key(|command| match command.subtype {
            Kind::AT_DropColumn => 0,
            Kind::AT_AlterColumnType => 1,
            _ => 2,
        });
        commands
            .into_iter()
            .try_for_each(|command| self.alter_attribute(oid, command))
    }

    fn alter_attribute(&mut self, oid: Oid, command: &AlterTableCmd) -> Result<(), Fault> {
        let name = command.name.as_deref().unwrap_or_default();
        match (command.subtype, &command.def) {
            (Kind::AT_AddColumn, Some(Node::ColumnDef(def))) => self.add_attribute(oid, def),
            (Kind::AT_DropColumn, _) => match self.column(oid, name) {
                ColumnLookup::Found(id) => {
                    self.take_attribute(oid, id);
                    Ok(())
                }
                ColumnLookup::Absent if !command.missing_ok => Err(self.no_column(oid, name)),
                ColumnLookup::Absent | ColumnLookup::Unknown => Ok(()),
            },
            (Kind::AT_AlterColumnType, Some(Node::ColumnDef(def))) => {
                self.retype_attribute(oid, name, def)
            }
            _ => Ok(()),
        }
    }

    fn add_attribute(&mut self, oid: Oid, def: &ColumnDef) -> Result<(), Fault> {
        let name = def.colname.as_deref().unwrap_or_default();
        if matches!(self.column(oid, name), ColumnLookup::Found(_)) && self.store.is_certain(oid) {
            return Err(Fault::new(
                "42701",
                format!(
                    "column \"{name}\" of relation \"{}\" already exists",
                    self.bare_name(oid)
                ),
            )
            .at(def.location));
        }
        let ty = match &def.typeName {
            Some(written) => self.ty(written)?,
            None => Type::unknown(),
        };
        self.can_be_held(oid, name, &ty)?;
        let next = self
            .attributes(oid)
            .iter()
            .map(|attribute| attribute.id.0)
            .max()
            .unwrap_or_default()
            .saturating_add(1);
        let id = ColumnId(next);
        if let Base::Own(needed) = ty.base {
            self.store
                .add_uses(oid, [Use::of(needed).by(Part::Column(id))]);
        }
        self.change_attributes(oid, |attributes| {
            attributes.push(Column {
                id,
                name: name.into(),
                ty,
                not_null: Fact::Known(false),
                filled: Filled::Nothing,
                collation: None,
                inherited: 0,
                local: true,
            });
        });
        Ok(())
    }

    fn take_attribute(&mut self, oid: Oid, id: ColumnId) {
        self.replace_uses(
            oid,
            Part::Column(id),
            Vec::new(),
            crate::catalog::object::Tie::Normal,
        );
        self.change_attributes(oid, |attributes| attributes.retain(|own| own.id != id));
    }

    fn retype_attribute(&mut self, oid: Oid, name: &str, def: &ColumnDef) -> Result<(), Fault> {
        let id = match self.column(oid, name) {
            ColumnLookup::Found(id) => id,
            ColumnLookup::Absent => return Err(self.no_column(oid, name)),
            ColumnLookup::Unknown => return Ok(()),
        };
        self.no_column_of_type(oid)?;
        let ty = match &def.typeName {
            Some(written) => self.ty(written)?,
            None => return Ok(()),
        };
        self.replace_uses(
            oid,
            Part::Column(id),
            Vec::new(),
            crate::catalog::object::Tie::Normal,
        );
        if let Base::Own(needed) = ty.base {
            self.store
                .add_uses(oid, [Use::of(needed).by(Part::Column(id))]);
        }
        self.change_attributes(oid, |attributes| {
            for attribute in attributes.iter_mut().filter(|own| own.id == id) {
                attribute.ty = ty.clone();
            }
        });
        Ok(())
    }

    /// Refuses while a table has a column of the type.
    fn no_column_of_type(&self, oid: Oid) -> Result<(), Fault> {
        for (user, r#use) in self.store.users(oid) {
            let Part::Column(id) = r#use.part else {
                continue;
            };
            // Views show values; they keep none.
            let keeps = self
                .store
                .get(user)
                .and_then(|object| object.relation())
                .is_some_and(|relation| {
                    !matches!(relation.kind, crate::catalog::object::RelationKind::View)
                });
            if let Some(column) = self.certain_column(user, id).filter(|_| keeps) {
                return Err(Fault::new(
                    "0A000",
                    format!(
                        "cannot alter type \"{}\" because column \"{}.{}\" uses it",
                        self.bare_name(oid),
                        self.bare_name(user),
                        column.name
                    ),
                ));
            }
        }
        Ok(())
    }

    fn attributes(&self, oid: Oid) -> &[Column] {
        match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Type(def)) => match &def.kind {
                TypeKind::Composite(attributes) => attributes,
                _ => &[],
            },
            _ => &[],
        }
    }

    pub(in crate::catalog::apply) fn change_attributes(
        &mut self,
        oid: Oid,
        change: impl FnOnce(&mut Vec<Column>),
    ) {
        if let Some(Object {
            def: Def::Type(def),
            ..
        }) = self.store.get_mut(oid)
            && let TypeKind::Composite(attributes) = &mut def.kind
        {
            change(attributes);
        }
    }
}
