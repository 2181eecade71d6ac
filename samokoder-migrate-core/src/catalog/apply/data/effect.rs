//! What a statement about rows does to the schema: by the functions that it calls, by the triggers
//! that it fires.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, Enabled, Event, Fact, Space},
        store::Oid,
    },
    tree::{CreateTableAsStmt, Node, OnConflictAction, SelectStmt},
};

/// What happens to the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fired {
    Insert,
    Update,
    Delete,
    Truncate,
}

impl Catalog {
    /// Returns whether a trigger's function may change the schema.
    pub(in crate::catalog::apply) fn may_change_schema(&self, oid: Oid) -> bool {
        match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Routine(routine)) => {
                !self.store.is_certain(oid) || routine.changes_schema != Fact::Known(false)
            }
            _ => true,
        }
    }

    /// Fires the triggers of a statement's table.
    pub(super) fn fire(&mut self, table: Oid, node: &Node) {
        match node {
            Node::InsertStmt(insert) => {
                self.fire_events(table, Fired::Insert);
                let updates = insert
                    .onConflictClause
                    .as_ref()
                    .is_some_and(|conflict| conflict.action == OnConflictAction::ONCONFLICT_UPDATE);
                if updates {
                    self.fire_events(table, Fired::Update);
                }
            }
            Node::UpdateStmt(_) => self.fire_events(table, Fired::Update),
            Node::DeleteStmt(_) => self.fire_events(table, Fired::Delete),
            Node::MergeStmt(_) => {
                for event in [Fired::Insert, Fired::Update, Fired::Delete] {
                    self.fire_events(table, event);
                }
            }
            _ => {}
        }
    }

    /// Fires the triggers of one event.
    pub(super) fn fire_events(&mut self, table: Oid, fired: Fired) {
        let fired: Vec<Oid> = self
            .store
            .within(table, Space::Trigger)
            .into_iter()
            .filter_map(|oid| match &self.store.get(oid)?.def {
                Def::Trigger(trigger) => Some(trigger),
                _ => None,
            })
            .filter(|trigger| trigger.enabled != Enabled::Disabled)
            .filter(|trigger| {
                trigger.events.iter().any(|event| {
                    matches!(
                        (event, fired),
                        (Event::Insert, Fired::Insert)
                            | (Event::Update(_) | Event::UpdateOfUnknown, Fired::Update)
                            | (Event::Delete, Fired::Delete)
                            | (Event::Truncate, Fired::Truncate)
                    )
                })
            })
            .filter_map(|trigger| match trigger.function {
                Fact::Known(function) => Some(function),
                // An extension's: they are about rows.
                Fact::Unknown => None,
            })
            .filter(|function| self.may_change_schema(*function))
            .collect();
        for function in fired {
            self.run_trigger(function);
        }
    }

    /// `SELECT … INTO t` is `CREATE TABLE t AS SELECT …`.
    pub(super) fn select_as_table(&mut self, select: &SelectStmt) -> Result<(), Fault> {
        let mut query = select.clone();
        let into = query.intoClause.take();
        self.create_table_as(&CreateTableAsStmt {
            query: Some(Node::SelectStmt(Box::new(query))),
            into,
            objtype: crate::tree::ObjectType::OBJECT_TABLE,
            is_select_into: true,
            if_not_exists: false,
        })
    }
}
