//! Whether a name is free for what is to be made.

use crate::catalog::{
    Catalog,
    fault::Fault,
    object::{Name, Space},
    store::{Lookup, Oid},
};

/// What a statement does if the name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog) enum Guard {
    /// It fails.
    None,
    /// It does nothing: IF NOT EXISTS.
    IfNotExists,
}

/// What comes of asking for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog) enum Claim {
    /// The object is made.
    Make,
    /// It is there, and stays as it is.
    Skip,
    /// One of the two.
    Perhaps,
}

impl Catalog {
    /// Says who has a name; an object that may have gone does not have it for certain.
    pub(in crate::catalog) fn holder(&self, within: Oid, space: Space, name: &str) -> Lookup {
        // What is made in schemas that are not known is in different ones.
        if within == self.elsewhere {
            return Lookup::Unknown;
        }
        match self.store.find(within, space, name) {
            Lookup::Found(oid) if !self.store.is_certain(oid) => Lookup::Unknown,
            lookup => lookup,
        }
    }

    /// Asks for a relation's name in a schema.
    ///
    /// # Errors
    ///
    /// 42P07 if it is taken and the statement is not guarded.
    pub(in crate::catalog) fn claim_relation(
        &self,
        schema: Oid,
        name: &str,
        guard: Guard,
    ) -> Result<Claim, Fault> {
        match (self.holder(schema, Space::Relation, name), guard) {
            (Lookup::Absent, _) | (Lookup::Unknown, Guard::None) => Ok(Claim::Make),
            (Lookup::Unknown, Guard::IfNotExists) => Ok(Claim::Perhaps),
            (Lookup::Found(_), Guard::IfNotExists) => Ok(Claim::Skip),
            (Lookup::Found(_), Guard::None) => Err(Fault::new(
                "42P07",
                format!("relation \"{name}\" already exists"),
            )
            .at_name(name)),
        }
    }

    /// Asks for the name of a relation's row type.
    ///
    /// # Errors
    ///
    /// 42710 if a type has it, whether the statement is guarded or not.
    pub(in crate::catalog) fn claim_row_type(&self, schema: Oid, name: &str) -> Result<(), Fault> {
        match self.holder(schema, Space::Type, name) {
            Lookup::Found(_) => Err(
                Fault::new("42710", format!("type \"{name}\" already exists"))
                    .at_name(name)
                    .note(
                        "a relation has an associated type of the same name, \
                 so you must use a name that doesn't conflict with any existing type",
                    ),
            ),
            Lookup::Absent | Lookup::Unknown => Ok(()),
        }
    }

    /// Records a change that was made or not: names that it would take may now be taken, and what
    /// it would change may have changed.
    pub(in crate::catalog) fn perhaps(
        &mut self,
        make: impl FnOnce(&mut Self) -> Result<(), Fault>,
    ) {
        let mark = self.store.mark();
        // If it cannot be made, it was not.
        let _ = make(self);
        let touched = self.store.touched(mark);
        let names: Vec<(Oid, &'static [Space], Name)> = touched
            .iter()
            .filter_map(|oid| self.store.get(*oid))
            .map(|object| (object.within, object.def.spaces(), object.name.clone()))
            .collect();
        self.store.undo(mark);
        for oid in touched {
            self.store.blur(oid);
        }
        for (within, spaces, name) in names {
            if self.store.get(within).is_none() {
                continue;
            }
            for space in spaces {
                self.store.blur_name(within, *space, &name);
            }
        }
    }
}
