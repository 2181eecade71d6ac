//! What a statement about rows does to the schema: by the functions that it calls, by the triggers
//! that it fires.

use crate::{
    catalog::{
        Catalog, builtin,
        object::{Def, Enabled, Event, Fact, Space},
        resolve::SearchPath,
        store::{Oid, Openness},
    },
    tree::{CreateTableAsStmt, Node, OnConflictAction, Path, SelectStmt},
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
    /// Returns whether a call may do more than return a value.
    pub(super) fn may_do_more(&self, path: Path<'_>) -> bool {
        let system = matches!(path.schema, None | Some("pg_catalog"));
        !system || builtin::routine(path.name).is_none() || self.has_own(path)
    }

    fn has_own(&self, path: Path<'_>) -> bool {
        !self.own_routines(path).0.is_empty()
    }

    /// Runs a function for what it may do to the schema.
    pub(super) fn run_function(&mut self, path: Path<'_>) {
        let (routines, openness) = self.own_routines(path);
        let unknown = routines.is_empty()
            && openness == Openness::Open
            && !Self::is_extensions_name(Space::Routine, path)
            && !Self::is_system_name(Space::Routine, path.name);
        if unknown || routines.iter().any(|oid| self.may_change_schema(*oid)) {
            self.store.cover();
        }
    }

    /// Returns whether a routine may change the schema when it is called.
    fn may_change_schema(&self, oid: Oid) -> bool {
        match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Routine(routine)) => {
                !self.store.is_certain(oid) || routine.changes_schema != Fact::Known(false)
            }
            _ => true,
        }
    }

    fn own_routines(&self, path: Path<'_>) -> (Vec<Oid>, Openness) {
        let names: Vec<&str> = match (path.schema, &self.search_path) {
            (Some(schema), _) => vec![schema],
            (None, SearchPath::Known(schemas)) => schemas.iter().map(|name| &**name).collect(),
            (None, SearchPath::Unknown) => return (Vec::new(), Openness::Open),
        };
        let mut all = Vec::new();
        let mut openness = Openness::Closed;
        for name in names {
            let crate::catalog::store::Lookup::Found(schema) = self.schema(name) else {
                openness = Openness::Open;
                continue;
            };
            let (found, open) = self.store.find_all(schema, Space::Routine, path.name);
            all.extend_from_slice(found);
            if open == Openness::Open {
                openness = Openness::Open;
            }
        }
        (all, openness)
    }

    /// `set_config('search_path', …)`, as `pg_dump` writes it.
    pub(super) fn apply_setting(&mut self, name: Option<&str>, value: Option<&str>) {
        if name.is_some_and(|name| !name.eq_ignore_ascii_case("search_path")) {
            return;
        }
        self.search_path = match (name, value) {
            (Some(_), Some(value)) => SearchPath::Known(
                value
                    .split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty() && *part != "\"$user\"" && *part != "$user")
                    .map(|part| match part.strip_prefix('"') {
                        Some(quoted) => quoted.trim_end_matches('"').into(),
                        None => part.to_ascii_lowercase().into(),
                    })
                    .collect(),
            ),
            _ => SearchPath::Unknown,
        };
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
        let changes = self
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
                            | (Event::Update(_), Fired::Update)
                            | (Event::Delete, Fired::Delete)
                            | (Event::Truncate, Fired::Truncate)
                    )
                })
            })
            .any(|trigger| match trigger.function {
                Fact::Known(function) => self.may_change_schema(function),
                // An extension's: they are about rows.
                Fact::Unknown => false,
            });
        if changes {
            self.store.cover();
        }
    }

    /// `SELECT … INTO t` is `CREATE TABLE t AS SELECT …`.
    pub(super) fn select_as_table(
        &mut self,
        select: &SelectStmt,
    ) -> Result<(), crate::catalog::fault::Fault> {
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
