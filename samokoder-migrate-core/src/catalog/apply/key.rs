//! Primary keys, unique constraints and exclusions: constraints with an index.

use super::index_build::{Owner, Spec};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::no_column,
        object::{
            ColumnId, ConstraintKind, Def, Deferrable, Fact, Key, KeyWhat, Name, Space, Tie, Use,
        },
        store::{Lookup, Oid},
    },
    tree::{ConstrType, Constraint, Node, strings},
};

impl Catalog {
    /// Adds a primary key, a unique constraint or an exclusion, with its index.
    pub(super) fn add_key(
        &mut self,
        table: Oid,
        constraint: &Constraint,
        column: Option<ColumnId>,
    ) -> Result<(), Fault> {
        if let Some(index) = &constraint.indexname {
            return self.adopt_index(table, constraint, index);
        }
        let primary = constraint.contype == ConstrType::CONSTR_PRIMARY;
        if primary {
            self.no_primary_key(table, constraint.location)?;
        }
        let mut spec = if constraint.contype == ConstrType::CONSTR_EXCLUSION {
            self.exclusion(table, constraint)?
        } else {
            self.key(table, constraint, column)?
        };
        spec.owner = Some(Owner {
            kind: kind(constraint.contype),
            deferrable: deferrable(constraint),
        });
        self.include(table, &mut spec, &constraint.including)?;
        spec.options
            .extend(super::table::options(&constraint.options));
        if constraint.nulls_not_distinct {
            spec.options.push("NULLS NOT DISTINCT".to_owned());
        }
        spec.options.sort();
        let name = constraint.conname.as_deref();
        self.build_index(table, &spec, name, None, super::index_build::Recursion::All)?;
        Ok(())
    }

    /// Refuses a second primary key.
    pub(super) fn no_primary_key(&self, table: Oid, location: i32) -> Result<(), Fault> {
        let has = self
            .constraints_of(table)
            .into_iter()
            .any(|(oid, constraint)| {
                matches!(constraint.kind, ConstraintKind::PrimaryKey) && self.store.is_certain(oid)
            });
        if has && self.store.is_certain(table) {
            let name = self.name_of(table);
            return Err(Fault::new(
                "42P16",
                format!("multiple primary keys for table \"{name}\" are not allowed"),
            )
            .at(location));
        }
        Ok(())
    }

    fn key(
        &mut self,
        table: Oid,
        constraint: &Constraint,
        column: Option<ColumnId>,
    ) -> Result<Spec, Fault> {
        let mut ids: Vec<ColumnId> = column.into_iter().collect();
        if ids.is_empty() {
            for name in strings(&constraint.keys) {
                let Some(id) = self.needed_column(table, name) else {
                    return Err(no_key_column(name).at(constraint.location));
                };
                if ids.contains(&id) {
                    let what = if constraint.contype == ConstrType::CONSTR_PRIMARY {
                        "primary key"
                    } else {
                        "unique"
                    };
                    return Err(Fault::new(
                        "42701",
                        format!("column \"{name}\" appears twice in {what} constraint"),
                    )
                    .at(constraint.location));
                }
                ids.push(id);
            }
        }
        let mut spec = Spec::new("btree");
        spec.unique = true;
        for id in ids {
            let name = self.name_of_column(table, id).unwrap_or_else(|| "".into());
            if let Some(ty) = self.certain_type(table, id) {
                self.has_default_class("btree", ty)?;
            }
            spec.keys.push(Key {
                what: KeyWhat::Column(id),
                options: String::new(),
            });
            spec.attributes.push(name);
        }
        Ok(spec)
    }

    fn exclusion(&mut self, table: Oid, constraint: &Constraint) -> Result<Spec, Fault> {
        let method = constraint.access_method.as_deref().unwrap_or("btree");
        let mut spec = Spec::new(method);
        for pair in constraint.exclusions.iter().flatten() {
            let Node::List(parts) = pair else { continue };
            if let Some(Some(Node::IndexElem(element))) = parts.first() {
                self.index_element(table, &mut spec, element)?;
            }
        }
        if let Some(condition) = &constraint.where_clause {
            self.index_condition(table, &mut spec, condition)?;
        }
        Ok(spec)
    }

    /// Adds INCLUDE's columns.
    pub(super) fn include(
        &mut self,
        table: Oid,
        spec: &mut Spec,
        including: &crate::tree::List,
    ) -> Result<(), Fault> {
        for node in including.iter().flatten() {
            let name = match node {
                Node::String(name) => &**name,
                Node::IndexElem(element) => element.name.as_deref().unwrap_or_default(),
                _ => continue,
            };
            let Some(id) = self.needed_column(table, name) else {
                let fault = if spec.owner.is_some() {
                    no_key_column(name)
                } else {
                    no_column(name)
                };
                return Err(fault);
            };
            spec.include.push(id);
            spec.attributes.push(name.into());
        }
        Ok(())
    }

