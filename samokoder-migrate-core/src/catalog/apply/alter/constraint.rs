//! Constraints of a table that is there: added, dropped, altered, validated.

use super::{Guard, Reach, column::behavior};
use crate::{
    catalog::{
        Catalog,
        apply::Behavior,
        fault::Fault,
        object::{
            ColumnId, Constraint as Known, ConstraintKind, Def, Deferrable, Fact, Object, Space,
        },
        store::{Lookup, Oid},
    },
    tree::{AlterTableCmd, ConstrType, Constraint, Node},
};

impl Catalog {
    /// Adds a constraint to a table, and to its children what they inherit of it.
    pub(super) fn add_constraint_to_all(
        &mut self,
        oid: Oid,
        constraint: &Constraint,
        column: Option<ColumnId>,
        reach: Reach,
    ) -> Result<(), Fault> {
        let inherits = match constraint.contype {
            ConstrType::CONSTR_CHECK => !constraint.is_no_inherit,
            _ => self.is_partitioned(oid),
        };
        if inherits
            && reach == Reach::Only
            && constraint.contype == ConstrType::CONSTR_CHECK
            && self.has_children(oid)
        {
            return Err(Fault::new(
                "42P16",
                "constraint must be added to child tables too",
            ));
        }
        self.add_constraint(oid, constraint, column)
    }

    pub(super) fn constraint_of(&self, oid: Oid) -> Option<&Known> {
        match &self.store.get(oid)?.def {
            Def::Constraint(constraint) => Some(constraint),
            _ => None,
        }
    }

    pub(super) fn change_constraint(&mut self, oid: Oid, change: impl FnOnce(&mut Known)) {
        if let Some(Object {
            def: Def::Constraint(constraint),
            ..
        }) = self.store.get_mut(oid)
        {
            change(constraint);
        }
    }

    pub(super) fn no_constraint(&self, oid: Oid, name: &str) -> Fault {
        Fault::new(
            "42704",
            format!(
                "constraint \"{name}\" of relation \"{}\" does not exist",
                self.bare_name(oid)
            ),
        )
        .at_name(name)
    }

    /// Looks for a constraint; a NOT NULL has a name on PostgreSQL 18, which is not modelled.
    pub(in crate::catalog::apply) fn constraint_named(&self, oid: Oid, name: &str) -> Lookup {
        match self.store.find(oid, Space::Constraint, name) {
            Lookup::Absent if name.ends_with("_not_null") => Lookup::Unknown,
            lookup => lookup,
        }
    }

    pub(super) fn alter_drop_constraint(
        &mut self,
        oid: Oid,
        command: &AlterTableCmd,
        reach: Reach,
    ) -> Result<(), Fault> {
        let name = command.name.as_deref().unwrap_or_default();
        let behavior = behavior(command.behavior);
        match (
            self.constraint_named(oid, name),
            Guard::of(command.missing_ok),
        ) {
            (Lookup::Found(constraint), _) => {
                self.drop_constraint_of_all(oid, constraint, behavior, reach)
            }
            (Lookup::Absent, Guard::IfExists) => Ok(()),
            (Lookup::Absent, Guard::Required) => Err(self.no_constraint(oid, name)),
            (Lookup::Unknown, _) => {
                self.forget_constraint(oid, name, behavior);
                Ok(())
            }
        }
    }

    /// A constraint that is not known is gone: so is the index of its name, if it had one, and a
    /// NOT NULL.
    fn forget_constraint(&mut self, oid: Oid, name: &str, behavior: Behavior) {
        if let Some(schema) = self.store.get(oid).map(|object| object.within) {
            self.store.blur_name(schema, Space::Relation, name);
        }
        self.store.clear_name(oid, Space::Constraint, name);
        if name.ends_with("_not_null")
            && let Some(relation) = self
                .store
                .get_mut(oid)
                .and_then(|object| object.relation_mut())
        {
            for column in &mut relation.columns {
                column.not_null = Fact::Unknown;
            }
        }
        if behavior == Behavior::Cascade {
            let keys: Vec<Oid> = self
                .store
                .users(oid)
                .into_iter()
                .map(|(user, _)| user)
                .filter(|user| self.is_foreign_key_to(*user, oid))
                .collect();
            for key in keys {
                self.store.blur(key);
            }
        }
    }

    fn is_foreign_key_to(&self, constraint: Oid, table: Oid) -> bool {
        matches!(
            self.constraint_of(constraint).map(|known| &known.kind),
            Some(ConstraintKind::ForeignKey(key)) if key.table == table
        )
    }

