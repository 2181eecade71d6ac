//! `ALTER TABLE`, `ALTER INDEX`, `ALTER VIEW`, … with their passes.
//!
//! The order in which the server runs the subcommands is not the one they are written in: what drops
//! goes first, then types, then new columns, then constraints (`AlterTablePass` in its source).

mod add;
mod attach;
mod children;
mod column;
mod composite;
mod constraint;
mod find;
mod generation;
mod identity;
mod inherit;
mod retype;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{ColumnId, Def, TypeKind},
        store::Oid,
    },
    tree::{
        AlterTableCmd, AlterTableStmt, AlterTableType as Kind, ConstrType, Constraint, Node,
        RangeVar,
    },
};

pub(super) use super::column::ColumnLookup;
pub(super) use find::Guard;

/// Which tables a subcommand changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// ONLY the one that is named.
    Only,
    /// Its children and partitions too.
    Children,
}

impl Reach {
    pub(super) fn of(var: &RangeVar) -> Self {
        if var.inh { Self::Children } else { Self::Only }
    }
}

/// When a subcommand runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    Drop,
    Retype,
    SetExpression,
    AddColumn,
    NotNull,
    Promote,
    AddIndex,
    AddOther,
    Rest,
}

/// What runs in a pass.
enum Step<'a> {
    Command(&'a AlterTableCmd),
    /// A constraint of a column that an earlier pass added.
    OfColumn(Box<Constraint>, ColumnId),
}

