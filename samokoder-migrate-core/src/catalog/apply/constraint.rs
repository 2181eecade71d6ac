//! A constraint that is added to a table.

use std::borrow::Cow;

use super::column::constraints;
use crate::{
    catalog::{Catalog, fault::Fault, missing::no_column_of, object::ColumnId, store::Oid},
    tree::{ColumnDef, ConstrType, Constraint, strings},
};

/// Whether a table is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// CREATE TABLE: there are no rows, so NOT VALID means nothing.
    Create,
    /// ALTER TABLE.
    Alter,
}

/// A constraint, and the column that it is written at.
pub(super) type Placed<'a> = (Cow<'a, Constraint>, Option<ColumnId>);

impl Catalog {
    /// Adds a constraint to a table: a table constraint, or with `column` that of a column. Checks go
    /// to the tables that inherit it, keys and foreign keys to its partitions.
    ///
    /// # Errors
    ///
    /// 42710 if its name is taken, 42703 and 42P01 for columns and tables that are known not to be
    /// there, 42830 for a foreign key without a unique key to point at, 42P16 for a second primary key.
    pub(super) fn add_constraint(
        &mut self,
        table: Oid,
        constraint: &Constraint,
        column: Option<ColumnId>,
    ) -> Result<(), Fault> {
        self.place_constraint(table, constraint, column, Moment::Alter)
    }

    /// Adds the constraints that are written at a column that was added, in the server's order.
    pub(super) fn add_column_constraints(
        &mut self,
        table: Oid,
        column: ColumnId,
        def: &ColumnDef,
    ) -> Result<(), Fault> {
        let written = folded(def)?
            .into_iter()
            .map(|constraint| (constraint, Some(column)))
            .collect();
        let order = Ordered::new(written);
        order.checks(self, table, Moment::Alter)?;
        order.keys(self, table)?;
        order.foreign_keys(self, table, Moment::Alter)
    }