    fn drop_constraint_of_all(
        &mut self,
        oid: Oid,
        constraint: Oid,
        behavior: Behavior,
        reach: Reach,
    ) -> Result<(), Fault> {
        let Some(known) = self.constraint_of(constraint).cloned() else {
            return Ok(());
        };
        let name = self.bare_name(constraint).to_owned();
        if known.inherited > 0 && self.store.is_certain(constraint) {
            return Err(Fault::new(
                "42P16",
                format!(
                    "cannot drop inherited constraint \"{name}\" of relation \"{}\"",
                    self.bare_name(oid)
                ),
            )
            .at_name(&name));
        }
        let heirs: Vec<(Oid, Oid)> = self
            .children(oid)
            .into_iter()
            .filter(|_| !known.no_inherit)
            .filter_map(|child| Some((child, self.heir_of(&known, &name, child)?)))
            .collect();
        self.drop_object(constraint, behavior)?;
        for (child, heir) in heirs {
            let Some(own) = self.constraint_of(heir) else {
                continue;
            };
            if own.inherited == 0 {
                continue;
            }
            let orphan = own.inherited == 1 && !own.local;
            self.change_constraint(heir, |own| {
                own.inherited = own.inherited.saturating_sub(1);
                own.local |= reach == Reach::Only;
            });
            if orphan && reach == Reach::Children {
                self.drop_constraint_of_all(child, heir, behavior, reach)?;
            }
        }
        Ok(())
    }

    /// Returns the constraint that a child has from its parent's: of the same name, or over an index
    /// that is a part of the parent's index.
    fn heir_of(&self, known: &Known, name: &str, child: Oid) -> Option<Oid> {
        let Some(index) = known.index else {
            return match self.store.find(child, Space::Constraint, name) {
                Lookup::Found(oid) => Some(oid),
                Lookup::Absent | Lookup::Unknown => None,
            };
        };
        self.store
            .within(child, Space::Constraint)
            .into_iter()
            .find(|own| {
                self.constraint_of(*own)
                    .and_then(|own| own.index)
                    .and_then(|own| self.store.get(own))
                    .is_some_and(
                        |own| matches!(&own.def, Def::Index(own) if own.parent == Some(index)),
                    )
            })
    }

    pub(super) fn alter_constraint(&mut self, oid: Oid, def: Option<&Node>) -> Result<(), Fault> {
        let Some(Node::ATAlterConstraint(written)) = def else {
            return Ok(());
        };
        let name = written.conname.as_deref().unwrap_or_default();
        let constraint = match self.constraint_named(oid, name) {
            Lookup::Found(constraint) => constraint,
            Lookup::Absent => return Err(self.no_constraint(oid, name)),
            Lookup::Unknown => return Ok(()),
        };
        if !written.alterDeferrability {
            return Ok(());
        }
        let is_key = matches!(
            self.constraint_of(constraint).map(|known| &known.kind),
            Some(ConstraintKind::ForeignKey(_) | ConstraintKind::Unknown) | None
        );
        if !is_key && self.store.is_certain(constraint) {
            return Err(Fault::new(
                "42809",
                format!(
                    "constraint \"{name}\" of relation \"{}\" is not a foreign key constraint",
                    self.bare_name(oid)
                ),
            )
            .at_name(name));
        }
        let deferrable = if written.initdeferred {
            Deferrable::Deferred
        } else if written.deferrable {
            Deferrable::Immediate
        } else {
            Deferrable::No
        };
        self.change_constraint(constraint, |known| known.deferrable = deferrable);
        for child in self.children(oid) {
            if let Lookup::Found(own) = self.store.find(child, Space::Constraint, name)
                && self.constraint_of(own).is_some_and(|own| own.inherited > 0)
            {
                self.alter_constraint(child, def)?;
            }
        }
        Ok(())
    }

    pub(super) fn validate_constraint(
        &mut self,
        oid: Oid,
        name: &str,
        reach: Reach,
    ) -> Result<(), Fault> {
        let constraint = match self.constraint_named(oid, name) {
            Lookup::Found(constraint) => constraint,
            Lookup::Absent => return Err(self.no_constraint(oid, name)),
            Lookup::Unknown => return Ok(()),
        };
        let fits = matches!(
            self.constraint_of(constraint).map(|known| &known.kind),
            Some(
                ConstraintKind::ForeignKey(_)
                    | ConstraintKind::Check(_)
                    | ConstraintKind::NotNull
                    | ConstraintKind::Unknown
            ) | None
        );
        if !fits && self.store.is_certain(constraint) {
            return Err(Fault::new(
                "42809",
                format!(
                    "constraint \"{name}\" of relation \"{}\" is not a foreign key or check constraint",
                    self.bare_name(oid)
                ),
            )
            .at_name(name));
        }
        self.change_constraint(constraint, |known| known.validated = true);
        if reach == Reach::Children {
            for child in self.children(oid) {
                if let Lookup::Found(_) = self.store.find(child, Space::Constraint, name) {
                    self.validate_constraint(child, name, reach)?;
                }
            }
        }
        Ok(())
    }
}
