//! The model of a schema that the checks build by replaying statements.

mod apply;
mod builtin;
mod canonical;
mod coercion;
mod describe;
mod diagram;
mod expression;
mod fault;
mod identity;
mod listing;
mod missing;
mod object;
mod picture;
mod platform;
pub(crate) mod proof;
mod resolve;
mod space;
mod store;
#[cfg(test)]
mod trial;
mod type_name;
mod types;
mod uses;

pub use canonical::same;
pub use diagram::Diagram;
pub use listing::explain;
pub use picture::{Picture, Row, Value};

use self::{
    object::{Def, Object},
    resolve::SearchPath,
    store::{Oid, Openness, Store},
};
use crate::{
    check::{Baseline, Options},
    directive::Touch,
};

/// The schema as the statements replayed so far have made it.
#[derive(Debug)]
pub struct Catalog {
    store: Store,
    search_path: SearchPath,
    /// The schema `public`.
    public: Oid,
    /// The session's temporary schema.
    temporary: Oid,
    /// What is in a schema that is not known.
    elsewhere: Oid,
    /// Whether the bodies of new functions are read.
    bodies: Bodies,
    /// What opaque statements may change; any if nothing is said.
    touches: Vec<Touch>,
    options: Options,
}

/// `check_function_bodies`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bodies {
    Checked,
    Unchecked,
}

impl Catalog {
    /// Makes the catalog of a database before its first migration.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        let openness = match options.baseline {
            Baseline::Empty => Openness::Closed,
            Baseline::Unknown => Openness::Open,
        };
        let mut store = Store::new(openness);
        let mut schema = |name: &str, openness: Openness| {
            let mut schema = Object::new(name, Oid::DATABASE, Def::Schema);
            schema.open = openness == Openness::Open;
            store.add(schema)
        };
        let public = schema("public", openness);
        let temporary = schema("pg_temp", Openness::Closed);
        let elsewhere = schema("", Openness::Open);
        let mut catalog = Self {
            store,
            search_path: SearchPath::default(),
            public,
            temporary,
            elsewhere,
            bodies: Bodies::Checked,
            touches: Vec::new(),
            options: options.clone(),
        };
        catalog.furnish();
        catalog.store.settle();
        catalog
    }

    /// Begins a script; `touches` is what its opaque statements may change.
    pub(crate) fn begin_script(&mut self, touches: &[Touch]) {
        self.touches = touches.to_vec();
    }

    /// Ends a script: the runner puts back what it set, and temporary objects may go.
    ///
    /// The next script may run in a session of its own, where what nobody saw being made in the
    /// temporary schema is not: no name is looked for there.
    pub(crate) fn end_script(&mut self) {
        self.store.affirm(self.temporary);
        self.search_path = self.default_path();
        self.bodies = Bodies::Checked;
        self.touches.clear();
        self.blur_temporary();
    }

    /// Returns what it holds.
    #[must_use]
    pub fn picture(&self) -> Picture {
        let mut rows = Vec::new();
        for (oid, _) in self.store.all() {
            self.describe(oid, &mut rows);
        }
        rows.sort_by(|a, b| (a.kind, &a.identity).cmp(&(b.kind, &b.identity)));
        Picture {
            rows,
            open: self.open_places(),
        }
    }

    /// Returns what it holds for people to look at: also what may have changed since it was seen,
    /// as it was last seen, with a table's columns in their order.
    #[must_use]
    pub fn listing(&self) -> Picture {
        let mut rows = Vec::new();
        for (oid, _) in self.store.all() {
            self.describe_as_seen(oid, &mut rows);
        }
        rows.sort_by(|a, b| Self::place_in_listing(a).cmp(&Self::place_in_listing(b)));
        Picture {
            rows,
            open: self.open_places(),
        }
    }

    fn place_in_listing(row: &Row) -> (&str, &str) {
        match row.kind {
            "column" => (row.kind, identity::split(&row.identity).0),
            kind => (kind, &row.identity),
        }
    }
}
