//! `ADD CONSTRAINT … USING INDEX`.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{
            ColumnId, Constraint as Known, ConstraintKind, Def, Deferrable, Fact, Index, KeyWhat,
            Name, Object, Space, Tie, Use,
        },
        store::{Lookup, Oid},
    },
    tree::{ConstrType, Constraint},
};

impl Catalog {
    /// Makes a unique index a constraint's, and gives it the constraint's name.
    pub(super) fn promote_index(
        &mut self,
        table: Oid,
        constraint: &Constraint,
    ) -> Result<(), Fault> {
        let index_name = constraint.indexname.as_deref().unwrap_or_default();
        let Some(schema) = self.store.get(table).map(|object| object.within) else {
            return Ok(());
        };
        let name: Name = constraint.conname.as_deref().unwrap_or(index_name).into();
        let primary = constraint.contype == ConstrType::CONSTR_PRIMARY;
        let index = match self.store.find(schema, Space::Relation, index_name) {
            Lookup::Found(index) => index,
            Lookup::Absent => {
                return Err(
                    Fault::new("42704", format!("index \"{index_name}\" does not exist"))
                        .at(constraint.location),
                );
            }
            Lookup::Unknown => {
                self.store.clear_name(schema, Space::Relation, index_name);
                self.store.blur_name(schema, Space::Relation, &name);
                self.add_promoted(table, &name, constraint, Vec::new(), None);
                return Ok(());
            }
        };
        self.can_promote(table, index, index_name)
            .map_err(|fault| fault.at(constraint.location))?;
        if let Lookup::Found(taken) = self.store.find(table, Space::Constraint, &name)
            && self.store.is_certain(taken)
        {
            return Err(self.constraint_taken(table, &name));
        }
        if *name != *index_name {
            self.relation_name_free(schema, &name)?;
            self.store.rename(index, schema, &name);
        }
        let columns = self.plain_columns(index);
        if primary {
            self.no_second_primary_key(table)?;
            for id in &columns {
                self.change_column(table, *id, |column| column.not_null = Fact::Known(true));
            }
        }
        let made = self.add_promoted(table, &name, constraint, columns, Some(index));
        if let Some(Object {
            def: Def::Index(index),
            ..
        }) = self.store.get_mut(index)
        {
            index.constraint = Some(made);
        }
        let uses: Vec<Use> = self
            .store
            .get(index)
            .map(|object| object.uses.clone())
            .unwrap_or_default()
            .into_iter()
            .filter(|r#use| r#use.what != table)
            .chain([Use::of(made).tied(Tie::Internal)])
            .collect();
        self.store.set_uses(index, uses);
        Ok(())
    }

    fn add_promoted(
        &mut self,
        table: Oid,
        name: &Name,
        constraint: &Constraint,
        columns: Vec<ColumnId>,
        index: Option<Oid>,
    ) -> Oid {
        let uses: Vec<Use> = columns
            .iter()
            .map(|id| Use::of(table).column(*id).tied(Tie::Auto))
            .collect();
        let deferrable = if constraint.initdeferred {
            Deferrable::Deferred
        } else if constraint.deferrable {
            Deferrable::Immediate
        } else {
            Deferrable::No
        };
        let kind = if constraint.contype == ConstrType::CONSTR_PRIMARY {
            ConstraintKind::PrimaryKey
        } else {
            ConstraintKind::Unique
        };
        self.store.add(
            Object::new(
                name.clone(),
                table,
                Def::Constraint(Known {
                    kind,
                    columns,
                    index,
                    deferrable,
                    validated: true,
                    inherited: 0,
                    local: true,
                    no_inherit: true,
                }),
            )
            .using(uses),
        )
    }

    fn can_promote(&self, table: Oid, oid: Oid, name: &str) -> Result<(), Fault> {
        if !self.store.is_certain(oid) {
            return Ok(());
        }
        let Some(Def::Index(index)) = self.store.get(oid).map(|object| &object.def) else {
            return Err(Fault::new("42809", format!("\"{name}\" is not an index")));
        };
        if index.constraint.is_some() {
            return Err(Fault::new(
                "55000",
                format!("index \"{name}\" is already associated with a constraint"),
            ));
        }
        if index.table != table {
            let table = self.bare_name(table);
            return Err(Fault::new(
                "55000",
                format!("index \"{name}\" does not belong to table \"{table}\""),
            ));
        }
        let cannot = |what: String| {
            Err(Fault::new("42809", what)
                .note("cannot create a primary key or unique constraint using such an index"))
        };
        if !index.unique {
            return cannot(format!("\"{name}\" is not a unique index"));
        }
        if has_expression(index) {
            return cannot(format!("index \"{name}\" contains expressions"));
        }
        if index.predicate.is_some() {
            return cannot(format!("\"{name}\" is a partial index"));
        }
        Ok(())
    }

    fn plain_columns(&self, index: Oid) -> Vec<ColumnId> {
        match self.store.get(index).map(|object| &object.def) {
            Some(Def::Index(index)) => index
                .keys
                .iter()
                .filter_map(|key| match key.what {
                    KeyWhat::Column(id) => Some(id),
                    KeyWhat::Expression(_) => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn no_second_primary_key(&self, table: Oid) -> Result<(), Fault> {
        let has = self
            .store
            .within(table, Space::Constraint)
            .into_iter()
            .filter(|oid| self.store.is_certain(*oid))
            .filter_map(|oid| self.constraint_of(oid))
            .any(|known| matches!(known.kind, ConstraintKind::PrimaryKey));
        if has {
            return Err(Fault::new(
                "42P16",
                format!(
                    "multiple primary keys for table \"{}\" are not allowed",
                    self.bare_name(table)
                ),
            ));
        }
        Ok(())
    }

    pub(in crate::catalog::apply) fn constraint_taken(&self, table: Oid, name: &str) -> Fault {
        Fault::new(
            "42710",
            format!(
                "constraint \"{name}\" for relation \"{}\" already exists",
                self.bare_name(table)
            ),
        )
        .at_name(name)
    }

    /// Refuses a relation's name that is taken for certain.
    pub(in crate::catalog::apply) fn relation_name_free(
        &self,
        schema: Oid,
        name: &str,
    ) -> Result<(), Fault> {
        match self.store.find(schema, Space::Relation, name) {
            Lookup::Found(oid) if self.store.is_certain(oid) && schema != self.elsewhere => Err(
                Fault::new("42P07", format!("relation \"{name}\" already exists")).at_name(name),
            ),
            _ => Ok(()),
        }
    }
}

fn has_expression(index: &Index) -> bool {
    index
        .keys
        .iter()
        .any(|key| matches!(key.what, KeyWhat::Expression(_)))
}
