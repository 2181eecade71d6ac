//! Constraints, triggers, policies, rules.

use crate::{
    catalog::{
        Catalog,
        apply::alter::{Guard, Reach},
        apply::claim::Guard as Unless,
        fault::Fault,
        object::{ConstraintKind, Def, Name, Space},
        store::{Lookup, Oid},
    },
    tree::{ObjectType as Kind, RenameStmt},
};

impl Catalog {
    pub(super) fn rename_constraint(
        &mut self,
        rename: &RenameStmt,
        new: &str,
    ) -> Result<(), Fault> {
        let Some(var) = rename.relation.as_deref() else {
            return Ok(());
        };
        let old = rename.subname.as_deref().unwrap_or_default();
        let guard = Guard::of(rename.missing_ok);
        let Some(table) = self.altered_relation(var, Kind::OBJECT_TABLE, guard)? else {
            if self.relation(var) != Lookup::Absent {
                let path = crate::tree::relation(var);
                self.blur_names(Space::Relation, path.schema, &[path.name, old, new]);
            }
            return Ok(());
        };
        self.rename_constraint_of_all(table, old, new, Reach::of(var))
    }

    fn rename_constraint_of_all(
        &mut self,
        table: Oid,
        old: &str,
        new: &str,
        reach: Reach,
    ) -> Result<(), Fault> {
        let schema = self.store.get(table).map(|object| object.within);
        let constraint = match self.constraint_named(table, old) {
            Lookup::Found(constraint) => constraint,
            Lookup::Absent => {
                return Err(Fault::new(
                    "42704",
                    format!(
                        "constraint \"{old}\" for table \"{}\" does not exist",
                        self.bare_name(table)
                    ),
                )
                .at_name(old));
            }
            Lookup::Unknown => {
                self.store.clear_name(table, Space::Constraint, old);
                self.blur_names_in(table, Space::Constraint, &[new]);
                if let Some(schema) = schema {
                    self.blur_names_in(schema, Space::Relation, &[old, new]);
                }
                return Ok(());
            }
        };
        let Some(Def::Constraint(known)) =
            self.store.get(constraint).map(|object| object.def.clone())
        else {
            return Ok(());
        };
        let passes_on = !known.no_inherit && matches!(known.kind, ConstraintKind::Check(_));
        let certain = self.store.is_certain(constraint);
        if certain && passes_on && known.inherited > 0 && reach == Reach::Children {
            return Err(inherited(old));
        }
        if passes_on {
            self.rename_heirs(table, old, new, reach)?;
        }
        let new: Name = new.into();
        if let (Some(index), Some(schema)) = (known.index, schema) {
            self.claim_relation(schema, &new, Unless::None)?;
            self.claim_constraint(table, &new)?;
            self.store.rename(index, schema, &new);
        }
        self.claim_constraint(table, &new)?;
        self.store.rename(constraint, table, &new);
        Ok(())
    }

    /// Renames the constraint of a name that children have from a table.
    fn rename_heirs(
        &mut self,
        table: Oid,
        old: &str,
        new: &str,
        reach: Reach,
    ) -> Result<(), Fault> {
        for child in self.children(table) {
            let Lookup::Found(own) = self.store.find(child, Space::Constraint, old) else {
                continue;
            };
            if reach == Reach::Only {
                if !self.store.is_certain(own) {
                    continue;
                }
                return Err(Fault::new(
                    "42P16",
                    format!("inherited constraint \"{old}\" must be renamed in child tables too"),
                )
                .at_name(old));
            }
            let Some(Def::Constraint(known)) = self.store.get(own).map(|object| &object.def) else {
                continue;
            };
            if known.inherited > 1 && self.store.is_certain(own) {
                return Err(inherited(old));
            }
            self.rename_heirs(child, old, new, reach)?;
            self.claim_constraint(child, new)?;
            self.store.rename(own, child, &new.into());
        }
        Ok(())
    }

    /// Renames a trigger, a policy or a rule.
    pub(super) fn rename_part(
        &mut self,
        rename: &RenameStmt,
        space: Space,
        new: &str,
    ) -> Result<(), Fault> {
        let Some(var) = rename.relation.as_deref() else {
            return Ok(());
        };
        let old = rename.subname.as_deref().unwrap_or_default();
        let guard = Guard::of(rename.missing_ok);
        let Some(table) = self.altered_relation(var, Kind::OBJECT_TABLE, guard)? else {
            if let Lookup::Found(table) = self.relation(var) {
                self.blur_names_in(table, space, &[old, new]);
            }
            return Ok(());
        };
        let (noun, on, taken_on) = match space {
            Space::Trigger => ("trigger", "table", "relation"),
            Space::Policy => ("policy", "table", "table"),
            _ => ("rule", "relation", "relation"),
        };
        match self.store.find(table, space, old) {
            Lookup::Found(part) => {
                if let Lookup::Found(taken) = self.store.find(table, space, new)
                    && self.store.is_certain(taken)
                {
                    return Err(Fault::new(
                        "42710",
                        format!(
                            "{noun} \"{new}\" for {taken_on} \"{}\" already exists",
                            self.bare_name(table)
                        ),
                    )
                    .at_name(new));
                }
                self.store.rename(part, table, &new.into());
                self.rename_copies(part, table, space, old, new);
                Ok(())
            }
            // IF EXISTS is about the table alone.
            Lookup::Absent if old != "_RETURN" => Err(Fault::new(
                "42704",
                format!(
                    "{noun} \"{old}\" for {on} \"{}\" does not exist",
                    self.bare_name(table)
                ),
            )
            .at_name(old)),
            Lookup::Absent => Ok(()),
            Lookup::Unknown => {
                self.store.clear_name(table, space, old);
                self.blur_names_in(table, space, &[new]);
                Ok(())
            }
        }
    }

    /// Partitions' copies of a trigger are renamed with it since PostgreSQL 15, and keep their name
    /// before.
    fn rename_copies(&mut self, part: Oid, table: Oid, space: Space, old: &str, new: &str) {
        if space != Space::Trigger {
            return;
        }
        for child in self.children(table) {
            if let Lookup::Found(copy) = self.store.find(child, space, old)
                && matches!(
                    self.store.get(copy).map(|object| &object.def),
                    Some(Def::Trigger(trigger)) if trigger.parent == Some(part)
                )
            {
                self.store.rename(copy, child, &new.into());
                self.blur_names_in(child, space, &[old, new]);
            }
        }
    }
}

fn inherited(name: &str) -> Fault {
    Fault::new(
        "42P16",
        format!("cannot rename inherited constraint \"{name}\""),
    )
    .at_name(name)
}
