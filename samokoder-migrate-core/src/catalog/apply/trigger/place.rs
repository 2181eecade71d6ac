//! Which triggers which relations can have.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, RelationKind},
        store::Oid,
    },
    tree::{
        CreateTrigStmt, Node, TRIGGER_TYPE_DELETE, TRIGGER_TYPE_INSERT, TRIGGER_TYPE_INSTEAD,
        TRIGGER_TYPE_TRUNCATE, TRIGGER_TYPE_UPDATE,
    },
};

/// Refuses a trigger that a relation of this kind cannot have.
pub(super) fn check(catalog: &Catalog, oid: Oid, create: &CreateTrigStmt) -> Result<(), Fault> {
    let Some(object) = catalog.store.get(oid) else {
        return Ok(());
    };
    if !catalog.store.is_certain(oid) {
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
        Def::Relation(relation) => match relation.known_kind() {
            Some(kind) => kind,
            None => return Ok(()),
        },
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

/// Refuses transition tables where there are none (`REFERENCING OLD TABLE AS …`).
pub(super) fn check_transition(create: &CreateTrigStmt) -> Result<(), Fault> {
    let fault = |sqlstate, message| Err(Fault::new(sqlstate, message));
    let events = i32::from(create.events);
    let has = |event: i32| events & event != 0;
    let changes = [
        TRIGGER_TYPE_INSERT,
        TRIGGER_TYPE_UPDATE,
        TRIGGER_TYPE_DELETE,
    ];
    for node in create.transitionRels.iter().flatten() {
        let Node::TriggerTransition(transition) = node else {
            continue;
        };
        if !transition.isTable {
            return Ok(());
        }
        if i32::from(create.timing) != 0 {
            let message = "transition table name can only be specified for an AFTER trigger";
            return fault("42P17", message);
        }
        if has(TRIGGER_TYPE_TRUNCATE) {
            let message = "TRUNCATE triggers with transition tables are not supported";
            return fault("0A000", message);
        }
        if changes.into_iter().filter(|event| has(*event)).count() != 1 {
            let message =
                "transition tables cannot be specified for triggers with more than one event";
            return fault("0A000", message);
        }
        if !create.columns.is_empty() {
            let message = "transition tables cannot be specified for triggers with column lists";
            return fault("0A000", message);
        }
        if transition.isNew && has(TRIGGER_TYPE_DELETE) {
            let message = "NEW TABLE can only be specified for an INSERT or UPDATE trigger";
            return fault("42P17", message);
        }
        if !transition.isNew && has(TRIGGER_TYPE_INSERT) {
            let message = "OLD TABLE can only be specified for a DELETE or UPDATE trigger";
            return fault("42P17", message);
        }
    }
    Ok(())
}

fn is_instead(create: &CreateTrigStmt) -> bool {
    i32::from(create.timing) == TRIGGER_TYPE_INSTEAD
}
