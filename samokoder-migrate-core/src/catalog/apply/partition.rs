//! `PARTITION BY` and `PARTITION OF`.

use super::index_build::Spec;
use crate::{
    catalog::{
        Catalog,
        expression::{Mention, Scope, Sql},
        fault::Fault,
        object::{ConstraintKind, Use},
        resolve::quote,
        store::Oid,
    },
    tree::{List, Node, PartitionBoundSpec, PartitionSpec, PartitionStrategy, strings},
};

impl Catalog {
    /// Sets a table's partition key.
    pub(super) fn partition_by(&mut self, table: Oid, key: &PartitionSpec) -> Result<(), Fault> {
        let mut text = SqlText::default();
        text.push(match key.strategy {
            PartitionStrategy::PARTITION_STRATEGY_LIST => "LIST (",
            PartitionStrategy::PARTITION_STRATEGY_RANGE => "RANGE (",
            _ => "HASH (",
        });
        let mut first = true;
        for node in key.partParams.iter().flatten() {
            let Node::PartitionElem(element) = node else {
                continue;
            };
            if !first {
                text.push(", ");
            }
            first = false;
            if let Some(name) = &element.name {
                let Some(id) = self.needed_column(table, name) else {
                    return Err(Fault::new(
                        "42703",
                        format!("column \"{name}\" named in partition key does not exist"),
                    )
                    .at(element.location));
                };
                text.mention(&quote(name), table, Some(id));
            } else if let Some(expression) = &element.expr {
                let read = self.expression(expression, Scope::Row(table))?;
                self.store.add_uses(
                    table,
                    read.needs
                        .iter()
                        .filter(|need| need.what != table)
                        .map(|need| Use::of(need.what)),
                );
                let plain = matches!(expression, Node::FuncCall(_));
                text.push(if plain { "" } else { "(" });
                text.sql(&read.sql);
                text.push(if plain { "" } else { ")" });
            }
            for (what, list) in [(" COLLATE ", &element.collation), (" ", &element.opclass)] {
                if let Some(name) = strings(list).next_back() {
                    text.push(what);
                    text.push(&quote(name));
                }
            }
        }
        text.push(")");
        if let Some(relation) = self
            .store
            .get_mut(table)
            .and_then(|object| object.relation_mut())
        {
            relation.partition_key = Some(text.done());
        }
        Ok(())
    }

    /// Refuses a unique index of a partitioned table that a column of its partition key is not in.
    pub(super) fn covers_partition_key(&self, table: Oid, spec: &Spec) -> Result<(), Fault> {
        if !spec.unique {
            return Ok(());
        }
        let Some((object, relation)) = self.relation_of(table) else {
            return Ok(());
        };
        let Some(key) = &relation.partition_key else {
            return Ok(());
        };
        // A key of expressions is refused in other words.
        if key.text.matches('(').count() > 1 || !self.store.is_certain(table) {
            return Ok(());
        }
        let columns = spec.columns();
        let missing = key
            .mentions
            .iter()
            .filter(|mention| mention.what == table)
            .filter_map(|mention| mention.column)
            .find(|column| !columns.contains(column));
        let Some(missing) = missing.and_then(|column| relation.column_by_id(column)) else {
            return Ok(());
        };
        let what = match &spec.owner {
            Some(owner) if matches!(owner.kind, ConstraintKind::PrimaryKey) => "PRIMARY KEY",
            _ => "UNIQUE",
        };
        Err(Fault::new(
            "0A000",
            "unique constraint on partitioned table must include all partitioning columns",
        )
        .note(format!(
            "{what} constraint on table \"{}\" lacks column \"{}\" which is part of the partition key",
            object.name, missing.name
        )))
    }

    /// Reads a partition's bound.
    pub(in crate::catalog) fn partition_bound(
        &self,
        bound: &PartitionBoundSpec,
    ) -> Result<Sql, Fault> {
        if bound.is_default {
            return Ok(Sql::plain("DEFAULT"));
        }
        let mut text = SqlText::default();
        match bound.strategy {
            b'h' => text.push(&format!(
                "FOR VALUES WITH (modulus {}, remainder {})",
                bound.modulus, bound.remainder
            )),
            b'l' => {
                text.push("FOR VALUES IN (");
                self.bound_values(&mut text, &bound.listdatums)?;
                text.push(")");
            }
            _ => {
                text.push("FOR VALUES FROM (");
                self.bound_values(&mut text, &bound.lowerdatums)?;
                text.push(") TO (");
                self.bound_values(&mut text, &bound.upperdatums)?;
                text.push(")");
            }
        }
        Ok(text.done())
    }

    fn bound_values(&self, text: &mut SqlText, values: &List) -> Result<(), Fault> {
        let mut first = true;
        for value in values.iter().flatten() {
            if !first {
                text.push(", ");
            }
            first = false;
            match value {
                Node::ColumnRef(name) => {
                    let name = strings(&name.fields).next_back().unwrap_or_default();
                    text.push(&name.to_ascii_uppercase());
                }
                value => text.sql(&self.expression(value, Scope::Nothing)?.sql),
            }
        }
        Ok(())
    }

    /// Gives a partition what its partitioned table has: indexes with their constraints, foreign keys,
    /// triggers for each row. What the partition has already is taken in.
    ///
    /// # Errors
    ///
    /// Those of the constraints.
    pub(in crate::catalog) fn take_parts(&mut self, partition: Oid) -> Result<(), Fault> {
        let parent = self
            .relation_of(partition)
            .and_then(|(_, relation)| relation.partition_of.as_ref())
            .map(|(parent, _)| *parent);
        let Some(parent) = parent else {
            return Ok(());
        };
        for index in self.indexes(parent) {
            let Some(spec) = self.spec_of(index) else {
                continue;
            };
            if self.store.is_certain(index) {
                self.extend_index(index, &spec, parent, partition)?;
            } else {
                self.copy_index(parent, index, partition, Some(index))?;
            }
        }
        let foreign: Vec<Oid> = self
            .constraints_of(parent)
            .into_iter()
            .filter(|(_, constraint)| matches!(constraint.kind, ConstraintKind::ForeignKey(_)))
            .map(|(oid, _)| oid)
            .collect();
        for key in foreign {
            self.copy_foreign_key(parent, key, partition);
        }
        self.copy_triggers(parent, partition)
    }
}

/// A text that is put together from others.
#[derive(Debug, Default)]
struct SqlText {
    text: String,
    mentions: Vec<Mention>,
}

impl SqlText {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn mention(&mut self, name: &str, what: Oid, column: Option<crate::catalog::object::ColumnId>) {
        let start = self.at();
        self.push(name);
        let end = self.at();
        self.mentions.push(Mention {
            start,
            end,
            what,
            column,
        });
    }

    fn sql(&mut self, sql: &Sql) {
        let at = self.at();
        self.push(&sql.text);
        self.mentions
            .extend(sql.mentions.iter().map(|mention| Mention {
                start: mention.start + at,
                end: mention.end + at,
                ..*mention
            }));
    }

    fn at(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    fn done(self) -> Sql {
        Sql {
            text: self.text.into(),
            mentions: self.mentions.into(),
        }
    }
}
