//! Relations and their columns.

use crate::{
    catalog::{
        Catalog,
        apply::alter::{ColumnLookup, Guard, Reach},
        apply::claim::Guard as Unless,
        fault::Fault,
        missing::{is_system_column, no_column},
        object::{Column, Def, Name, Object, Space},
        store::{Lookup, Oid},
    },
    tree::{ObjectType as Kind, RenameStmt, relation},
};

impl Catalog {
    pub(super) fn rename_relation(&mut self, rename: &RenameStmt, new: &str) -> Result<(), Fault> {
        let Some(var) = rename.relation.as_deref() else {
            return Ok(());
        };
        // ALTER INDEX renames a table too.
        let kind = match (rename.renameType, self.relation(var)) {
            (Kind::OBJECT_INDEX, Lookup::Found(_)) => Kind::OBJECT_TABLE,
            (kind, _) => kind,
        };
        let guard = Guard::of(rename.missing_ok);
        let Some(oid) = self.altered_relation(var, kind, guard)? else {
            if self.relation(var) != Lookup::Absent {
                let path = relation(var);
                self.blur_names(Space::Relation, path.schema, &[path.name, new]);
                self.blur_names(Space::Type, path.schema, &[path.name, new]);
            }
            return Ok(());
        };
        self.give_relation_name(oid, new)
    }

    /// Gives a relation another name; the constraint that an index belongs to takes it too.
    fn give_relation_name(&mut self, oid: Oid, new: &str) -> Result<(), Fault> {
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        let schema = object.within;
        let typed = object.def.spaces().contains(&Space::Type);
        let constraint = match &object.def {
            Def::Index(index) => index.constraint,
            _ => None,
        };
        self.claim_relation(schema, new, Unless::None)?;
        if typed {
            self.type_name_free(schema, new)?;
        }
        let new: Name = new.into();
        self.store.rename(oid, schema, &new);
        if let Some(constraint) = constraint
            && let Some(table) = self.store.get(constraint).map(|object| object.within)
        {
            self.store.rename(constraint, table, &new);
        }
        Ok(())
    }

    /// Refuses a type's name that is taken for certain.
    pub(super) fn type_name_free(&self, schema: Oid, name: &str) -> Result<(), Fault> {
        match self.store.find(schema, Space::Type, name) {
            Lookup::Found(oid) if self.store.is_certain(oid) && schema != self.elsewhere => {
                Err(Fault::new("42710", format!("type \"{name}\" already exists")).at_name(name))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn rename_column(&mut self, rename: &RenameStmt, new: &str) -> Result<(), Fault> {
        let Some(var) = rename.relation.as_deref() else {
            return Ok(());
        };
        let old = rename.subname.as_deref().unwrap_or_default();
        let kind = match rename.renameType {
            Kind::OBJECT_ATTRIBUTE => Kind::OBJECT_TYPE,
            _ => rename.relationType,
        };
        let guard = Guard::of(rename.missing_ok);
        let Some(oid) = self.altered_relation(var, kind, guard)? else {
            if let Lookup::Found(oid) = self.relation(var) {
                self.store.blur(oid);
            }
            return Ok(());
        };
        let is_attribute = matches!(
            self.store.get(oid).map(|object| &object.def),
            Some(Def::Type(_))
        );
        if is_attribute {
            return self.rename_attribute(oid, old, new);
        }
        self.rename_column_of_all(oid, old, new, Reach::of(var), 0)
    }

    fn rename_attribute(&mut self, oid: Oid, old: &str, new: &str) -> Result<(), Fault> {
        let id = match self.column(oid, old) {
            ColumnLookup::Found(id) => id,
            ColumnLookup::Absent => return Err(no_column(old)),
            ColumnLookup::Unknown => return Ok(()),
        };
        if matches!(self.column(oid, new), ColumnLookup::Found(_)) && self.store.is_certain(oid) {
            return Err(self.column_taken(oid, new));
        }
        self.change_attributes(oid, |attributes| {
            for attribute in attributes.iter_mut().filter(|own| own.id == id) {
                attribute.name = new.into();
            }
        });
        Ok(())
    }

    fn column_taken(&self, oid: Oid, name: &str) -> Fault {
        Fault::new(
            "42701",
            format!(
                "column \"{name}\" of relation \"{}\" already exists",
                self.bare_name(oid)
            ),
        )
        .at_name(name)
    }

    /// `parents` is how many of those that the column comes from are renamed with it.
    fn rename_column_of_all(
        &mut self,
        oid: Oid,
        old: &str,
        new: &str,
        reach: Reach,
        parents: u16,
    ) -> Result<(), Fault> {
        let certain = self.store.is_certain(oid);
        let id = match self.column(oid, old) {
            ColumnLookup::Found(id) => id,
            ColumnLookup::Absent => return Err(no_column(old)),
            ColumnLookup::Unknown => match self.altered_column(oid, old)? {
                Some(id) => id,
                None => {
                    return Err(Fault::new(
                        "0A000",
                        format!("cannot rename system column \"{old}\""),
                    )
                    .at_name(old));
                }
            },
        };
        if certain
            && self
                .column_at(oid, id)
                .is_some_and(|column: &Column| column.inherited > parents)
        {
            return Err(
                Fault::new("42P16", format!("cannot rename inherited column \"{old}\""))
                    .at_name(old),
            );
        }
        if is_system_column(new) {
            return Err(Fault::new(
                "42701",
                format!("column name \"{new}\" conflicts with a system column name"),
            )
            .at_name(new));
        }
        match self.column(oid, new) {
            ColumnLookup::Found(_) if certain => return Err(self.column_taken(oid, new)),
            ColumnLookup::Found(stale) => self.forget_column(oid, stale),
            ColumnLookup::Absent | ColumnLookup::Unknown => {}
        }
        let children = self.children(oid);
        if reach == Reach::Only
            && certain
            && children.iter().any(|child| self.store.is_certain(*child))
        {
            return Err(Fault::new(
                "42P16",
                format!("inherited column \"{old}\" must be renamed in child tables too"),
            )
            .at_name(old));
        }
        for child in children {
            if !certain {
                self.store.blur(child);
            }
            if matches!(self.column(child, old), ColumnLookup::Found(_)) {
                let parents = self.shared_parents(child, oid, old);
                self.rename_column_of_all(child, old, new, reach, parents)?;
            }
        }
        self.change_column(oid, id, |column| column.name = new.into());
        let open = self.store.is_open(oid);
        if let Some(relation) = self
            .store
            .get_mut(oid)
            .and_then(|object: &mut Object| object.relation_mut())
        {
            relation.gone.retain(|gone| &**gone != new);
            if open {
                relation.gone.push(old.into());
            }
        }
        Ok(())
    }

    /// Counts the parents that a child's column comes from: a column of several parents is renamed
    /// when all of them are children of the table whose column is.
    fn shared_parents(&self, child: Oid, oid: Oid, name: &str) -> u16 {
        let parents = self
            .store
            .get(child)
            .and_then(|object| object.relation())
            .map(|relation| relation.inherits.clone())
            .unwrap_or_default();
        let with = parents
            .iter()
            .filter(|parent| {
                **parent == oid || matches!(self.column(**parent, name), ColumnLookup::Found(_))
            })
            .count();
        u16::try_from(with).unwrap_or(u16::MAX).max(1)
    }
}
