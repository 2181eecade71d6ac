//! Objects as rows of a picture.

use std::collections::BTreeSet;

use super::{Catalog, object::Routine, picture::Row, store::Oid};

impl Catalog {
    /// Adds the rows that an object has in a picture: its own, and those of its columns.
    pub(super) fn describe(&self, oid: Oid, rows: &mut Vec<Row>) {
        let _ = (oid, rows);
    }

    /// Returns the types of a routine's input arguments, as its identity lists them.
    pub(super) fn signature(&self, routine: &Routine) -> String {
        let _ = routine;
        String::new()
    }

    /// Lists what may hold more than is known, as `Picture::open` has it.
    pub(super) fn open_places(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }
}
