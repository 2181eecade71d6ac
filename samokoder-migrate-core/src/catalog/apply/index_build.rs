//! An index that is made, with its parts on partitions.

use super::{
    naming::{Besides, Chosen, addition, distinct},
    needs,
};
use crate::catalog::{
    Catalog,
    expression::{Need, Sql},
    fault::Fault,
    object::{
        ColumnId, Constraint, ConstraintKind, Def, Deferrable, Index, Key, KeyWhat, Name, Object,
        RelationKind, Space, Tie, Use,
    },
    store::{Lookup, Oid},
};

/// What an index is to be, without its name.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    pub(super) method: Name,
    pub(super) unique: bool,
    pub(super) keys: Vec<Key>,
    pub(super) include: Vec<ColumnId>,
    /// What its columns are called: a column's name, or what an expression's value is called.
    pub(super) attributes: Vec<Name>,
    pub(super) predicate: Option<Sql>,
    pub(super) options: Vec<String>,
    /// What its expressions need.
    pub(super) needs: Vec<Need>,
    /// The constraint that it is made for.
    pub(super) owner: Option<Owner>,
}

/// A constraint that needs an index.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) kind: ConstraintKind,
    pub(super) deferrable: Deferrable,
}

/// Whether an index of a partitioned table is made on its partitions too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recursion {
    All,
    /// ON ONLY.
    Only,
}

impl Spec {
    /// Makes an index of nothing.
    pub(super) fn new(method: &str) -> Self {
        Self {
            method: method.into(),
            unique: false,
            keys: Vec::new(),
            include: Vec::new(),
            attributes: Vec::new(),
            predicate: None,
            options: Vec::new(),
            needs: Vec::new(),
            owner: None,
        }
    }

    /// Lists the columns that are keys themselves.
    pub(super) fn columns(&self) -> Vec<ColumnId> {
        self.keys
            .iter()
            .filter_map(|key| match key.what {
                KeyWhat::Column(id) => Some(id),
                KeyWhat::Expression(_) => None,
            })
            .collect()
    }

    fn label(&self) -> &'static str {
        match self.owner.as_ref().map(|owner| &owner.kind) {
            Some(ConstraintKind::PrimaryKey) => "pkey",
            Some(ConstraintKind::Exclude) => "excl",
            Some(_) => "key",
            None => "idx",
        }
    }
}

impl Catalog {
    /// Makes an index, and its constraint if it has one; on partitions too.
    ///
    /// # Errors
    ///
    /// 42P07 and 42710 if the name is taken.
    pub(super) fn build_index(
        &mut self,
        table: Oid,
        spec: &Spec,
        name: Option<&str>,
        parent: Option<Oid>,
        recursion: Recursion,
    ) -> Result<Oid, Fault> {
        let Some(schema) = self.store.get(table).map(|object| object.within) else {
            return Ok(Oid::DATABASE);
        };
        self.covers_partition_key(table, spec)?;
        let attributes = distinct(spec.attributes.iter().cloned());
        let chosen = self.index_name(table, schema, spec, &attributes, name)?;
        let partitions = self.partitions_of(table);
        let index = Index {
            table,
            method: spec.method.clone(),
            unique: spec.unique,
            keys: spec.keys.clone(),
            include: spec.include.clone(),
            attributes,
            predicate: spec.predicate.clone(),
            constraint: None,
            parent,
            valid: partitions.is_empty() || recursion == Recursion::All,
            options: spec.options.clone(),
        };
        let mut uses = needs::uses(&spec.needs, table);
        if spec.owner.is_none() {
            uses.extend(index_uses(table, spec));
        }
        uses.extend(parent.map(|parent| Use::of(parent).tied(Tie::Internal)));
        let oid = self.add_chosen(
            Object::new("", schema, Def::Index(index)).using(uses),
            &chosen,
        );
        if let Some(owner) = &spec.owner {
            self.give_constraint(table, oid, spec, owner, &chosen, parent);
        }
        if recursion == Recursion::All {
            for partition in partitions {
                self.extend_index(oid, spec, table, partition)?;
            }
        }
        Ok(oid)
    }

    /// Gives an index that was made to its constraint.
    fn give_constraint(
        &mut self,
        table: Oid,
        index: Oid,
        spec: &Spec,
        owner: &Owner,
        chosen: &Chosen,
        parent: Option<Oid>,
    ) {
        let columns = spec.columns();
        let mut uses: Vec<Use> = columns
            .iter()
            .chain(&spec.include)
            .map(|id| Use::of(table).column(*id).tied(Tie::Auto))
            .collect();
        let above = parent.and_then(|parent| match &self.store.get(parent)?.def {
            Def::Index(index) => index.constraint,
            _ => None,
        });
        uses.extend(above.map(|above| Use::of(above).tied(Tie::Internal)));
        let constraint =
            self.add_index_constraint(table, chosen.likely(), owner, columns.clone(), index, uses);
        if above.is_some()
            && let Some(Def::Constraint(constraint)) =
                self.store.get_mut(constraint).map(|object| &mut object.def)
        {
            constraint.inherited = 1;
            constraint.local = false;
        }
        if let Chosen::OneOf(names) = chosen {
            for name in names {
                self.store.blur_name(table, Space::Constraint, name);
            }
        }
        if let Some(Def::Index(found)) = self.store.get_mut(index).map(|object| &mut object.def) {
            found.constraint = Some(constraint);
        }
        self.store
            .add_uses(index, [Use::of(constraint).tied(Tie::Internal)]);
        if matches!(owner.kind, ConstraintKind::PrimaryKey) {
            for id in columns {
                self.mark_not_null(table, id);
            }
        }
    }

