//! `CREATE TRIGGER`.
//!
//! Rules are those of the documentation's page "CREATE TRIGGER".

mod function;
mod place;
#[cfg(test)]
mod tests;

use super::{ColumnLookup, policy::uses};
use crate::{
    catalog::{
        Catalog,
        expression::{Scope, Sql},
        fault::Fault,
        missing::no_column_of,
        object::{
            ColumnId, Constraint, ConstraintKind, Def, Deferrable, Enabled, Event, Fact, Name,
            Object, RelationKind, Space, Tie, Trigger, Use,
        },
        store::{Lookup, Oid},
    },
    tree::{
        CreateTrigStmt, TRIGGER_TYPE_BEFORE, TRIGGER_TYPE_DELETE, TRIGGER_TYPE_INSERT,
        TRIGGER_TYPE_INSTEAD, TRIGGER_TYPE_TRUNCATE, TRIGGER_TYPE_UPDATE, strings,
    },
};

impl Catalog {
    pub(super) fn create_trigger(&mut self, create: &CreateTrigStmt) -> Result<(), Fault> {
        let (Some(var), Some(name)) = (&create.relation, create.trigname.as_deref()) else {
            return Ok(());
        };
        let Some(table) = self.command_relation(var)? else {
            return Ok(());
        };
        place::check(self, table, create)?;
        if let Some(other) = &create.constrrel {
            self.command_relation(other)?;
        }
        place::check_level(create)?;
        place::check_transition(create)?;
        let mut needs = Vec::new();
        let when = self.condition(create, table, &mut needs)?;
        let function = self.called_function(&create.funcname)?;
        if let Fact::Known(function) = function {
            needs.push(Use::of(function));
        }
        let existing = self.store.find(table, Space::Trigger, name);
        self.may_take_name(create, table, name, existing)?;
        let columns = self.update_columns(create, table)?;
        if create.isconstraint {
            self.may_take_constraint(table, name)?;
        }
        needs.extend(columns.iter().map(|column| Use::of(table).column(*column)));
        let trigger = Trigger {
            function,
            timing: timing(create),
            events: events(create, columns),
            for_each_row: create.row,
            when,
            enabled: Enabled::Origin,
            constraint: create.isconstraint,
            parent: None,
        };
        let oid = self.put_trigger(table, name, trigger.clone(), needs.clone());
        if create.isconstraint {
            self.add_trigger_constraint(create, table, name, oid);
        }
        let partitioned = self
            .store
            .get(table)
            .and_then(Object::relation)
            .is_some_and(|relation| relation.kind == RelationKind::PartitionedTable);
        if create.row && partitioned {
            self.copy_to_partitions(table, oid, name, &trigger, &needs)?;
        }
        Ok(())
    }

    fn condition(
        &self,
        create: &CreateTrigStmt,
        table: Oid,
        needs: &mut Vec<Use>,
    ) -> Result<Option<Sql>, Fault> {
        let Some(when) = &create.whenClause else {
            return Ok(None);
        };
        let read = self.truth(when, Scope::NewAndOld(table), "WHEN")?;
        needs.extend(uses(&read.needs));
        Ok(Some(read.sql))
    }

    /// Refuses a name that another trigger has.
    fn may_take_name(
        &self,
        create: &CreateTrigStmt,
        table: Oid,
        name: &str,
        existing: Lookup,
    ) -> Result<(), Fault> {
        let Lookup::Found(oid) = existing else {
            return Ok(());
        };
        let on = self.own_name(table);
        let Some(Def::Trigger(known)) = self.store.get(oid).map(|object| &object.def) else {
            return Ok(());
        };
        if !create.replace {
            return Err(taken(name, &on));
        }
        if !self.store.is_certain(oid) {
            return Ok(());
        }
        let message = if known.parent.is_some() {
            format!("trigger \"{name}\" for relation \"{on}\" is an internal or a child trigger")
        } else if known.constraint {
            format!("trigger \"{name}\" for relation \"{on}\" is a constraint trigger")
        } else {
            return Ok(());
        };
        Err(Fault::new("42710", message).at_name(name))
    }

    /// Refuses a constraint trigger that has the name of a constraint: the server does not look for
    /// one, and its own catalog refuses the second.
    fn may_take_constraint(&self, table: Oid, name: &str) -> Result<(), Fault> {
        match self.store.find(table, Space::Constraint, name) {
            Lookup::Found(oid) if self.store.is_certain(oid) => Err(Fault::new(
                "23505",
                "duplicate key value violates unique constraint \
                 \"pg_constraint_conrelid_contypid_conname_index\"",
            )
            .at_name(name)),
            _ => Ok(()),
        }
    }

    /// Returns the columns of `UPDATE OF`; those of a table that is not known to the end are there.
    fn update_columns(
        &mut self,
        create: &CreateTrigStmt,
        table: Oid,
    ) -> Result<Vec<ColumnId>, Fault> {
        let mut columns = Vec::new();
        for name in strings(&create.columns) {
            match self.needed_column(table, name) {
                Some(column) if columns.contains(&column) => {
                    return Err(Fault::new(
                        "42701",
                        format!("column \"{name}\" specified more than once"),
                    )
                    .at_name(name));
                }
                Some(column) => columns.push(column),
                None if self.column(table, name) == ColumnLookup::Absent => {
                    return Err(no_column_of(&self.own_name(table), name));
                }
                None => {}
            }
        }
        Ok(columns)
    }