    /// Makes an index that is there a constraint's: USING INDEX.
    fn adopt_index(
        &mut self,
        table: Oid,
        constraint: &Constraint,
        index_name: &str,
    ) -> Result<(), Fault> {
        let Some(schema) = self.store.get(table).map(|object| object.within) else {
            return Ok(());
        };
        let primary = constraint.contype == ConstrType::CONSTR_PRIMARY;
        if primary {
            self.no_primary_key(table, constraint.location)?;
        }
        let oid = match self.holder(schema, Space::Relation, index_name) {
            Lookup::Found(oid) => oid,
            Lookup::Absent => {
                return Err(
                    Fault::new("42704", format!("index \"{index_name}\" does not exist"))
                        .at_name(index_name),
                );
            }
            Lookup::Unknown => {
                // Its columns are not known; that the constraint is there is.
                self.doubt_constraints(table, constraint.conname.as_deref().unwrap_or(index_name));
                return Ok(());
            }
        };
        let Some(Def::Index(index)) = self.store.get(oid).map(|object| object.def.clone()) else {
            return Err(
                Fault::new("42809", format!("\"{index_name}\" is not an index"))
                    .at_name(index_name),
            );
        };
        let state = |text: String| Err(Fault::new("55000", text).at_name(index_name));
        let wrong = |text: String| Err(Fault::new("42809", text).at_name(index_name));
        if index.constraint.is_some() {
            return state(format!(
                "index \"{index_name}\" is already associated with a constraint"
            ));
        }
        if index.table != table {
            return state(format!(
                "index \"{index_name}\" does not belong to table \"{}\"",
                self.name_of(table)
            ));
        }
        if !index.unique {
            return wrong(format!("\"{index_name}\" is not a unique index"));
        }
        let mut columns = Vec::new();
        for key in &index.keys {
            match key.what {
                KeyWhat::Column(id) => columns.push(id),
                KeyWhat::Expression(_) => {
                    return wrong(format!("index \"{index_name}\" contains expressions"));
                }
            }
        }
        if index.predicate.is_some() {
            return wrong(format!("\"{index_name}\" is a partial index"));
        }
        let name: Name = constraint.conname.as_deref().unwrap_or(index_name).into();
        if *name != *index_name {
            self.claim_relation(schema, &name, super::Guard::None)?;
        }
        self.claim_constraint(table, &name)?;
        let owner = Owner {
            kind: kind(constraint.contype),
            deferrable: deferrable(constraint),
        };
        let covered = columns.iter().chain(&index.include);
        let uses: Vec<Use> = covered
            .map(|id| Use::of(table).column(*id).tied(Tie::Auto))
            .collect();
        let made =
            self.add_index_constraint(table, name.clone(), &owner, columns.clone(), oid, uses);
        self.store.rename(oid, schema, &name);
        if let Some(Def::Index(index)) = self.store.get_mut(oid).map(|object| &mut object.def) {
            index.constraint = Some(made);
        }
        self.store
            .set_uses(oid, vec![Use::of(made).tied(Tie::Internal)]);
        if primary {
            for id in columns {
                self.mark_not_null(table, id);
            }
        }
        Ok(())
    }

    /// Records that a table has a constraint of which only the name is known.
    pub(super) fn doubt_constraints(&mut self, table: Oid, name: &str) {
        self.store.blur_name(table, Space::Constraint, name);
        if let Some(schema) = self.store.get(table).map(|object| object.within) {
            self.store.blur_name(schema, Space::Relation, name);
        }
        if let Some(object) = self.store.get_mut(table) {
            object.open = true;
        }
    }
}

fn no_key_column(name: &str) -> Fault {
    Fault::new(
        "42703",
        format!("column \"{name}\" named in key does not exist"),
    )
    .at_name(name)
}

fn kind(contype: ConstrType) -> ConstraintKind {
    match contype {
        ConstrType::CONSTR_PRIMARY => ConstraintKind::PrimaryKey,
        ConstrType::CONSTR_EXCLUSION => ConstraintKind::Exclude,
        _ => ConstraintKind::Unique,
    }
}

/// Reads DEFERRABLE and INITIALLY DEFERRED.
pub(super) fn deferrable(constraint: &Constraint) -> Deferrable {
    match (constraint.deferrable, constraint.initdeferred) {
        (_, true) => Deferrable::Deferred,
        (true, false) => Deferrable::Immediate,
        (false, false) => Deferrable::No,
    }
}

/// Returns whether a fact is known to be so.
pub(super) fn known(fact: &Fact<bool>) -> bool {
    fact == &Fact::Known(true)
}

#[cfg(test)]
mod tests;
