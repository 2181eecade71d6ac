//! For tests: the names that came of statements.

use crate::{
    catalog::{object::Def, trial},
    check::Options,
};

/// Replays statements, and lists the names of constraints, indexes and sequences that are known, one
/// a line; or the first fault.
pub(super) fn names(sql: &str) -> String {
    trial::run(sql, &Options::default(), |catalog, fault| {
        if let Some(fault) = fault {
            return format!("{} {}", fault.sqlstate, fault.message);
        }
        let mut lines: Vec<String> = catalog
            .store
            .all()
            .filter(|(oid, _)| catalog.store.is_certain(*oid))
            .filter_map(|(_, object)| {
                let name = &object.name;
                match &object.def {
                    Def::Constraint(_) => Some(format!(
                        "constraint {}.{name}",
                        catalog.name_of(object.within)
                    )),
                    Def::Index(_) => Some(format!("index {name}")),
                    Def::Sequence(_) => Some(format!("sequence {name}")),
                    _ => None,
                }
            })
            .collect();
        lines.sort();
        lines.join("\n")
    })
}

/// Replays statements, and lists a table's columns with what is known of their NOT NULL and of
/// where they come from; or the first fault.
pub(super) fn columns(table: &str, sql: &str) -> String {
    trial::run(sql, &Options::default(), |catalog, fault| {
        if let Some(fault) = fault {
            return format!("{} {}", fault.sqlstate, fault.message);
        }
        let lines: Vec<String> = catalog
            .store
            .all()
            .filter(|(_, object)| &*object.name == table)
            .filter_map(|(_, object)| object.relation())
            .flat_map(|relation| &relation.columns)
            .map(|column| {
                let not_null = match column.not_null.known() {
                    Some(true) => " not null",
                    Some(false) => "",
                    None => " ?",
                };
                let local = if column.local { "" } else { " inherited" };
                format!("{}{not_null}{local}", column.name)
            })
            .collect();
        lines.join(", ")
    })
}
