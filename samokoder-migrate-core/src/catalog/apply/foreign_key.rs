//! A foreign key that is added to a table.

use super::{
    constraint::Moment,
    key::deferrable,
    naming::{Chosen, addition},
};
use crate::{
    catalog::{
        Catalog,
        builtin::{self, Context},
        coercion::Operand,
        fault::Fault,
        object::{
            ColumnId, Constraint as Made, ConstraintKind, Def, Deferrable, ForeignKey, KeyWhat,
            Name, Object, RelationKind, Space, Tie, Use,
        },
        resolve::quote,
        store::{Lookup, Oid},
    },
    tree::{Constraint, List, strings},
};

impl Catalog {
    /// Adds a foreign key, and to the partitions of a partitioned table.
    pub(super) fn add_foreign_key(
        &mut self,
        table: Oid,
        constraint: &Constraint,
        column: Option<ColumnId>,
        moment: Moment,
    ) -> Result<(), Fault> {
        let Some(var) = constraint.pktable.as_deref() else {
            return Ok(());
        };
        let target = self.command_relation(var)?;
        if let Some(name) = &constraint.conname {
            self.claim_constraint(table, name)?;
        }
        if let Some(target) = target {
            self.can_be_referenced(target)?;
        }
        let columns = match column {
            Some(column) => vec![column],
            None => self.key_columns(table, &constraint.fk_attrs)?,
        };
        let names: Vec<Name> = columns
            .iter()
            .filter_map(|id| self.name_of_column(table, *id))
            .collect();
        let chosen = match &constraint.conname {
            Some(name) => Chosen::Certain((&**name).into()),
            None => self.foreign_key_name(table, &names),
        };
        let (kind, uses) = match target {
            Some(target) => self.reference(target, constraint, columns.len())?,
            None => (ConstraintKind::Unknown, Vec::new()),
        };
        if let ConstraintKind::ForeignKey(key) = &kind {
            for (own, other) in columns.iter().zip(&key.columns) {
                self.can_be_compared((table, *own), (key.table, *other), &chosen.likely())?;
            }
        }
        let made = Made {
            kind,
            columns,
            index: None,
            deferrable: deferrable(constraint),
            validated: moment == Moment::Create || !constraint.skip_validation,
            inherited: 0,
            local: true,
            no_inherit: false,
        };
        let oid = self.put_foreign_key(table, made, uses, &chosen);
        for partition in self.partitions_of(table) {
            self.copy_foreign_key(table, oid, partition);
        }
        Ok(())
    }

    fn foreign_key_name(&self, table: Oid, columns: &[Name]) -> Chosen {
        let schema = self
            .store
            .get(table)
            .map_or(Oid::DATABASE, |object| object.within);
        let columns = addition(columns.iter().map(|name| &**name));
        self.constraint_name(schema, &self.name_of(table), Some(&columns), "fkey")
    }

    fn put_foreign_key(
        &mut self,
        table: Oid,
        made: Made,
        mut uses: Vec<Use>,
        chosen: &Chosen,
    ) -> Oid {
        uses.extend(
            made.columns
                .iter()
                .map(|id| Use::of(table).column(*id).tied(Tie::Auto)),
        );
        self.add_chosen(
            Object::new("", table, Def::Constraint(made)).using(uses),
            chosen,
        )
    }

