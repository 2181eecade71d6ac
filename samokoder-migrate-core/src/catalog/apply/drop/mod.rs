//! `DROP …`, and what goes with what is dropped.
//!
//! Rules are those of the documentation's chapter "Data Definition", "Dependency Tracking".

mod owner;
mod relation;
mod statement;
mod take;
#[cfg(test)]
mod tests;
mod unnamed;
mod walk;
mod wording;

pub(super) use self::statement::Guard;

use self::walk::Walk;
use crate::catalog::{Catalog, fault::Fault, object::ColumnId, store::Oid};

/// What happens to what needs a dropped object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog) enum Behavior {
    /// The drop is refused.
    Restrict,
    /// It is dropped too.
    Cascade,
}

/// What can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::catalog) enum Target {
    /// An object, with what is within it.
    Object(Oid),
    /// A column of a relation, or an attribute of a composite type.
    Column(Oid, ColumnId),
    /// A column's default.
    Default(Oid, ColumnId),
}

impl Catalog {
    /// Drops an object, what is within it, and what is tied to it.
    ///
    /// # Errors
    ///
    /// 2BP01 if something known needs it and is not dropped too.
    pub(in crate::catalog) fn drop_object(
        &mut self,
        oid: Oid,
        behavior: Behavior,
    ) -> Result<(), Fault> {
        self.drop_targets(&[Target::Object(oid)], behavior)
    }

    /// Drops a column of a relation, with the indexes, constraints, statistics and sequences that
    /// are tied to it.
    ///
    /// # Errors
    ///
    /// 2BP01 if something known needs it and is not dropped too.
    pub(in crate::catalog) fn drop_column(
        &mut self,
        relation: Oid,
        column: ColumnId,
        behavior: Behavior,
    ) -> Result<(), Fault> {
        self.drop_targets(&[Target::Column(relation, column)], behavior)
    }

    /// Drops several at once: one may need another.
    ///
    /// # Errors
    ///
    /// 2BP01 if something known needs one of them and is not dropped too, or one is part of what is
    /// not dropped.
    pub(in crate::catalog) fn drop_targets(
        &mut self,
        targets: &[Target],
        behavior: Behavior,
    ) -> Result<(), Fault> {
        let mut walk = Walk::new(self, targets, behavior);
        for target in targets {
            walk.ask(*target)?;
        }
        if behavior == Behavior::Cascade {
            walk.doubt_open_views();
        }
        walk.refusal()?;
        let steps = walk.into_steps();
        for step in steps {
            self.take(&step);
        }
        Ok(())
    }
}

impl Target {
    /// Returns the object that it is, or is in.
    pub(in crate::catalog) fn oid(self) -> Oid {
        match self {
            Self::Object(oid) | Self::Column(oid, _) | Self::Default(oid, _) => oid,
        }
    }

    /// Returns whether it goes when the other does, being in it.
    fn is_within(self, other: Self) -> bool {
        self == other
            || match (self, other) {
                (Self::Column(oid, _) | Self::Default(oid, _), Self::Object(whole)) => oid == whole,
                (Self::Default(oid, id), Self::Column(table, column)) => {
                    (oid, id) == (table, column)
                }
                _ => false,
            }
    }
}
