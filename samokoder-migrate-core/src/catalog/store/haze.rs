//! Names that may be taken by what was made out of sight.

use super::{Entry, Oid, Shape, Slot, Store};
use crate::catalog::object::{Def, Name, Space};

/// Where something was made out of sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog) enum Where {
    /// It cannot be said where.
    Anywhere,
    /// In this schema, or in this table.
    Within(Oid),
    /// In any but this.
    Outside(Oid),
    /// In any schema but this, and in nothing that is known to be in a schema.
    OfSchemas(Oid),
}

/// From one moment on, a name of this shape that nothing known has may be taken.
#[derive(Clone, Debug)]
pub(super) struct Haze {
    pub(super) space: Space,
    pub(super) place: Where,
    pub(super) shape: Shape,
    pub(super) at: u32,
}

impl Store {
    /// Records that something of a shape may have been made; what is known stays known.
    pub(in crate::catalog) fn haze(&mut self, space: Space, place: Where, shape: Shape) {
        self.pass();
        self.hazes.push(Haze {
            space,
            place,
            shape,
            at: self.moment.now,
        });
        self.journal.push(Entry::Haze(None));
    }

    /// Records that something opaque ran, whatever it may have changed.
    pub(in crate::catalog) fn note_opaque(&mut self) {
        self.journal.push(Entry::Moment(self.moment));
        self.moment.opaque += 1;
    }

    /// Returns how often everything was covered, and how often something opaque ran whose reach is
    /// known.
    pub(in crate::catalog) fn opacity(&self) -> (u32, u32) {
        (self.moment.covers, self.moment.opaque)
    }

    /// Lists the shapes of what may have been made out of sight, with their spaces and places.
    pub(in crate::catalog) fn hazes(&self) -> impl Iterator<Item = (Space, Where, &Shape)> {
        self.hazes
            .iter()
            .map(|haze| (haze.space, haze.place, &haze.shape))
    }

    /// Lists the names that nothing known has and that may be taken, each with where it is.
    pub(in crate::catalog) fn doubtful_names(&self) -> impl Iterator<Item = (Oid, Space, &Name)> {
        self.names.iter().flat_map(|((within, space), names)| {
            names
                .iter()
                .filter(|(_, slot)| slot.blurred && slot.taken.is_empty())
                .map(|(name, _)| (*within, *space, name))
        })
    }

    /// Returns whether a name that nothing known has may have been taken out of sight.
    pub(in crate::catalog) fn is_hazed(&self, within: Oid, space: Space, name: &str) -> bool {
        let slot = self.slot(within, space, name);
        self.is_hazed_since(within, space, name, slot)
    }

    pub(super) fn is_hazed_since(
        &self,
        within: Oid,
        space: Space,
        name: &str,
        slot: Option<&Slot>,
    ) -> bool {
        let since = slot.map_or(0, |slot| slot.as_of);
        // The later ones stand at the end.
        self.hazes
            .iter()
            .rev()
            .take_while(|haze| haze.at > since)
            .any(|haze| {
                let is_there = || match haze.place {
                    Where::Anywhere => true,
                    Where::Within(place) => place == within,
                    Where::Outside(place) => place != within,
                    Where::OfSchemas(place) => {
                        let within = self.get(within).filter(|_| place != within);
                        within.is_some_and(|within| matches!(within.def, Def::Schema))
                    }
                };
                haze.space == space && is_there() && haze.shape.matches(name)
            })
    }

    fn pass(&mut self) {
        self.journal.push(Entry::Moment(self.moment));
        self.moment.now += 1;
    }
}
