//! What INSERT is refused for beyond the names in it.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Column, Filled, Identity, RelationKind, Space},
        store::{Lookup, Oid},
    },
    tree::{InsertStmt, List, Node, OnConflictAction, OverridingKind, SelectStmt, UpdateStmt},
};

impl Catalog {
    /// Checks an INSERT into a table that is there.
    pub(super) fn inserted(&self, insert: &InsertStmt, table: Oid) -> Result<(), Fault> {
        if !self.stores_rows(table) {
            return Ok(());
        }
        self.filled_by_itself(insert, table)?;
        self.conflicting(insert, table)
    }

    /// Refuses a value for a column that the server fills.
    ///
    /// # Errors
    ///
    /// 428C9 (chapter "Data Definition", "Generated Columns" and "Identity Columns").
    fn filled_by_itself(&self, insert: &InsertStmt, table: Oid) -> Result<(), Fault> {
        let Some(relation) = self.store.get(table).and_then(|object| object.relation()) else {
            return Ok(());
        };
        let Some(source) = &insert.selectStmt else {
            return Ok(());
        };
        let Node::SelectStmt(select) = source else {
            return Ok(());
        };
        let named = insert.cols.iter().flatten().filter_map(|node| match node {
            Node::ResTarget(target) => target.name.as_deref(),
            _ => None,
        });
        let targets: Vec<&Column> = if insert.cols.is_empty() {
            relation.columns.iter().collect()
        } else {
            let find = |name| relation.columns.iter().find(|column| &*column.name == name);
            match named.map(find).collect::<Option<Vec<_>>>() {
                Some(columns) => columns,
                None => return Ok(()),
            }
        };
        for (index, column) in targets.into_iter().enumerate() {
            let (refused, what) = match column.filled {
                Filled::Identity(Identity::Always) => (
                    insert.r#override == OverridingKind::OVERRIDING_NOT_SET,
                    "an identity column defined as GENERATED ALWAYS",
                ),
                Filled::Generated(_) => (true, "a generated column"),
                _ => continue,
            };
            if !refused || !gets_value(select, index) {
                continue;
            }
            let name = &column.name;
            let message = format!("cannot insert a non-DEFAULT value into column \"{name}\"");
            let fault = Fault::new("428C9", message).at_name(name);
            return Err(fault.note(format!("Column \"{name}\" is {what}.")));
        }
        Ok(())
    }

    /// Refuses a new value for a column that the server fills.
    ///
    /// # Errors
    ///
    /// 428C9, as of an INSERT.
    pub(super) fn updated(&self, update: &UpdateStmt, table: Oid) -> Result<(), Fault> {
        if !self.stores_rows(table) {
            return Ok(());
        }
        let Some(relation) = self.store.get(table).and_then(|object| object.relation()) else {
            return Ok(());
        };
        for node in update.targetList.iter().flatten() {
            let Node::ResTarget(target) = node else {
                continue;
            };
            if matches!(
                target.val,
                None | Some(Node::SetToDefault(_) | Node::MultiAssignRef(_))
            ) {
                continue;
            }
            let name = target.name.as_deref().unwrap_or_default();
            let column = relation.columns.iter().find(|column| &*column.name == name);
            let what = match column.map(|column| &column.filled) {
                Some(Filled::Identity(Identity::Always)) => {
                    "an identity column defined as GENERATED ALWAYS"
                }
                Some(Filled::Generated(_)) => "a generated column",
                _ => continue,
            };
            let message = format!("column \"{name}\" can only be updated to DEFAULT");
            let fault = Fault::new("428C9", message).at(target.location);
            return Err(fault.note(format!("Column \"{name}\" is {what}.")));
        }
        Ok(())
    }

    /// Returns whether a relation holds the rows that are written to it, for certain.
    fn stores_rows(&self, table: Oid) -> bool {
        matches!(
            self.kind_of(table),
            Some(RelationKind::Table | RelationKind::PartitionedTable)
        ) && self.store.within(table, Space::Rule).is_empty()
    }

    /// Looks for what ON CONFLICT names.
    fn conflicting(&self, insert: &InsertStmt, table: Oid) -> Result<(), Fault> {
        let Some(conflict) = &insert.onConflictClause else {
            return Ok(());
        };
        debug_assert!(conflict.action != OnConflictAction::ONCONFLICT_NONE);
        let Some(infer) = &conflict.infer else {
            return Ok(());
        };
        let Some(name) = &infer.conname else {
            return self.inferred(infer, table);
        };
        if self.store.find(table, Space::Constraint, name) != Lookup::Absent
            || self.store.is_open(table)
        {
            return Ok(());
        }
        let shown = self.store.get(table).map(|object| object.name.clone());
        let message = format!(
            "constraint \"{name}\" for table \"{}\" does not exist",
            shown.unwrap_or_else(|| "".into())
        );
        Err(Fault::new("42704", message).at_name(name))
    }
}

/// Returns whether a column of the result is more than DEFAULT for certain.
fn gets_value(select: &SelectStmt, index: usize) -> bool {
    let is_value = |list: &List| match list.get(index) {
        Some(Some(Node::SetToDefault(_))) | None => false,
        Some(_) => true,
    };
    if !select.valuesLists.is_empty() {
        return select.valuesLists.iter().flatten().any(|node| match node {
            Node::List(row) => is_value(row),
            _ => false,
        });
    }
    let stars = select.targetList.iter().flatten().any(|node| match node {
        Node::ResTarget(target) => match &target.val {
            Some(Node::ColumnRef(column)) => {
                matches!(column.fields.last(), Some(Some(Node::A_Star(_))))
            }
            Some(Node::A_Indirection(_)) => true,
            _ => false,
        },
        _ => false,
    });
    !stars && !select.targetList.is_empty() && is_value(&select.targetList)
}
