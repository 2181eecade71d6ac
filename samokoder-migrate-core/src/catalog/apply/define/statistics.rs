//! `CREATE STATISTICS`.

use super::super::type_def::clip;
use crate::{
    catalog::{
        Catalog,
        apply::ColumnLookup,
        fault::Fault,
        missing::no_column,
        object::{ColumnId, Def, Name, Object, Persistence, Space, Tie, Use},
        store::{Lookup, Oid},
    },
    tree::{CreateStatsStmt, Node, Path, path, relation},
};

impl Catalog {
    pub(super) fn create_statistics(&mut self, create: &CreateStatsStmt) -> Result<(), Fault> {
        let Some(Some(Node::RangeVar(var))) = create.relations.first() else {
            return Ok(());
        };
        let table = self.command_relation(var)?;
        let written = path(&create.defnames);
        let chosen = chosen_name(create, relation(var));
        // Without a name it goes beside its table (since PostgreSQL 16).
        let (schema, name) = match written {
            Some(written) => (
                self.creation_schema(written, Persistence::Permanent)?,
                Name::from(written.name),
            ),
            None => match table.and_then(|table| self.store.get(table)) {
                Some(table) => (table.within, chosen.as_str().into()),
                None => return Ok(()),
            },
        };
        if self.is_taken(schema, Space::Statistics, &name) {
            if create.if_not_exists {
                return Ok(());
            }
            if written.is_some() {
                let message = format!("statistics object \"{name}\" already exists");
                return Err(Fault::new("42710", message).at_name(&name));
            }
            // It has a number at its end that is not worked out.
            return Ok(());
        }
        let before = self.store.find(schema, Space::Statistics, &name);
        let mut uses = Vec::new();
        if let Some(table) = table {
            for column in columns(create) {
                if let Some(id) = self.statistics_column(table, column)? {
                    uses.push(Use::of(table).column(id).tied(Tie::Auto));
                }
            }
            if uses.is_empty() {
                uses.push(Use::of(table).tied(Tie::Auto));
            }
        }
        let object = Object::new(name.clone(), schema, Def::Other(Space::Statistics));
        self.store.add(object.using(uses));
        if before == Lookup::Unknown && (create.if_not_exists || written.is_none()) {
            self.store.blur_name(schema, Space::Statistics, &name);
        }
        Ok(())
    }

    fn statistics_column(&self, table: Oid, column: &str) -> Result<Option<ColumnId>, Fault> {
        match self.column(table, column) {
            ColumnLookup::Found(id) => Ok(Some(id)),
            ColumnLookup::Absent => Err(no_column(column)),
            ColumnLookup::Unknown => Ok(None),
        }
    }
}

/// Chooses a name as `ChooseExtendedStatisticName` does: `users_a_b_stat`.
fn chosen_name(create: &CreateStatsStmt, table: Path<'_>) -> String {
    const LONGEST: usize = 63;
    let parts: Vec<&str> = elements(create)
        .map(|name| name.unwrap_or("expr"))
        .collect();
    let room = LONGEST - "__stat".len();
    let (mut first, mut second) = (table.name.len(), parts.join("_").len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let parts = parts.join("_");
    format!("{}_{}_stat", clip(table.name, first), clip(&parts, second))
}

/// Returns the columns' names; `None` stands for an expression.
fn elements(create: &CreateStatsStmt) -> impl Iterator<Item = Option<&str>> {
    create.exprs.iter().flatten().filter_map(|node| match node {
        Node::StatsElem(element) => Some(element.name.as_deref()),
        _ => None,
    })
}

fn columns(create: &CreateStatsStmt) -> impl Iterator<Item = &str> {
    elements(create).flatten()
}
