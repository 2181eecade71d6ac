//! `LIKE`: columns of another relation, and what else of it is asked for.

use super::index_build::Recursion;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Column, ColumnId, ConstraintKind, Def, Fact, Filled, Identity, Name, TypeKind},
        store::Oid,
    },
    tree::{TableLikeClause, TableLikeOption},
};

impl Catalog {
    /// Adds the columns of LIKE's relation: names, types, NOT NULL; and returns it.
    pub(super) fn like(
        &mut self,
        table: Oid,
        like: &TableLikeClause,
    ) -> Result<Option<Oid>, Fault> {
        let Some(var) = like.relation.as_deref() else {
            return Ok(None);
        };
        let Some(source) = self.command_relation(var)? else {
            super::table::open(self, table);
            return Ok(None);
        };
        let columns = match self.store.get(source).map(|object| &object.def) {
            Some(Def::Relation(relation)) => relation.columns.clone(),
            Some(Def::Type(def)) => match &def.kind {
                TypeKind::Composite(columns) => columns.clone(),
                _ => Vec::new(),
            },
            Some(_) if self.store.is_certain(source) => {
                return Err(Fault::new(
                    "42809",
                    format!(
                        "relation \"{}\" is invalid in LIKE clause",
                        self.name_of(source)
                    ),
                )
                .at(var.location));
            }
            _ => Vec::new(),
        };
        if self.store.is_open(source) {
            super::table::open(self, table);
        }
        for column in columns {
            let known = self.relation_of(table).is_some_and(|(_, table)| {
                table
                    .column(&column.name)
                    .is_some_and(|there| there.inherited == 0)
            });
            if known {
                return Err(Fault::new(
                    "42701",
                    format!("column \"{}\" specified more than once", column.name),
                )
                .at(var.location));
            }
            self.like_column(source, &column, table, like.options);
        }
        Ok(Some(source))
    }

    fn like_column(&mut self, source: Oid, column: &Column, table: Oid, options: u32) {
        let merged = self
            .relation_of(table)
            .and_then(|(_, table)| table.column(&column.name))
            .map(|there| there.id);
        if let Some(id) = merged {
            if let Some(there) = self.column_mut(table, id) {
                there.local = true;
                if super::key::known(&column.not_null) {
                    there.not_null = Fact::Known(true);
                }
            }
            return;
        }
        let id = self.push_column(
            table,
            Column {
                inherited: 0,
                local: true,
                filled: Filled::Nothing,
                ..column.clone()
            },
        );
        if let Filled::Identity(identity) = column.filled
            && has(options, TableLikeOption::CREATE_TABLE_LIKE_IDENTITY)
        {
            self.like_identity((source, column.id), table, id, identity);
        }
    }

    /// Makes a column an identity as another is: its sequence has the settings of the other's in
    /// full, and is a `bigint` whatever the column is.
    fn like_identity(
        &mut self,
        source: (Oid, ColumnId),
        table: Oid,
        id: ColumnId,
        identity: Identity,
    ) {
        let settings = self
            .store
            .users(source.0)
            .into_iter()
            .filter_map(|(user, _)| self.store.get(user))
            .find_map(|object| match &object.def {
                Def::Sequence(sequence) if sequence.identity && sequence.owner == Some(source) => {
                    Some(super::sequence::as_bigint(sequence))
                }
                _ => None,
            });
        self.add_identity_sequence(table, id, identity, settings);
    }

    /// Adds what LIKE's options ask for beyond the columns: defaults, checks, indexes.
    pub(super) fn copy_like(&mut self, source: Oid, table: Oid, options: u32) -> Result<(), Fault> {
        let columns: Vec<(ColumnId, Name, Filled)> = self
            .relation_of(source)
            .map(|(_, relation)| {
                relation
                    .columns
                    .iter()
                    .map(|column| (column.id, column.name.clone(), column.filled.clone()))
                    .collect()
            })
            .unwrap_or_default();
        for (column, _, filled) in columns {
            let wanted = match filled {
                Filled::Default(_) => TableLikeOption::CREATE_TABLE_LIKE_DEFAULTS,
                Filled::Generated(_) => TableLikeOption::CREATE_TABLE_LIKE_GENERATED,
                Filled::Unknown => {
                    let any = TableLikeOption::CREATE_TABLE_LIKE_DEFAULTS.0
                        | TableLikeOption::CREATE_TABLE_LIKE_GENERATED.0
                        | TableLikeOption::CREATE_TABLE_LIKE_IDENTITY.0;
                    TableLikeOption(any)
                }
                Filled::Nothing | Filled::Identity(_) => continue,
            };
            if let Some(id) = self.same_column(source, column, table)
                && has(options, wanted)
            {
                let copy = self.filled_for(&filled, source, table);
                self.copy_filled(source, column, table, id, copy);
            }
        }
        if has(options, TableLikeOption::CREATE_TABLE_LIKE_CONSTRAINTS) {
            let checks: Vec<Oid> = self
                .constraints_of(source)
                .into_iter()
                .filter(|(_, check)| matches!(check.kind, ConstraintKind::Check(_)))
                .map(|(oid, _)| oid)
                .collect();
            for check in checks {
                self.add_like_check(source, check, table)?;
            }
        }
        if has(options, TableLikeOption::CREATE_TABLE_LIKE_INDEXES) {
            for index in self.indexes(source) {
                self.copy_index(source, index, table, None)?;
            }
        }
        Ok(())
    }

    /// Makes an index of one table on another, under a name that is chosen for it.
    pub(super) fn copy_index(
        &mut self,
        source: Oid,
        index: Oid,
        table: Oid,
        parent: Option<Oid>,
    ) -> Result<(), Fault> {
        let Some(spec) = self
            .spec_of(index)
            .and_then(|spec| self.spec_for(&spec, source, table))
        else {
            return Ok(());
        };
        if !self.store.is_certain(index) {
            self.perhaps(|catalog| {
                catalog
                    .build_index(table, &spec, None, parent, Recursion::All)
                    .map(|_| ())
            });
            return Ok(());
        }
        let primary = spec
            .owner
            .as_ref()
            .is_some_and(|owner| matches!(owner.kind, ConstraintKind::PrimaryKey));
        if primary {
            self.no_primary_key(table, -1)?;
        }
        self.build_index(table, &spec, None, parent, Recursion::All)?;
        Ok(())
    }
}

fn has(options: u32, wanted: TableLikeOption) -> bool {
    options & wanted.0.unsigned_abs() != 0
}
