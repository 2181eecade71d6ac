//! What PostgreSQL says of a name that nothing has, and which names every table has.

use super::fault::Fault;
use crate::tree::Path;

/// 3F000 of a schema.
pub(super) fn no_schema(name: &str) -> Fault {
    Fault::new("3F000", format!("schema \"{name}\" does not exist")).at_name(name)
}

/// 42P01 of a relation: qualified as it is written.
pub(super) fn no_relation(path: Path<'_>) -> Fault {
    let message = format!("relation \"{}\" does not exist", written(path));
    Fault::new("42P01", message).at_name(path.name)
}

/// 42704 of a type: qualified as it is written.
pub(super) fn no_type(path: Path<'_>) -> Fault {
    let message = format!("type \"{}\" does not exist", written(path));
    Fault::new("42704", message).at_name(path.name)
}

/// 42703 of a column, where the table needs no saying.
pub(super) fn no_column(name: &str) -> Fault {
    Fault::new("42703", format!("column \"{name}\" does not exist")).at_name(name)
}

/// 42703 of a column, with its relation.
pub(super) fn no_column_of(relation: &str, name: &str) -> Fault {
    let message = format!("column \"{name}\" of relation \"{relation}\" does not exist");
    Fault::new("42703", message).at_name(name)
}

/// Returns a name as a message repeats it: qualified if it is written so.
pub(super) fn written(path: Path<'_>) -> String {
    match path.schema {
        Some(schema) => format!("{schema}.{}", path.name),
        None => path.name.to_owned(),
    }
}

/// Returns whether every table has a column of a name ("System Columns").
pub(super) fn is_system_column(name: &str) -> bool {
    matches!(
        name,
        "tableoid" | "xmin" | "cmin" | "xmax" | "cmax" | "ctid"
    )
}
