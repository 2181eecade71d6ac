//! Where there may be more than a picture shows.

use std::collections::BTreeSet;

use crate::catalog::{
    Catalog,
    object::{Def, Name, Object, Space},
    resolve::quote,
    store::{Oid, Where},
};

impl Catalog {
    /// Lists what may hold more than is known, as `Picture::open` has it.
    pub(in crate::catalog) fn open_places(&self) -> BTreeSet<String> {
        let mut places = BTreeSet::new();
        if self.store.is_covered() || self.store.is_open(Oid::DATABASE) {
            places.insert("*".to_owned());
        }
        for (space, place, _) in self.store.hazes() {
            match place {
                Where::Within(oid) => self.open_up(oid, &mut places),
                Where::Anywhere | Where::Outside(_) | Where::OfSchemas(_)
                    if space == Space::Schema =>
                {
                    places.insert("*".to_owned());
                }
                Where::Anywhere | Where::Outside(_) | Where::OfSchemas(_) => {
                    for schema in self.store.within(Oid::DATABASE, Space::Schema) {
                        self.open_up(schema, &mut places);
                    }
                }
            }
        }
        places.extend(
            self.store
                .doubtful_names()
                .filter_map(|(within, _, name)| self.doubtful_place(within, name)),
        );
        for (oid, object) in self.store.all() {
            if self.is_within_elsewhere(object) {
                places.insert("*".to_owned());
            } else if self.is_shown(object) {
                places.extend(self.open_place(oid, object));
            }
        }
        places
    }

    /// Adds a place that may hold more; nothing is said of temporary objects.
    fn open_up(&self, oid: Oid, places: &mut BTreeSet<String>) {
        if oid != self.temporary && oid != self.elsewhere {
            places.insert(self.place_of(oid));
        }
    }

    /// Returns a name that may be taken as what a picture calls it, if what it is in has a place there.
    fn doubtful_place(&self, within: Oid, name: &Name) -> Option<String> {
        let name = quote(name);
        if within == Oid::DATABASE {
            return Some(format!("name {name}"));
        }
        let holder = self
            .store
            .get(within)
            .filter(|_| within != self.temporary && within != self.elsewhere)?;
        (matches!(holder.def, Def::Schema) || self.is_shown(holder))
            .then(|| format!("name {}.{name}", self.identity(holder)))
    }

    /// Returns the place that an object leaves open: itself if more may be in it, or where it is if
    /// it may have changed or gone, or has no name that can be shown.
    fn open_place(&self, oid: Oid, object: &Object) -> Option<String> {
        match &object.def {
            Def::Database => None,
            Def::Schema | Def::Relation(_) => self.store.is_open(oid).then(|| self.place(object)),
            Def::Routine(routine) if self.signature(routine).is_none() => {
                Some(self.place_of(object.within))
            }
            _ => (!self.store.is_certain(oid)).then(|| self.place_of(object.within)),
        }
    }

    fn is_within_elsewhere(&self, object: &Object) -> bool {
        object.within == self.elsewhere
            || (object.within != Oid::DATABASE
                && self
                    .store
                    .get(object.within)
                    .is_some_and(|place| self.is_within_elsewhere(place)))
    }

    fn place_of(&self, oid: Oid) -> String {
        self.store
            .get(oid)
            .map_or_else(|| "*".to_owned(), |object| self.place(object))
    }

    fn place(&self, object: &Object) -> String {
        match &object.def {
            Def::Database => "*".to_owned(),
            Def::Schema => format!("schema {}", quote(&object.name)),
            Def::Relation(_) => format!("table {}", self.identity(object)),
            _ => self.place_of(object.within),
        }
    }
}
