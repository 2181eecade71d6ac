//! `ATTACH PARTITION` and `DETACH PARTITION`.

use super::{ColumnLookup, Guard};
use crate::{
    catalog::{
        Catalog,
        expression::{Scope, Sql},
        fault::Fault,
        object::{
            ColumnId, Constraint, ConstraintKind, Def, ForeignKey, Index, Key, KeyWhat, Object,
            Space, Tie, Use,
        },
        store::{Lookup, Oid},
    },
    tree::{List, Node, ObjectType, PartitionBoundSpec},
};

impl Catalog {
    pub(super) fn attach_partition(
        &mut self,
        parent: Oid,
        def: Option<&Node>,
    ) -> Result<(), Fault> {
        let Some(Node::PartitionCmd(written)) = def else {
            return Ok(());
        };
        let Some(var) = written.name.as_deref() else {
            return Ok(());
        };
        let found = self.altered_relation(var, ObjectType::OBJECT_TABLE, Guard::Required)?;
        let Some(child) = found else { return Ok(()) };
        self.must_be_partitioned(parent)?;
        let taken = self
            .store
            .get(child)
            .filter(|_| self.store.is_certain(child))
            .and_then(|object| object.relation())
            .is_some_and(|relation| relation.partition_of.is_some());
        if taken {
            return Err(Fault::new(
                "42809",
                format!("\"{}\" is already a partition", self.bare_name(child)),
            ));
        }
        self.merge_into_child(parent, child)?;
        for column in self.columns_of(child) {
            self.change_column(child, column.id, |own| own.local = false);
        }
        for part in self.store.within(child, Space::Constraint) {
            self.change_constraint(part, |own| own.local &= own.inherited == 0);
        }
        let bound = match written.bound.as_deref() {
            Some(bound) => Sql::plain(self.bound_text(bound)?),
            None => Sql::default(),
        };
        self.store
            .add_uses(child, [Use::of(parent).tied(Tie::Auto)]);
        if let Some(relation) = self
            .store
            .get_mut(child)
            .and_then(|object| object.relation_mut())
        {
            relation.partition_of = Some((parent, bound));
        }
        if self.store.is_open(parent) {
            self.store.blur(child);
            return Ok(());
        }
        self.share_indexes(parent, child);
        self.share_foreign_keys(parent, child);
        self.share_triggers(parent, child);
        Ok(())
    }

    fn must_be_partitioned(&self, parent: Oid) -> Result<(), Fault> {
        if self.is_partitioned(parent) || self.store.is_open(parent) {
            return Ok(());
        }
        Err(Fault::new(
            "42P17",
            format!("table \"{}\" is not partitioned", self.bare_name(parent)),
        ))
    }

    pub(super) fn detach_partition(
        &mut self,
        parent: Oid,
        def: Option<&Node>,
    ) -> Result<(), Fault> {
        let Some(Node::PartitionCmd(written)) = def else {
            return Ok(());
        };
        let Some(var) = written.name.as_deref() else {
            return Ok(());
        };
        self.must_be_partitioned(parent)?;
        let found = self.altered_relation(var, ObjectType::OBJECT_TABLE, Guard::Required)?;
        let Some(child) = found else { return Ok(()) };
        let own = self
            .store
            .get(child)
            .and_then(|object| object.relation())
            .and_then(|relation| relation.partition_of.as_ref())
            .is_some_and(|(of, _)| *of == parent);
        if !own {
            if self.store.is_open(child) || !self.store.is_certain(parent) {
                return Ok(());
            }
            return Err(Fault::new(
                "42P01",
                format!(
                    "relation \"{}\" is not a partition of relation \"{}\"",
                    self.bare_name(child),
                    self.bare_name(parent)
                ),
            ));
        }
        if let Some(relation) = self
            .store
            .get_mut(child)
            .and_then(|object| object.relation_mut())
        {
            relation.partition_of = None;
        }
        self.leave_parent(parent, child);
        for part in self.store.within(child, Space::Constraint) {
            self.change_constraint(part, |own| {
                own.inherited = 0;
                own.local = true;
            });
        }
        for index in self.indexes_of(child) {
            if let Some(Object {
                def: Def::Index(index),
                ..
            }) = self.store.get_mut(index)
            {
                index.parent = None;
            }
        }
        for trigger in self.store.within(child, Space::Trigger) {
            if matches!(
                self.store.get(trigger).map(|object| &object.def),
                Some(Def::Trigger(trigger)) if trigger.parent.is_some()
            ) {
                self.store.remove(trigger);
            }
        }
        Ok(())
    }

    /// Prints a bound as `pg_get_expr` does.
    fn bound_text(&self, bound: &PartitionBoundSpec) -> Result<String, Fault> {
        if bound.is_default {
            return Ok("DEFAULT".to_owned());
        }
        Ok(match bound.strategy {
            b'h' => format!(
                "FOR VALUES WITH (modulus {}, remainder {})",
                bound.modulus, bound.remainder
            ),
            b'l' => format!("FOR VALUES IN ({})", self.datums(&bound.listdatums)?),
            _ => format!(
                "FOR VALUES FROM ({}) TO ({})",
                self.datums(&bound.lowerdatums)?,
                self.datums(&bound.upperdatums)?
            ),
        })
    }

