//! What stands where at one moment: the objects that two moments are compared by.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{
    Catalog,
    object::{Def, Object, Space},
    picture::Row,
    store::{Lookup, Oid},
};

/// Where an object is, by names from the outside in: names outlive numbers.
pub(super) type Site = Vec<(Space, String)>;

/// What stands at some sites.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) sites: BTreeMap<Site, Standing>,
}

/// What stands at a site.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) presence: Presence,
    /// The rows of the object: itself, and a relation's columns.
    pub(super) rows: Vec<Row>,
    /// Whether columns that the rows do not have may be there.
    pub(super) open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Present(Oid),
    Absent,
    Unknown,
}

impl Survey {
    /// Looks at some objects.
    pub(super) fn new(catalog: &Catalog, touched: &BTreeSet<Oid>) -> Self {
        let mut survey = Self::default();
        for oid in touched {
            if let Some(site) = site(catalog, *oid) {
                let standing = standing(catalog, &site);
                survey.sites.insert(site, standing);
            }
        }
        survey
    }

    /// Looks at the sites of another survey too.
    pub(super) fn look_for(&mut self, catalog: &Catalog, other: &Self) {
        for site in other.sites.keys() {
            if !self.sites.contains_key(site) {
                self.sites.insert(site.clone(), standing(catalog, site));
            }
        }
    }

    /// Returns whether something stands here that did not in another survey, though it makes no
    /// difference: an extension.
    pub(super) fn has_left_overs(&self, before: &Self) -> bool {
        self.sites.iter().any(|(site, standing)| {
            matches!(standing.presence, Presence::Present(_))
                && before
                    .sites
                    .get(site)
                    .is_some_and(|before| before.presence == Presence::Absent)
        })
    }
}

fn site(catalog: &Catalog, oid: Oid) -> Option<Site> {
    let mut site = Site::new();
    let mut at = oid;
    while at != Oid::DATABASE {
        if at == catalog.temporary || at == catalog.elsewhere {
            return None;
        }
        let object = catalog.store.get(at)?;
        site.push((space(object)?, name(catalog, object)?));
        at = object.within;
    }
    site.reverse();
    Some(site)
}

fn space(object: &Object) -> Option<Space> {
    object.def.spaces().first().copied()
}

/// Overloaded functions are told apart by their arguments; `None` if these are not known.
fn name(catalog: &Catalog, object: &Object) -> Option<String> {
    Some(match &object.def {
        Def::Routine(routine) => {
            format!("{}({})", object.name, catalog.signature(routine)?)
        }
        _ => object.name.to_string(),
    })
}

fn standing(catalog: &Catalog, site: &Site) -> Standing {
    let presence = presence(catalog, site);
    let mut rows = Vec::new();
    let mut open = false;
    if let Presence::Present(oid) = presence {
        catalog.describe(oid, &mut rows);
        rows.retain(|row| !matches!(row.kind, "comment" | "grant"));
        open = catalog.store.is_open(oid);
    }
    Standing {
        presence,
        rows,
        open,
    }
}

fn presence(catalog: &Catalog, site: &Site) -> Presence {
    let mut at = Oid::DATABASE;
    for (space, name) in site {
        let lookup = if space.shares_names() {
            overload(catalog, at, *space, name)
        } else if (at, *space) == (Oid::DATABASE, Space::Schema) {
            // One that the platform may have is not absent because it was never seen.
            catalog.schema(name)
        } else {
            catalog.store.find(at, *space, name)
        };
        match lookup {
            Lookup::Found(oid) => at = oid,
            Lookup::Absent => return Presence::Absent,
            Lookup::Unknown => return Presence::Unknown,
        }
    }
    let is_made = catalog.store.get(at).is_some_and(|object| !object.assumed);
    if is_made && catalog.store.is_certain(at) {
        Presence::Present(at)
    } else {
        Presence::Unknown
    }
}

fn overload(catalog: &Catalog, within: Oid, space: Space, wanted: &str) -> Lookup {
    let bare = match space {
        Space::Routine => wanted.split('(').next().unwrap_or_default(),
        _ => wanted,
    };
    let (found, open) = catalog.store.find_all(within, space, bare);
    let same = found.iter().find(|oid| {
        catalog
            .store
            .get(**oid)
            .is_some_and(|object| name(catalog, object).as_deref() == Some(wanted))
    });
    match same {
        Some(oid) => Lookup::Found(*oid),
        None if open.into() => Lookup::Unknown,
        None => Lookup::Absent,
    }
}
