//! `CREATE VIEW`, `REFRESH MATERIALIZED VIEW`.
//!
//! Rules are those of the documentation's page "CREATE VIEW".

mod refresh;
mod replace;
#[cfg(test)]
mod tests;

use super::policy::uses;
use crate::{
    catalog::{
        Catalog,
        expression::Query,
        fault::Fault,
        object::{
            Column, ColumnId, Def, Fact, Filled, KeyWhat, Name, Object, Persistence, Relation,
            RelationKind, Space,
        },
        store::{Lookup, Oid},
        types::Type,
    },
    tree::{DefElem, List, Node, ViewCheckOption, ViewStmt, relation, string},
};

impl Catalog {
    pub(super) fn create_view(&mut self, create: &ViewStmt) -> Result<(), Fault> {
        let (Some(var), Some(node)) = (&create.view, &create.query) else {
            return Ok(());
        };
        let query = self.query(node)?;
        let columns = named_columns(&query, &create.aliases)?;
        let path = relation(var);
        let persistence = match var.relpersistence {
            b't' => Persistence::Temporary,
            _ if path.schema.is_none() && self.reads_temporary(&query) => Persistence::Temporary,
            _ => Persistence::Permanent,
        };
        let schema = self.creation_schema(path, persistence)?;
        let existing = self.store.find(schema, Space::Relation, path.name);
        if create.replace {
            let taken = self.store.find_all(schema, Space::Relation, path.name).0;
            if let Some(oid) = taken.first().copied() {
                return self.replace_view(oid, existing, create, query, columns);
            }
        }
        if let Some(columns) = &columns {
            distinct(columns)?;
        }
        if let Lookup::Found(_) = existing {
            return Err(Fault::new(
                "42P07",
                format!("relation \"{}\" already exists", path.name),
            )
            .at_name(path.name));
        }
        if let Lookup::Found(_) = self.store.find(schema, Space::Type, path.name) {
            return Err(
                Fault::new("42710", format!("type \"{}\" already exists", path.name))
                    .at_name(path.name)
                    .note(
                        "a relation has an associated type of the same name, so you must use a \
                         name that doesn't conflict with any existing type",
                    ),
            );
        }
        // What may have been replaced keeps its triggers, its rules and its comments.
        let keeps_more = create.replace && existing == Lookup::Unknown;
        let needs = uses(&query.needs);
        let mut view = Relation::empty(RelationKind::View, persistence);
        view.options = options(create);
        view.query = Some(query.sql);
        let open = columns.is_none() || keeps_more;
        for (name, ty) in columns.into_iter().flatten() {
            view.add_column(name, ty);
        }
        let mut object = Object::new(path.name, schema, Def::Relation(view)).using(needs);
        object.open = open;
        self.store.add(object);
        Ok(())
    }

    fn reads_temporary(&self, query: &Query) -> bool {
        query.needs.iter().any(|need| {
            self.store
                .get(need.what)
                .is_some_and(|object| object.within == self.temporary)
        })
    }
}

impl Relation {
    /// Adds a view's column at the end.
    fn add_column(&mut self, name: Name, ty: Type) {
        let id = ColumnId(self.next_column);
        self.next_column = self.next_column.saturating_add(1);
        self.columns.push(Column {
            id,
            name,
            ty,
            not_null: Fact::Known(false),
            filled: Filled::Nothing,
            collation: None,
            inherited: 0,
            local: true,
        });
    }
}

/// Gives a query's columns the names that a view lists.
fn named_columns(query: &Query, aliases: &List) -> Result<Option<Vec<(Name, Type)>>, Fault> {
    let Some(mut columns) = query.columns.clone() else {
        return Ok(None);
    };
    let aliases: Vec<&str> = aliases.iter().flatten().filter_map(string).collect();
    if aliases.len() > columns.len() {
        return Err(Fault::new(
            "42601",
            "CREATE VIEW specifies more column names than columns",
        ));
    }
    for ((name, _), alias) in columns.iter_mut().zip(aliases) {
        *name = alias.into();
    }
    Ok(Some(columns))
}

fn distinct(columns: &[(Name, Type)]) -> Result<(), Fault> {
    for (index, (name, _)) in columns.iter().enumerate() {
        if columns.iter().take(index).any(|(other, _)| other == name) {
            return Err(Fault::new(
                "42701",
                format!("column \"{name}\" specified more than once"),
            )
            .at_name(name));
        }
    }
    Ok(())
}

/// Returns a view's options as they are stored: `security_barrier=true`, sorted.
fn options(create: &ViewStmt) -> Vec<String> {
    let mut options: Vec<String> = create
        .options
        .iter()
        .flatten()
        .filter_map(|option| match option {
            Node::DefElem(option) => option_text(option),
            _ => None,
        })
        .collect();
    match create.withCheckOption {
        ViewCheckOption::LOCAL_CHECK_OPTION => options.push("check_option=local".to_owned()),
        ViewCheckOption::CASCADED_CHECK_OPTION => options.push("check_option=cascaded".to_owned()),
        _ => {}
    }
    options.sort();
    options
}

fn option_text(option: &DefElem) -> Option<String> {
    let name = option.defname.as_deref()?;
    let value = match &option.arg {
        None => "true".to_owned(),
        Some(Node::String(text) | Node::Float(text)) => text.to_string(),
        Some(Node::Integer(number)) => number.to_string(),
        Some(Node::Boolean(value)) => value.to_string(),
        Some(Node::TypeName(name)) => name.names.iter().flatten().find_map(string)?.to_owned(),
        Some(_) => return None,
    };
    Some(format!("{name}={value}"))
}

/// Returns whether an index may serve a refresh without a lock: unique, of plain columns, of all rows.
fn may_serve(catalog: &Catalog, oid: Oid) -> bool {
    let Some(Def::Index(index)) = catalog.store.get(oid).map(|object| &object.def) else {
        return false;
    };
    let plain = index
        .keys
        .iter()
        .all(|key| matches!(key.what, KeyWhat::Column(_)));
    !catalog.store.is_certain(oid) || index.unique && index.predicate.is_none() && plain
}