    fn datums(&self, list: &List) -> Result<String, Fault> {
        let texts: Result<Vec<String>, Fault> = list
            .iter()
            .flatten()
            .map(|node| match node {
                // The grammar reads MINVALUE and MAXVALUE as columns.
                Node::ColumnRef(reference) => match reference.fields.as_slice() {
                    [Some(Node::String(name))] if matches!(&**name, "minvalue" | "maxvalue") => {
                        Ok(name.to_uppercase())
                    }
                    _ => self.datum(node),
                },
                node => self.datum(node),
            })
            .collect();
        Ok(texts?.join(", "))
    }

    fn datum(&self, node: &Node) -> Result<String, Fault> {
        let read = self.expression(node, Scope::Nothing)?;
        Ok(self.text(&read.sql))
    }

    pub(in crate::catalog::apply) fn indexes_of(&self, table: Oid) -> Vec<Oid> {
        let Some(schema) = self.store.get(table).map(|object| object.within) else {
            return Vec::new();
        };
        self.store
            .within(schema, Space::Relation)
            .into_iter()
            .filter(|oid| {
                matches!(
                    self.store.get(*oid).map(|object| &object.def),
                    Some(Def::Index(index)) if index.table == table
                )
            })
            .collect()
    }

    /// Returns the column of a child that has the name of a parent's.
    fn heir(&self, parent: Oid, child: Oid, id: ColumnId) -> Option<ColumnId> {
        let name = &self.column(parent, id)?.name;
        match self.column_named(child, name) {
            ColumnLookup::Found(own) => Some(own),
            ColumnLookup::Absent | ColumnLookup::Unknown => None,
        }
    }

    fn heirs(&self, parent: Oid, child: Oid, ids: &[ColumnId]) -> Option<Vec<ColumnId>> {
        ids.iter().map(|id| self.heir(parent, child, *id)).collect()
    }

    /// Gives a partition an index for each of its parent's that it does not have yet.
    fn share_indexes(&mut self, parent: Oid, child: Oid) {
        for theirs in self.indexes_of(parent) {
            let Some(Def::Index(index)) = self.store.get(theirs).map(|object| object.def.clone())
            else {
                continue;
            };
            let Some(wanted) = self.index_for(parent, child, theirs, &index) else {
                self.store.blur(child);
                continue;
            };
            let own = self
                .indexes_of(child)
                .into_iter()
                .find(|own| self.is_same_index(*own, &wanted));
            match own {
                Some(own) => self.adopt_index(own, theirs),
                None => self.make_index(child, theirs, wanted),
            }
        }
    }

    fn index_for(&self, parent: Oid, child: Oid, theirs: Oid, index: &Index) -> Option<Index> {
        let keys: Option<Vec<Key>> = index
            .keys
            .iter()
            .map(|key| {
                let what = match &key.what {
                    KeyWhat::Column(id) => KeyWhat::Column(self.heir(parent, child, *id)?),
                    KeyWhat::Expression(sql) => KeyWhat::Expression(sql.clone()),
                };
                Some(Key {
                    what,
                    options: key.options.clone(),
                })
            })
            .collect();
        Some(Index {
            table: child,
            keys: keys?,
            include: self.heirs(parent, child, &index.include)?,
            parent: Some(theirs),
            ..index.clone()
        })
    }

    fn is_same_index(&self, own: Oid, wanted: &Index) -> bool {
        let Some(Def::Index(own)) = self.store.get(own).map(|object| &object.def) else {
            return false;
        };
        let key = |key: &Key| match &key.what {
            KeyWhat::Column(id) => (Some(*id), String::new(), key.options.clone()),
            KeyWhat::Expression(sql) => (None, self.text(sql), key.options.clone()),
        };
        own.parent.is_none()
            && own.method == wanted.method
            && own.unique == wanted.unique
            && own.include == wanted.include
            && own.constraint.is_some() >= wanted.constraint.is_some()
            && own.keys.iter().map(key).eq(wanted.keys.iter().map(key))
            && own.predicate.as_ref().map(|sql| self.text(sql))
                == wanted.predicate.as_ref().map(|sql| self.text(sql))
    }

    fn adopt_index(&mut self, own: Oid, theirs: Oid) {
        let mut constraint = None;
        if let Some(Object {
            def: Def::Index(index),
            ..
        }) = self.store.get_mut(own)
        {
            index.parent = Some(theirs);
            constraint = index.constraint;
        }
        if let Some(constraint) = constraint {
            self.change_constraint(constraint, |own| {
                own.inherited = 1;
                own.local = false;
            });
        }
    }