    /// Adds a trigger, in the place of one of its name.
    fn put_trigger(&mut self, table: Oid, name: &str, trigger: Trigger, needs: Vec<Use>) -> Oid {
        let existing = self.store.find_all(table, Space::Trigger, name).0.first();
        if let Some(oid) = existing.copied() {
            self.store.affirm(oid);
            if let Some(object) = self.store.get_mut(oid) {
                object.def = Def::Trigger(trigger);
            }
            self.store.set_uses(oid, needs);
            return oid;
        }
        self.store
            .add(Object::new(name, table, Def::Trigger(trigger)).using(needs))
    }

    fn add_trigger_constraint(
        &mut self,
        create: &CreateTrigStmt,
        table: Oid,
        name: &str,
        trigger: Oid,
    ) {
        let constraint = Constraint {
            kind: ConstraintKind::Trigger,
            columns: Vec::new(),
            index: None,
            deferrable: match (create.deferrable, create.initdeferred) {
                (false, _) => Deferrable::No,
                (true, false) => Deferrable::Immediate,
                (true, true) => Deferrable::Deferred,
            },
            validated: true,
            inherited: 0,
            local: true,
            no_inherit: true,
        };
        self.store.add(
            Object::new(name, table, Def::Constraint(constraint))
                .using([Use::of(trigger).tied(Tie::Internal)]),
        );
    }

    /// Gives the partitions of a table copies of a trigger.
    fn copy_to_partitions(
        &mut self,
        table: Oid,
        parent: Oid,
        name: &str,
        trigger: &Trigger,
        needs: &[Use],
    ) -> Result<(), Fault> {
        for partition in self.partitions_of(table) {
            if let Lookup::Found(_) = self.store.find(partition, Space::Trigger, name) {
                return Err(taken(name, &self.own_name(partition)));
            }
            let copy = self.copy_trigger(partition, parent, name, trigger, needs);
            self.copy_to_partitions(partition, copy, name, trigger, needs)?;
        }
        Ok(())
    }

    fn copy_trigger(
        &mut self,
        partition: Oid,
        parent: Oid,
        name: &str,
        trigger: &Trigger,
        needs: &[Use],
    ) -> Oid {
        let table = self.store.get(parent).map(|parent| parent.within);
        let mut copy = trigger.clone();
        copy.parent = Some(parent);
        if let Some(table) = table {
            copy.when = copy.when.map(|when| self.text_for(&when, table, partition));
            for event in &mut copy.events {
                if let Event::Update(columns) = event {
                    let own: Option<Vec<ColumnId>> = columns
                        .iter()
                        .map(|column| self.same_column(table, *column, partition))
                        .collect();
                    *event = own.map_or(Event::UpdateOfUnknown, Event::Update);
                }
            }
        }
        let functions: Vec<Use> = needs
            .iter()
            .filter(|need| need.column.is_none())
            .copied()
            .chain([Use::of(parent).tied(Tie::Internal)])
            .collect();
        self.put_trigger(partition, name, copy, functions)
    }

    /// Gives a new partition copies of its table's row-level triggers.
    ///
    /// # Errors
    ///
    /// 42710 if the partition has a trigger of the name.
    pub(in crate::catalog) fn copy_triggers(
        &mut self,
        table: Oid,
        partition: Oid,
    ) -> Result<(), Fault> {
        for oid in self.store.within(table, Space::Trigger) {
            let Some(object) = self.store.get(oid) else {
                continue;
            };
            let Def::Trigger(trigger) = &object.def else {
                continue;
            };
            if !trigger.for_each_row {
                continue;
            }
            let (name, trigger) = (object.name.clone(), trigger.clone());
            let needs: Vec<Use> = object
                .uses
                .iter()
                .filter(|need| need.tie != Tie::Internal)
                .copied()
                .collect();
            if let Lookup::Found(_) = self.store.find(partition, Space::Trigger, &name) {
                return Err(taken(&name, &self.own_name(partition)));
            }
            let certain = self.store.is_certain(oid);
            let copy = self.copy_trigger(partition, oid, &name, &trigger, &needs);
            self.copy_to_partitions(partition, copy, &name, &trigger, &needs)?;
            if !certain {
                self.blur_object(copy);
            }
        }
        Ok(())
    }
}

fn taken(name: &str, on: &Name) -> Fault {
    Fault::new(
        "42710",
        format!("trigger \"{name}\" for relation \"{on}\" already exists"),
    )
    .at_name(name)
}

fn timing(create: &CreateTrigStmt) -> &'static str {
    match i32::from(create.timing) {
        TRIGGER_TYPE_BEFORE => "before",
        TRIGGER_TYPE_INSTEAD => "instead of",
        _ => "after",
    }
}

fn events(create: &CreateTrigStmt, columns: Vec<ColumnId>) -> Vec<Event> {
    let has = |event: i32| i32::from(create.events) & event != 0;
    let mut events = Vec::new();
    if has(TRIGGER_TYPE_INSERT) {
        events.push(Event::Insert);
    }
    if has(TRIGGER_TYPE_UPDATE) {
        // A column that is not known is none of those that are.
        let named = strings(&create.columns).count();
        events.push(if named == columns.len() {
            Event::Update(columns)
        } else {
            Event::UpdateOfUnknown
        });
    }
    if has(TRIGGER_TYPE_DELETE) {
        events.push(Event::Delete);
    }
    if has(TRIGGER_TYPE_TRUNCATE) {
        events.push(Event::Truncate);
    }
    events
}