    fn place_constraint(
        &mut self,
        table: Oid,
        constraint: &Constraint,
        column: Option<ColumnId>,
        moment: Moment,
    ) -> Result<(), Fault> {
        match constraint.contype {
            ConstrType::CONSTR_CHECK => self.add_check(table, constraint, moment),
            ConstrType::CONSTR_PRIMARY
            | ConstrType::CONSTR_UNIQUE
            | ConstrType::CONSTR_EXCLUSION => self.add_key(table, constraint, column),
            ConstrType::CONSTR_FOREIGN => self.add_foreign_key(table, constraint, column, moment),
            ConstrType::CONSTR_NOTNULL => {
                if let Some(column) = column {
                    self.mark_not_null(table, column);
                }
                for name in strings(&constraint.keys) {
                    let Some(id) = self.needed_column(table, name) else {
                        return Err(no_column_of(&self.name_of(table), name));
                    };
                    self.mark_not_null(table, id);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Lists a column's constraints, each with the attributes that are written after it.
///
/// # Errors
///
/// 42601 for an attribute that follows a constraint which cannot have it.
pub(super) fn folded(def: &ColumnDef) -> Result<Vec<Cow<'_, Constraint>>, Fault> {
    let mut folded: Vec<Cow<'_, Constraint>> = Vec::new();
    for constraint in constraints(def) {
        let (clause, change): (&str, fn(&mut Constraint)) = match constraint.contype {
            ConstrType::CONSTR_ATTR_DEFERRABLE => ("DEFERRABLE", |last| last.deferrable = true),
            ConstrType::CONSTR_ATTR_NOT_DEFERRABLE => ("NOT DEFERRABLE", |_| {}),
            ConstrType::CONSTR_ATTR_DEFERRED => ("INITIALLY DEFERRED", |last| {
                last.deferrable = true;
                last.initdeferred = true;
            }),
            ConstrType::CONSTR_ATTR_IMMEDIATE => ("INITIALLY IMMEDIATE", |_| {}),
            ConstrType::CONSTR_ATTR_NOT_ENFORCED | ConstrType::CONSTR_ATTR_ENFORCED => continue,
            _ => {
                folded.push(Cow::Borrowed(constraint));
                continue;
            }
        };
        match folded.last_mut() {
            Some(last) if can_be_deferred(last.contype) => change(last.to_mut()),
            _ => {
                return Err(Fault::new("42601", format!("misplaced {clause} clause"))
                    .at(constraint.location));
            }
        }
    }
    Ok(folded)
}

fn can_be_deferred(contype: ConstrType) -> bool {
    matches!(
        contype,
        ConstrType::CONSTR_PRIMARY
            | ConstrType::CONSTR_UNIQUE
            | ConstrType::CONSTR_EXCLUSION
            | ConstrType::CONSTR_FOREIGN
    )
}

/// Constraints that are made together, in the order that the server makes them.
pub(super) struct Ordered<'a> {
    checks: Vec<Placed<'a>>,
    keys: Vec<Placed<'a>>,
    foreign: Vec<Placed<'a>>,
}

impl<'a> Ordered<'a> {
    /// Sorts constraints by when they are made; the primary key comes before other keys, and of keys
    /// that are the same one is made.
    pub(super) fn new(written: Vec<Placed<'a>>) -> Self {
        let mut ordered = Self {
            checks: Vec::new(),
            keys: Vec::new(),
            foreign: Vec::new(),
        };
        for placed in written {
            match placed.0.contype {
                ConstrType::CONSTR_PRIMARY
                | ConstrType::CONSTR_UNIQUE
                | ConstrType::CONSTR_EXCLUSION => ordered.keys.push(placed),
                ConstrType::CONSTR_FOREIGN => ordered.foreign.push(placed),
                _ => ordered.checks.push(placed),
            }
        }
        ordered
            .keys
            .sort_by_key(|(key, _)| key.contype != ConstrType::CONSTR_PRIMARY);
        ordered
    }

    pub(super) fn checks(
        &self,
        catalog: &mut Catalog,
        table: Oid,
        moment: Moment,
    ) -> Result<(), Fault> {
        add_all(&self.checks, catalog, table, moment)
    }

    /// Adds keys; a second one on the same columns is the first, and gives it its name.
    pub(super) fn keys(&self, catalog: &mut Catalog, table: Oid) -> Result<(), Fault> {
        let mut kept: Vec<Placed<'_>> = Vec::new();
        for (key, column) in &self.keys {
            let primary = key.contype == ConstrType::CONSTR_PRIMARY;
            if primary && !kept.is_empty() {
                let name = catalog.name_of(table);
                return Err(Fault::new(
                    "42P16",
                    format!("multiple primary keys for table \"{name}\" are not allowed"),
                )
                .at(key.location));
            }
            let columns = names(catalog, table, key, *column);
            let same = kept.iter().position(|(prior, at)| {
                is_same(prior, key) && names(catalog, table, prior, *at) == columns
            });
            match same.and_then(|index| kept.get_mut(index)) {
                Some((prior, _)) => {
                    if prior.conname.is_none() && key.conname.is_some() {
                        prior.to_mut().conname.clone_from(&key.conname);
                    }
                }
                None => kept.push((Cow::Borrowed(&**key), *column)),
            }
        }
        add_all(&kept, catalog, table, Moment::Create)
    }

    pub(super) fn foreign_keys(
        &self,
        catalog: &mut Catalog,
        table: Oid,
        moment: Moment,
    ) -> Result<(), Fault> {
        add_all(&self.foreign, catalog, table, moment)
    }
}

fn add_all(
    constraints: &[Placed<'_>],
    catalog: &mut Catalog,
    table: Oid,
    moment: Moment,
) -> Result<(), Fault> {
    for (constraint, column) in constraints {
        catalog.place_constraint(table, constraint, *column, moment)?;
    }
    Ok(())
}

/// Returns whether two keys on the same columns are one index.
fn is_same(a: &Constraint, b: &Constraint) -> bool {
    let exclusion = ConstrType::CONSTR_EXCLUSION;
    a.contype != exclusion
        && b.contype != exclusion
        && a.including == b.including
        && a.nulls_not_distinct == b.nulls_not_distinct
        && a.deferrable == b.deferrable
        && a.initdeferred == b.initdeferred
        && a.without_overlaps == b.without_overlaps
}

fn names(catalog: &Catalog, table: Oid, key: &Constraint, column: Option<ColumnId>) -> Vec<String> {
    match column {
        Some(id) => catalog
            .name_of_column(table, id)
            .iter()
            .map(ToString::to_string)
            .collect(),
        None => strings(&key.keys).map(str::to_owned).collect(),
    }
}