impl Catalog {
    pub(super) fn alter_table(&mut self, alter: &AlterTableStmt) -> Result<(), Fault> {
        let Some(var) = alter.relation.as_deref() else {
            return Ok(());
        };
        let guard = Guard::of(alter.missing_ok);
        let Some(oid) = self.altered_relation(var, alter.objtype, guard)? else {
            self.alter_in_the_dark(alter);
            return Ok(());
        };
        let commands = alter.cmds.iter().flatten().filter_map(|node| match node {
            Node::AlterTableCmd(command) => Some(&**command),
            _ => None,
        });
        match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Relation(_)) => self.alter_relation(oid, Reach::of(var), commands),
            Some(Def::Index(_)) => commands.into_iter().try_for_each(|command| {
                self.fits(oid, command)?;
                self.alter_index(oid, command)
            }),
            Some(Def::Type(def)) if matches!(def.kind, TypeKind::Composite(_)) => {
                self.alter_composite(oid, commands)
            }
            Some(Def::Sequence(_)) => {
                for command in commands {
                    self.fits(oid, command)?;
                    self.alter_sequence_as_table(oid, command);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn alter_relation<'a>(
        &mut self,
        oid: Oid,
        reach: Reach,
        commands: impl Iterator<Item = &'a AlterTableCmd>,
    ) -> Result<(), Fault> {
        let mut passes: BTreeMap<Pass, Vec<Step<'a>>> = BTreeMap::new();
        for command in commands {
            self.fits(oid, command)?;
            if command.subtype == Kind::AT_AlterColumnType {
                self.foresee_retype(oid, command)?;
            }
            passes
                .entry(pass(command))
                .or_default()
                .push(Step::Command(command));
        }
        let mut retyped = Vec::new();
        while let Some((_, steps)) = passes.pop_first() {
            for step in steps {
                match step {
                    Step::Command(command) if command.subtype == Kind::AT_AddColumn => {
                        for (constraint, column) in self.alter_add_column(oid, command, reach)? {
                            passes
                                .entry(constraint_pass(&constraint))
                                .or_default()
                                .push(Step::OfColumn(Box::new(constraint), column));
                        }
                    }
                    Step::Command(command) if command.subtype == Kind::AT_AlterColumnType => {
                        self.retype(oid, command, reach, &mut retyped)?;
                    }
                    Step::Command(command) => self.alter_one(oid, command, reach)?,
                    Step::OfColumn(constraint, column) => {
                        self.add_constraint_to_all(oid, &constraint, Some(column), reach)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn alter_one(&mut self, oid: Oid, command: &AlterTableCmd, reach: Reach) -> Result<(), Fault> {
        let name = command.name.as_deref().unwrap_or_default();
        match command.subtype {
            Kind::AT_DropColumn => self.alter_drop_column(oid, command, reach),
            Kind::AT_ColumnDefault => self.alter_default(oid, name, command.def.as_ref(), reach),
            Kind::AT_SetNotNull => self.set_not_null(oid, name, reach),
            Kind::AT_DropNotNull => self.drop_not_null(oid, name, reach),
            Kind::AT_SetExpression => self.set_generation(oid, name, command.def.as_ref(), reach),
            Kind::AT_DropExpression => {
                self.drop_generation(oid, name, Guard::of(command.missing_ok), reach)
            }
            Kind::AT_AddIdentity => self.alter_add_identity(oid, name, command.def.as_ref()),
            Kind::AT_SetIdentity => self.set_identity(oid, name, command.def.as_ref()),
            Kind::AT_DropIdentity => self.drop_identity(oid, name, Guard::of(command.missing_ok)),
            Kind::AT_SetStatistics if name.is_empty() => Ok(()),
            Kind::AT_SetStatistics
            | Kind::AT_SetOptions
            | Kind::AT_ResetOptions
            | Kind::AT_SetStorage
            | Kind::AT_SetCompression
            | Kind::AT_AlterColumnGenericOptions => self.altered_column(oid, name).map(|_| ()),
            Kind::AT_AddConstraint => match &command.def {
                Some(Node::Constraint(constraint)) => {
                    self.add_constraint_to_all(oid, constraint, None, reach)
                }
                _ => Ok(()),
            },
            Kind::AT_DropConstraint => self.alter_drop_constraint(oid, command, reach),
            Kind::AT_AlterConstraint => self.alter_constraint(oid, command.def.as_ref()),
            Kind::AT_ValidateConstraint => self.validate_constraint(oid, name, reach),
            Kind::AT_AddInherit => self.add_parent(oid, command.def.as_ref()),
            Kind::AT_DropInherit => self.drop_parent(oid, command.def.as_ref()),
            Kind::AT_AttachPartition => self.attach_partition(oid, command.def.as_ref()),
            Kind::AT_DetachPartition | Kind::AT_DetachPartitionFinalize => {
                self.detach_partition(oid, command.def.as_ref())
            }
            _ => self.alter_state(oid, command),
        }
    }
}

/// Returns when a subcommand runs (`ATPrepCmd` and `ATParseTransformCmd`).
fn pass(command: &AlterTableCmd) -> Pass {
    match command.subtype {
        Kind::AT_DropColumn
        | Kind::AT_DropConstraint
        | Kind::AT_DropNotNull
        | Kind::AT_DropExpression
        | Kind::AT_DropIdentity => Pass::Drop,
        Kind::AT_ColumnDefault if command.def.is_none() => Pass::Drop,
        Kind::AT_AlterColumnType => Pass::Retype,
        Kind::AT_SetExpression => Pass::SetExpression,
        Kind::AT_AddColumn => Pass::AddColumn,
        Kind::AT_SetNotNull => Pass::NotNull,
        Kind::AT_AddConstraint => match &command.def {
            Some(Node::Constraint(constraint)) => constraint_pass(constraint),
            _ => Pass::AddOther,
        },
        Kind::AT_ColumnDefault | Kind::AT_AddIdentity => Pass::AddOther,
        _ => Pass::Rest,
    }
}

fn constraint_pass(constraint: &Constraint) -> Pass {
    match constraint.contype {
        _ if constraint.indexname.is_some() => Pass::Promote,
        ConstrType::CONSTR_PRIMARY | ConstrType::CONSTR_UNIQUE | ConstrType::CONSTR_EXCLUSION => {
            Pass::AddIndex
        }
        ConstrType::CONSTR_NOTNULL => Pass::NotNull,
        _ => Pass::AddOther,
    }
}