    /// Gives a partitioned table's foreign key to a partition, and to its partitions.
    pub(super) fn copy_foreign_key(&mut self, table: Oid, oid: Oid, partition: Oid) {
        let Some(object) = self.store.get(oid) else {
            return;
        };
        let Def::Constraint(found) = &object.def else {
            return;
        };
        let mut made = found.clone();
        let name = object.name.clone();
        let mut uses: Vec<Use> = object
            .uses
            .iter()
            .filter(|r#use| r#use.tie == Tie::Normal)
            .copied()
            .collect();
        let columns: Vec<ColumnId> = found
            .columns
            .iter()
            .filter_map(|id| self.same_column(table, *id, partition))
            .collect();
        made.columns = columns;
        made.inherited = 1;
        made.local = false;
        uses.push(Use::of(oid).tied(Tie::Internal));
        if let Some(same) = self.matching_foreign_key(partition, &made) {
            if let Some(Def::Constraint(there)) =
                self.store.get_mut(same).map(|object| &mut object.def)
            {
                there.inherited = 1;
                there.local = false;
            }
            self.store
                .add_uses(same, [Use::of(oid).tied(Tie::Internal)]);
            return;
        }
        let chosen = match self.holder(partition, Space::Constraint, &name) {
            Lookup::Found(_) => {
                let names: Vec<Name> = made
                    .columns
                    .iter()
                    .filter_map(|id| self.name_of_column(partition, *id))
                    .collect();
                self.foreign_key_name(partition, &names)
            }
            Lookup::Absent if self.store.is_certain(oid) => Chosen::Certain(name),
            Lookup::Absent | Lookup::Unknown => Chosen::OneOf(vec![name]),
        };
        let copy = self.put_foreign_key(partition, made, uses, &chosen);
        for below in self.partitions_of(partition) {
            self.copy_foreign_key(partition, copy, below);
        }
    }

    /// Returns the foreign key that a partition has already, and that the parent's takes in.
    fn matching_foreign_key(&self, partition: Oid, made: &Made) -> Option<Oid> {
        let ConstraintKind::ForeignKey(wanted) = &made.kind else {
            return None;
        };
        let same = |there: &Made| {
            matches!(&there.kind, ConstraintKind::ForeignKey(key)
                if key.table == wanted.table && key.columns == wanted.columns
                    && key.full == wanted.full && key.on_update == wanted.on_update
                    && key.on_delete == wanted.on_delete)
                && there.columns == made.columns
                && there.deferrable == made.deferrable
                && there.inherited == 0
                && there.validated
        };
        self.constraints_of(partition)
            .into_iter()
            .find(|(oid, there)| self.store.is_certain(*oid) && same(there))
            .map(|(oid, _)| oid)
    }

    /// Looks for the columns of a table that a foreign key names.
    fn key_columns(&mut self, table: Oid, names: &List) -> Result<Vec<ColumnId>, Fault> {
        let mut columns = Vec::new();
        for name in strings(names) {
            let Some(id) = self.needed_column(table, name) else {
                return Err(Fault::new(
                    "42703",
                    format!(
                        "column \"{name}\" referenced in foreign key constraint does not exist"
                    ),
                )
                .at_name(name));
            };
            columns.push(id);
        }
        Ok(columns)
    }

    fn can_be_referenced(&self, target: Oid) -> Result<(), Fault> {
        let Some(object) = self.store.get(target) else {
            return Ok(());
        };
        let table = matches!(
            object.relation().map(|relation| relation.kind),
            Some(RelationKind::Table | RelationKind::PartitionedTable)
        );
        if table || !self.store.is_certain(target) {
            return Ok(());
        }
        let name = &object.name;
        Err(Fault::new(
            "42809",
            format!("referenced relation \"{name}\" is not a table"),
        )
        .at_name(name))
    }

    /// Refuses a column that cannot be compared with the one it is to reference: there is an operator of
    /// their types among those of the index, or the column becomes the other's type.
    fn can_be_compared(
        &self,
        own: (Oid, ColumnId),
        other: (Oid, ColumnId),
        name: &str,
    ) -> Result<(), Fault> {
        let (Some(from), Some(to)) = (
            self.certain_type(own.0, own.1),
            self.certain_type(other.0, other.1),
        ) else {
            return Ok(());
        };
        if let (Operand::Builtin(from), Operand::Builtin(to)) =
            (self.operand(from), self.operand(to))
            && builtin::operators("=").any(|equals| equals.left == Some(to) && equals.right == from)
        {
            return Ok(());
        }
        if !self.never_becomes(from, to, Context::Implicit) {
            return Ok(());
        }
        let column = |(table, id)| self.name_of_column(table, id).unwrap_or_else(|| "".into());
        Err(Fault::new(
            "42804",
            format!("foreign key constraint \"{name}\" cannot be implemented"),
        )
        .at_name(&column(own))
        .note(format!(
            "Key columns \"{}\" and \"{}\" are of incompatible types: {} and {}.",
            column(own),
            column(other),
            self.message_type(from),
            self.message_type(to)
        )))
    }

    /// Works out what a foreign key points at, and what it uses there.
    fn reference(
        &mut self,
        target: Oid,
        constraint: &Constraint,
        count: usize,
    ) -> Result<(ConstraintKind, Vec<Use>), Fault> {
        let (columns, index) = if constraint.pk_attrs.is_empty() {
            self.primary_key_columns(target)?
        } else {
            let columns = self.key_columns(target, &constraint.pk_attrs)?;
            let index = self.unique_index(target, &columns)?;
            (columns, index)
        };
        if !columns.is_empty() && columns.len() != count && index.is_some() {
            return Err(Fault::new(
                "42830",
                "number of referencing and referenced columns for foreign key disagree",
            )
            .at(constraint.location));
        }
        let mut uses: Vec<Use> = columns
            .iter()
            .map(|id| Use::of(target).column(*id))
            .collect();
        if columns.is_empty() {
            uses.push(Use::of(target));
        }
        uses.extend(index.map(Use::of));
        let key = ForeignKey {
            table: target,
            columns,
            full: constraint.fk_matchtype == b'f',
            on_update: action(constraint.fk_upd_action, &List::new()),
            on_delete: action(constraint.fk_del_action, &constraint.fk_del_set_cols),
        };
        Ok((ConstraintKind::ForeignKey(key), uses))
    }

    /// Returns the columns of a table's primary key, and its index; none if they are not known.
    fn primary_key_columns(&self, target: Oid) -> Result<(Vec<ColumnId>, Option<Oid>), Fault> {
        let found = self
            .constraints_of(target)
            .into_iter()
            .find(|(_, constraint)| matches!(constraint.kind, ConstraintKind::PrimaryKey));
        match found {
            Some((_, constraint)) if constraint.deferrable != Deferrable::No => Err(Fault::new(
                "55000",
                format!(
                    "cannot use a deferrable primary key for referenced table \"{}\"",
                    self.name_of(target)
                ),
            )),
            Some((_, constraint)) => Ok((constraint.columns.clone(), constraint.index)),
            None if self.store.is_open(target) => Ok((Vec::new(), None)),
            None => Err(Fault::new(
                "42704",
                format!(
                    "there is no primary key for referenced table \"{}\"",
                    self.name_of(target)
                ),
            )),
        }
    }

    /// Returns the unique index that a foreign key on columns rests on.
    fn unique_index(&self, target: Oid, columns: &[ColumnId]) -> Result<Option<Oid>, Fault> {
        let mut sorted = columns.to_vec();
        sorted.sort();
        if sorted
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a == b))
        {
            return Err(Fault::new(
                "42830",
                "foreign key referenced-columns list must not contain duplicates",
            ));
        }
        let mut doubt = self.store.is_open(target);
        let mut deferrable = false;
        for oid in self.indexes(target) {
            let Some(Def::Index(index)) = self.store.get(oid).map(|object| &object.def) else {
                continue;
            };
            let mut keys: Vec<ColumnId> = index
                .keys
                .iter()
                .filter_map(|key| match key.what {
                    KeyWhat::Column(id) => Some(id),
                    KeyWhat::Expression(_) => None,
                })
                .collect();
            keys.sort();
            let usable = index.unique
                && index.predicate.is_none()
                && keys.len() == index.keys.len()
                && keys == sorted;
            if !self.store.is_certain(oid) {
                doubt = true;
            } else if usable && self.is_immediate(index.constraint) {
                return Ok(Some(oid));
            } else {
                deferrable |= usable;
            }
        }
        if doubt {
            return Ok(None);
        }
        if deferrable {
            return Err(Fault::new(
                "55000",
                format!(
                    "cannot use a deferrable unique constraint for referenced table \"{}\"",
                    self.name_of(target)
                ),
            ));
        }
        Err(Fault::new(
            "42830",
            format!(
                "there is no unique constraint matching given keys for referenced table \"{}\"",
                self.name_of(target)
            ),
        ))
    }

    fn is_immediate(&self, constraint: Option<Oid>) -> bool {
        match constraint
            .and_then(|oid| self.store.get(oid))
            .map(|object| &object.def)
        {
            Some(Def::Constraint(constraint)) => constraint.deferrable == Deferrable::No,
            _ => true,
        }
    }
}

/// Reads ON UPDATE's or ON DELETE's action; none for NO ACTION.
fn action(action: u8, columns: &List) -> Option<String> {
    let text = match action {
        b'r' => "restrict",
        b'c' => "cascade",
        b'n' => "set null",
        b'd' => "set default",
        _ => return None,
    };
    let names: Vec<String> = strings(columns).map(quote).collect();
    Some(if names.is_empty() {
        text.to_owned()
    } else {
        format!("{text} ({})", names.join(", "))
    })
}