    fn make_index(&mut self, child: Oid, theirs: Oid, mut wanted: Index) {
        let Some(object) = self.store.get(child) else {
            return;
        };
        let (table, schema) = (object.name.clone(), object.within);
        let kind = wanted
            .constraint
            .and_then(|constraint| self.constraint_of(constraint))
            .cloned();
        let columns: Vec<String> = wanted
            .keys
            .iter()
            .map(|key| match key.what {
                KeyWhat::Column(id) => self.column_name_of(child, id).to_string(),
                KeyWhat::Expression(_) => "expr".to_owned(),
            })
            .collect();
        let columns = columns.join("_");
        let (stem, label) = match kind.as_ref().map(|known| &known.kind) {
            Some(ConstraintKind::PrimaryKey) => (table.to_string(), "pkey"),
            Some(ConstraintKind::Exclude) => (format!("{table}_{columns}"), "excl"),
            Some(_) => (format!("{table}_{columns}"), "key"),
            None => (format!("{table}_{columns}"), "idx"),
        };
        let (name, certain) = self.free_relation_name(schema, &stem, label);
        let ids: Vec<ColumnId> = wanted
            .keys
            .iter()
            .filter_map(|key| match key.what {
                KeyWhat::Column(id) => Some(id),
                KeyWhat::Expression(_) => None,
            })
            .collect();
        let on_columns: Vec<Use> = ids
            .iter()
            .chain(&wanted.include)
            .map(|id| Use::of(child).column(*id).tied(Tie::Auto))
            .collect();
        let on_parent = Use::of(theirs).tied(Tie::Auto);
        wanted.constraint = None;
        let index = self
            .store
            .add(Object::new(name.as_str(), schema, Def::Index(wanted)));
        match kind {
            None => self
                .store
                .set_uses(index, on_columns.into_iter().chain([on_parent]).collect()),
            Some(known) => {
                let constraint = self.store.add(
                    Object::new(
                        name.as_str(),
                        child,
                        Def::Constraint(Constraint {
                            columns: ids,
                            index: Some(index),
                            inherited: 1,
                            local: false,
                            ..known
                        }),
                    )
                    .using(on_columns)
                    .using([on_parent]),
                );
                self.store
                    .set_uses(index, vec![Use::of(constraint).tied(Tie::Internal)]);
                if let Some(Object {
                    def: Def::Index(index),
                    ..
                }) = self.store.get_mut(index)
                {
                    index.constraint = Some(constraint);
                }
            }
        }
        if !certain {
            self.store.blur_name(schema, Space::Relation, &name);
        }
    }

    fn share_foreign_keys(&mut self, parent: Oid, child: Oid) {
        for theirs in self.store.within(parent, Space::Constraint) {
            let Some(object) = self.store.get(theirs) else {
                continue;
            };
            let (name, uses) = (object.name.clone(), object.uses.clone());
            let Def::Constraint(known) = object.def.clone() else {
                continue;
            };
            let ConstraintKind::ForeignKey(key) = &known.kind else {
                continue;
            };
            let Some(columns) = self.heirs(parent, child, &known.columns) else {
                continue;
            };
            if let Some(own) = self.same_foreign_key(child, &columns, key) {
                self.change_constraint(own, |own| {
                    own.inherited = 1;
                    own.local = false;
                });
                continue;
            }
            // One of another constraint's name gets a number, which is not worked out here.
            if self.store.find(child, Space::Constraint, &name) != Lookup::Absent {
                self.store.blur(child);
                continue;
            }
            let uses: Vec<Use> = columns
                .iter()
                .map(|id| Use::of(child).column(*id).tied(Tie::Auto))
                .chain(uses.into_iter().filter(|r#use| r#use.what != parent))
                .chain([Use::of(theirs).tied(Tie::Auto)])
                .collect();
            self.store.add(
                Object::new(
                    name,
                    child,
                    Def::Constraint(Constraint {
                        columns,
                        inherited: 1,
                        local: false,
                        ..known
                    }),
                )
                .using(uses),
            );
        }
    }

    fn same_foreign_key(&self, child: Oid, columns: &[ColumnId], key: &ForeignKey) -> Option<Oid> {
        self.store
            .within(child, Space::Constraint)
            .into_iter()
            .find(|own| {
                self.constraint_of(*own).is_some_and(|own| {
                    own.columns == columns
                        && matches!(&own.kind, ConstraintKind::ForeignKey(own)
                            if own.table == key.table
                                && own.columns == key.columns
                                && own.on_delete == key.on_delete
                                && own.on_update == key.on_update)
                })
            })
    }

    /// A row trigger of a partitioned table is one of each partition too.
    fn share_triggers(&mut self, parent: Oid, child: Oid) {
        for theirs in self.store.within(parent, Space::Trigger) {
            let Some(object) = self.store.get(theirs) else {
                continue;
            };
            let Def::Trigger(mut copy) = object.def.clone() else {
                continue;
            };
            if !copy.for_each_row {
                continue;
            }
            let (name, uses) = (object.name.clone(), object.uses.clone());
            copy.parent = Some(theirs);
            let uses = uses
                .into_iter()
                .filter(|r#use| r#use.what != parent)
                .chain([Use::of(theirs).tied(Tie::Auto)]);
            let trigger = Object::new(name, child, Def::Trigger(copy)).using(uses);
            self.store.add(trigger);
        }
    }
}
