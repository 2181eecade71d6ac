//! Which triggers which relations can have.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, RelationKind},
        store::Oid,
    },
    tree::{CreateTrigStmt, TRIGGER_TYPE_INSTEAD, TRIGGER_TYPE_TRUNCATE},
};

/// Refuses a trigger that a relation of this kind cannot have.
pub(super) fn check(catalog: &Catalog, oid: Oid, create: &CreateTrigStmt) -> Result<(), Fault> {
    let Some(object) = catalog.store.get(oid) else {
        return Ok(());
    };
    if !catalog.store.is_certain(oid) || object.open {
        return Ok(());
    }
    let name = &object.name;
    let refused = |message: String, detail: Option<&str>| {
        let fault = Fault::new("42809", message).at_name(name);
        Err(match detail {
            Some(detail) => fault.note(detail),
            None => fault,
        })
    };
    let instead = is_instead(create);
    let truncate = i32::from(create.events) & TRIGGER_TYPE_TRUNCATE != 0;
    let kind = match &object.def {
        Def::Relation(relation) => relation.kind,
        Def::Index(_) => return refused(format!("\"{name}\" is an index"), None),
        Def::Type(_) => return refused(format!("\"{name}\" is a composite type"), None),
        Def::Sequence(_) => {
            return refused(
                format!("relation \"{name}\" cannot have triggers"),
                Some("this operation is not supported for sequences"),
            );
        }
        _ => return Ok(()),
    };
    match kind {
        RelationKind::Table | RelationKind::PartitionedTable if instead => refused(
            format!("\"{name}\" is a table"),
            Some("tables cannot have INSTEAD OF triggers"),
        ),
        RelationKind::View if !instead && create.row => refused(
            format!("\"{name}\" is a view"),
            Some("views cannot have row-level BEFORE or AFTER triggers"),
        ),
        RelationKind::View if truncate => refused(
            format!("\"{name}\" is a view"),
            Some("views cannot have TRUNCATE triggers"),
        ),
        RelationKind::ForeignTable if instead => refused(
            format!("\"{name}\" is a foreign table"),
            Some("foreign tables cannot have INSTEAD OF triggers"),
        ),
        RelationKind::ForeignTable if create.isconstraint => refused(
            format!("\"{name}\" is a foreign table"),
            Some("foreign tables cannot have constraint triggers"),
        ),
        RelationKind::MaterializedView => refused(
            format!("relation \"{name}\" cannot have triggers"),
            Some("this operation is not supported for materialized views"),
        ),
        _ => Ok(()),
    }
}

/// Refuses what no trigger can be.
pub(super) fn check_level(create: &CreateTrigStmt) -> Result<(), Fault> {
    let truncate = i32::from(create.events) & TRIGGER_TYPE_TRUNCATE != 0;
    let message = if create.row && truncate {
        "TRUNCATE FOR EACH ROW triggers are not supported"
    } else if !is_instead(create) {
        return Ok(());
    } else if !create.row {
        "INSTEAD OF triggers must be FOR EACH ROW"
    } else if create.whenClause.is_some() {
        "INSTEAD OF triggers cannot have WHEN conditions"
    } else if !create.columns.is_empty() {
        "INSTEAD OF triggers cannot have column lists"
    } else {
        return Ok(());
    };
    Err(Fault::new("0A000", message))
}

fn is_instead(create: &CreateTrigStmt) -> bool {
    i32::from(create.timing) == TRIGGER_TYPE_INSTEAD
}
