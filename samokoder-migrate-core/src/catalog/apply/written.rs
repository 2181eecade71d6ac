//! What is written at a column, and whether it contradicts itself.

use super::column::constraints;
use crate::{
    catalog::fault::Fault,
    tree::{ColumnDef, ConstrType, Constraint},
};

/// What is written at a column, held against itself.
pub(super) struct Written<'a> {
    pub(super) not_null: bool,
    pub(super) identity: Option<&'a Constraint>,
}

impl<'a> Written<'a> {
    pub(super) fn read(def: &'a ColumnDef, table: &str, serial: bool) -> Result<Self, Fault> {
        let column = def.colname.as_deref().unwrap_or_default();
        let fault = |what: &str, constraint: &Constraint| {
            Err(Fault::new(
                "42601",
                format!("{what} for column \"{column}\" of table \"{table}\""),
            )
            .at(constraint.location))
        };
        let conflicting = "conflicting NULL/NOT NULL declarations";
        let mut nullable = false;
        let mut not_null = serial;
        let (mut default, mut generated) = (serial, false);
        let mut identity = None;
        for constraint in constraints(def) {
            match constraint.contype {
                ConstrType::CONSTR_NULL if not_null => return fault(conflicting, constraint),
                ConstrType::CONSTR_NULL => nullable = true,
                ConstrType::CONSTR_NOTNULL | ConstrType::CONSTR_IDENTITY if nullable => {
                    return fault(conflicting, constraint);
                }
                ConstrType::CONSTR_NOTNULL => not_null = true,
                ConstrType::CONSTR_DEFAULT if default => {
                    return fault("multiple default values specified", constraint);
                }
                ConstrType::CONSTR_DEFAULT => default = true,
                ConstrType::CONSTR_IDENTITY if identity.is_some() => {
                    return fault("multiple identity specifications", constraint);
                }
                ConstrType::CONSTR_IDENTITY => {
                    identity = Some(constraint);
                    not_null = true;
                }
                ConstrType::CONSTR_GENERATED if generated => {
                    return fault("multiple generation clauses specified", constraint);
                }
                ConstrType::CONSTR_GENERATED => generated = true,
                _ => {}
            }
            if default && identity.is_some() {
                return fault("both default and identity specified", constraint);
            }
            if default && generated {
                return fault(
                    "both default and generation expression specified",
                    constraint,
                );
            }
            if identity.is_some() && generated {
                return fault(
                    "both identity and generation expression specified",
                    constraint,
                );
            }
        }
        Ok(Self { not_null, identity })
    }
}