    /// Adds the constraint of an index.
    pub(super) fn add_index_constraint(
        &mut self,
        table: Oid,
        name: Name,
        owner: &Owner,
        columns: Vec<ColumnId>,
        index: Oid,
        uses: Vec<Use>,
    ) -> Oid {
        let constraint = Constraint {
            kind: owner.kind.clone(),
            columns,
            index: Some(index),
            deferrable: owner.deferrable,
            validated: true,
            inherited: 0,
            local: true,
            // Keys are not inherited, except by partitions.
            no_inherit: !self.is_partitioned(table),
        };
        self.store
            .add(Object::new(name, table, Def::Constraint(constraint)).using(uses))
    }

    fn index_name(
        &self,
        table: Oid,
        schema: Oid,
        spec: &Spec,
        attributes: &[Name],
        name: Option<&str>,
    ) -> Result<Chosen, Fault> {
        if let Some(name) = name {
            self.claim_relation(schema, name, super::Guard::None)?;
            if spec.owner.is_some() {
                self.claim_constraint(table, name)?;
            }
            return Ok(Chosen::Certain(name.into()));
        }
        let label = spec.label();
        let columns =
            (label != "pkey").then(|| addition(attributes.iter().map(|attribute| &**attribute)));
        let besides = if spec.owner.is_some() {
            Besides::Constraints
        } else {
            Besides::Nothing
        };
        let of = self.name_of(table);
        Ok(self.relation_name(schema, &of, columns.as_deref(), label, besides))
    }

    /// Makes the part of a partitioned table's index on one partition, or takes one that is there.
    pub(super) fn extend_index(
        &mut self,
        parent: Oid,
        spec: &Spec,
        table: Oid,
        partition: Oid,
    ) -> Result<(), Fault> {
        let Some(spec) = self.spec_for(spec, table, partition) else {
            return Ok(());
        };
        for candidate in self.indexes(partition) {
            if self.is_match(candidate, &spec) {
                self.attach_index(candidate, parent);
                return Ok(());
            }
        }
        self.build_index(partition, &spec, None, Some(parent), Recursion::All)?;
        Ok(())
    }

    /// Returns whether an index that is there can be a part of another.
    fn is_match(&self, candidate: Oid, spec: &Spec) -> bool {
        let Some(Def::Index(index)) = self.store.get(candidate).map(|object| &object.def) else {
            return false;
        };
        let same_text = |a: &Sql, b: &Sql| self.text(a) == self.text(b);
        let same_key = |(a, b): (&Key, &Key)| {
            a.options == b.options
                && match (&a.what, &b.what) {
                    (KeyWhat::Column(a), KeyWhat::Column(b)) => a == b,
                    (KeyWhat::Expression(a), KeyWhat::Expression(b)) => same_text(a, b),
                    _ => false,
                }
        };
        index.parent.is_none()
            && self.store.is_certain(candidate)
            && index.method == spec.method
            && index.unique == spec.unique
            && index.keys.len() == spec.keys.len()
            && index.keys.iter().zip(&spec.keys).all(same_key)
            && index.include.len() == spec.include.len()
            && match (&index.predicate, &spec.predicate) {
                (None, None) => true,
                (Some(a), Some(b)) => same_text(a, b),
                _ => false,
            }
            && (spec.owner.is_none() || index.constraint.is_some())
    }

    /// Makes an index a part of a partitioned table's.
    pub(in crate::catalog) fn attach_index(&mut self, part: Oid, parent: Oid) {
        let constraint_of = |catalog: &Self, oid: Oid| match &catalog.store.get(oid)?.def {
            Def::Index(index) => index.constraint,
            _ => None,
        };
        if let Some(Def::Index(index)) = self.store.get_mut(part).map(|object| &mut object.def) {
            index.parent = Some(parent);
        }
        self.store
            .add_uses(part, [Use::of(parent).tied(Tie::Internal)]);
        let (Some(mine), Some(above)) = (constraint_of(self, part), constraint_of(self, parent))
        else {
            return;
        };
        if let Some(Def::Constraint(constraint)) =
            self.store.get_mut(mine).map(|object| &mut object.def)
        {
            constraint.inherited = 1;
            constraint.local = false;
        }
        self.store
            .add_uses(mine, [Use::of(above).tied(Tie::Internal)]);
    }

    /// Refuses a constraint's name that the table has.
    ///
    /// # Errors
    ///
    /// 42710.
    pub(in crate::catalog) fn claim_constraint(&self, table: Oid, name: &str) -> Result<(), Fault> {
        match self.holder(table, Space::Constraint, name) {
            Lookup::Found(_) => Err(Fault::new(
                "42710",
                format!(
                    "constraint \"{name}\" for relation \"{}\" already exists",
                    self.name_of(table)
                ),
            )
            .at_name(name)),
            Lookup::Absent | Lookup::Unknown => Ok(()),
        }
    }

    /// Returns whether a table is partitioned.
    pub(super) fn is_partitioned(&self, table: Oid) -> bool {
        self.relation_of(table)
            .is_some_and(|(_, table)| table.kind == RelationKind::PartitionedTable)
    }

    /// Lists the partitions of a partitioned table.
    pub(super) fn partitions_of(&self, table: Oid) -> Vec<Oid> {
        if self.is_partitioned(table) {
            self.children(table)
        } else {
            Vec::new()
        }
    }
}

/// Returns what an index without a constraint uses of its table.
fn index_uses(table: Oid, spec: &Spec) -> Vec<Use> {
    let mut columns = spec.columns();
    columns.extend(&spec.include);
    if columns.is_empty() {
        return vec![Use::of(table).tied(Tie::Auto)];
    }
    columns
        .into_iter()
        .map(|id| Use::of(table).column(id).tied(Tie::Auto))
        .collect()
}
