//! Objects, the names they go by, and a journal that takes changes back.

mod haze;
mod shape;

pub(super) use haze::Where;
pub(super) use shape::{Edited, GAP, NAME, Shape, is_mark};

use std::{
    collections::{BTreeSet, HashMap},
    mem,
    rc::Rc,
};

use self::haze::Haze;
use super::object::{Def, Name, Object, Space, Use};

/// An object's number: it stays when the object is renamed or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Oid(u32);

impl Oid {
    /// The database itself: schemas, extensions and roles are in it.
    pub(super) const DATABASE: Self = Self(0);
}

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    /// It is this object's, for certain.
    Found(Oid),
    /// Nothing has it, for certain.
    Absent,
    /// Something may have it.
    Unknown,
}

/// A moment to come back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(usize);

/// What was changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    pub(super) objects: BTreeSet<Oid>,
    pub(super) names: BTreeSet<(Oid, Space, Name)>,
    /// Whether more may have been.
    pub(super) opaque: bool,
}

impl Changes {
    /// Adds what was changed elsewhere.
    pub(super) fn add(&mut self, other: Self) {
        self.objects.extend(other.objects);
        self.names.extend(other.names);
        self.opaque |= other.opaque;
    }
}

/// Changes that were taken back, to be made again.
#[derive(Debug)]
pub(super) struct Undone(Vec<Entry>);

/// The objects of a database, as far as they are known.
#[derive(Debug)]
pub(super) struct Store {
    objects: Vec<Option<Rc<Object>>>,
    names: HashMap<(Oid, Space), HashMap<Name, Slot>>,
    /// Who may use an object, in order of number: a superset, never taken back; `uses` of the user
    /// decides.
    users: HashMap<Oid, Vec<Oid>>,
    /// Constraints that have, or had, a name: a superset, never taken back. The server chooses a
    /// constraint's name to differ from those of all tables in the schema.
    constraints: HashMap<Name, Vec<Oid>>,
    hazes: Vec<Haze>,
    moment: Moment,
    journal: Vec<Entry>,
}

/// Counts that tell what is older than what.
#[derive(Clone, Copy, Debug, Default)]
struct Moment {
    now: u32,
    /// When everything was covered last: what is older may have changed.
    covered: u32,
    covers: u32,
    opaque: u32,
}

/// Who has a name. Overloaded functions share one.
#[derive(Clone, Debug, Default)]
struct Slot {
    taken: Vec<Oid>,
    blurred: bool,
    as_of: u32,
}

/// What stood before a change.
#[derive(Debug)]
enum Entry {
    Object(Oid, Option<Rc<Object>>),
    Slot(Oid, Space, Name, Option<Slot>),
    Haze(Option<Haze>),
    Moment(Moment),
}

impl Store {
    /// Makes a store that holds the database alone; `open` if more may be in it.
    pub(super) fn new(open: Openness) -> Self {
        let mut database = Object::new("", Self::NOWHERE, Def::Database);
        database.open = open == Openness::Open;
        Self {
            objects: vec![Some(Rc::new(database))],
            names: HashMap::new(),
            users: HashMap::new(),
            constraints: HashMap::new(),
            hazes: Vec::new(),
            moment: Moment::default(),
            journal: Vec::new(),
        }
    }

    const NOWHERE: Oid = Oid(u32::MAX);

    /// Returns an object, also one that may have changed since it was seen.
    pub(super) fn get(&self, oid: Oid) -> Option<&Object> {
        self.objects.get(oid.0 as usize)?.as_deref()
    }

    /// Returns an object to keep it as it is at this moment.
    pub(super) fn keep(&self, oid: Oid) -> Option<Rc<Object>> {
        self.objects.get(oid.0 as usize)?.clone()
    }

    /// Returns whether an object is there, and as its definition says.
    pub(super) fn is_certain(&self, oid: Oid) -> bool {
        self.get(oid).is_some_and(|object| {
            object.as_of >= self.moment.covered && !object.blurred && self.has_its_holder(object)
        })
    }

    /// Returns whether what an object is a part of is still there, as far as is known: a trigger goes
    /// with its table.
    fn has_its_holder(&self, object: &Object) -> bool {
        if object.within == Oid::DATABASE || object.within == Self::NOWHERE {
            return true;
        }
        match self.get(object.within) {
            Some(holder) if matches!(holder.def, Def::Schema) => true,
            Some(holder) => !holder.blurred && self.has_its_holder(holder),
            None => false,
        }
    }

    /// Returns an object to change it; the change can be taken back.
    pub(super) fn get_mut(&mut self, oid: Oid) -> Option<&mut Object> {
        let slot = self.objects.get_mut(oid.0 as usize)?;
        let before = slot.clone();
        before.as_ref()?;
        self.journal.push(Entry::Object(oid, before));
        slot.as_mut().map(Rc::make_mut)
    }

    /// Returns whether more may be in an object than is known.
    pub(super) fn is_open(&self, oid: Oid) -> bool {
        self.get(oid).is_none_or(|object| object.open) || !self.is_certain(oid)
    }

    /// Looks for the one object that has a name.
    pub(super) fn find(&self, within: Oid, space: Space, name: &str) -> Lookup {
        let slot = self.slot(within, space, name);
        let is_open = match slot {
            Some(slot) => slot.blurred || slot.as_of < self.moment.covered,
            None => self.is_open(within),
        };
        match slot.and_then(|slot| slot.taken.first()) {
            _ if is_open => Lookup::Unknown,
            Some(oid) => Lookup::Found(*oid),
            None if self.is_hazed_since(within, space, name, slot) => Lookup::Unknown,
            None => Lookup::Absent,
        }
    }

    /// Looks for the one object that has a name, where an open place that is otherwise certain holds
    /// nothing of that name but what is known.
    pub(super) fn find_of_known(&self, within: Oid, space: Space, name: &str) -> Lookup {
        match self.find(within, space, name) {
            Lookup::Unknown
                if self.slot(within, space, name).is_none()
                    && self.is_certain(within)
                    && !self.is_hazed_since(within, space, name, None) =>
            {
                Lookup::Absent
            }
            lookup => lookup,
        }
    }

    /// Lists the objects that share a name, and says whether there may be more.
    pub(super) fn find_all(&self, within: Oid, space: Space, name: &str) -> (&[Oid], Openness) {
        let slot = self.slot(within, space, name);
        let is_open = match slot {
            Some(slot) => slot.blurred || slot.as_of < self.moment.covered,
            None => self.is_open(within),
        };
        let openness = if is_open || self.is_hazed_since(within, space, name, slot) {
            Openness::Open
        } else {
            Openness::Closed
        };
        (slot.map_or(&[], |slot| &slot.taken), openness)
    }

    fn slot(&self, within: Oid, space: Space, name: &str) -> Option<&Slot> {
        self.names.get(&(within, space))?.get(name)
    }

    /// Adds an object under its name, in the spaces that its definition takes a name in.
    pub(super) fn add(&mut self, mut object: Object) -> Oid {
        let oid = Oid(u32::try_from(self.objects.len()).unwrap_or(u32::MAX));
        object.as_of = self.moment.now;
        self.note_uses(oid, &object.uses);
        let (within, name, spaces) = (object.within, object.name.clone(), object.def.spaces());
        self.objects.push(Some(Rc::new(object)));
        self.journal.push(Entry::Object(oid, None));
        for space in spaces {
            self.take_name(within, *space, &name, oid);
        }
        oid
    }

    /// Takes an object away, and its name; what is within it stays for the caller to take away.
    pub(super) fn remove(&mut self, oid: Oid) {
        let Some(object) = self.objects.get_mut(oid.0 as usize).and_then(Option::take) else {
            return;
        };
        let (within, name, spaces) = (object.within, object.name.clone(), object.def.spaces());
        self.journal.push(Entry::Object(oid, Some(object)));
        for space in spaces {
            self.free_name(within, *space, &name, oid);
        }
    }

    /// Gives an object another name, or another place, or both.
    pub(super) fn rename(&mut self, oid: Oid, within: Oid, name: &Name) {
        let Some(object) = self.get(oid) else { return };
        let (old_within, old_name, spaces) =
            (object.within, object.name.clone(), object.def.spaces());
        for space in spaces {
            self.free_name(old_within, *space, &old_name, oid);
        }
        if let Some(object) = self.get_mut(oid) {
            object.name = name.clone();
            object.within = within;
        }
        for space in spaces {
            self.take_name(within, *space, name, oid);
        }
    }

    /// Records that an object uses others.
    pub(super) fn set_uses(&mut self, oid: Oid, uses: Vec<Use>) {
        self.note_uses(oid, &uses);
        if let Some(object) = self.get_mut(oid) {
            object.uses = uses;
        }
    }

    /// Adds to what an object uses.
    pub(super) fn add_uses(&mut self, oid: Oid, uses: impl IntoIterator<Item = Use>) {
        let uses: Vec<Use> = uses.into_iter().collect();
        if uses.is_empty() {
            return;
        }
        self.note_uses(oid, &uses);
        if let Some(object) = self.get_mut(oid) {
            object.uses.extend(uses);
        }
    }

    fn note_uses(&mut self, oid: Oid, uses: &[Use]) {
        for r#use in uses {
            let known = self.users.entry(r#use.what).or_default();
            // Mostly the newest object, so at the end.
            if let Err(at) = known.binary_search(&oid) {
                known.insert(at, oid);
            }
        }
    }

    /// Lists who uses an object, and how, in order of number.
    pub(super) fn users(&self, oid: Oid) -> Vec<(Oid, Use)> {
        self.users_that(oid, |_| true)
    }

    /// Lists who of some kind uses an object, and how, in order of number.
    pub(super) fn users_that(&self, oid: Oid, are: impl Fn(&Object) -> bool) -> Vec<(Oid, Use)> {
        let mut users = Vec::new();
        for user in self.users.get(&oid).into_iter().flatten() {
            let Some(object) = self.get(*user).filter(|object| are(object)) else {
                continue;
            };
            for r#use in &object.uses {
                if r#use.what == oid {
                    users.push((*user, *r#use));
                }
            }
        }
        users
    }

    /// Lists what is known to be within an object in a space, in order of name.
    pub(super) fn within(&self, oid: Oid, space: Space) -> Vec<Oid> {
        let Some(names) = self.names.get(&(oid, space)) else {
            return Vec::new();
        };
        let mut found: Vec<(&Name, Oid)> = names
            .iter()
            .flat_map(|(name, slot)| slot.taken.iter().map(move |oid| (name, *oid)))
            .collect();
        found.sort();
        found.into_iter().map(|(_, oid)| oid).collect()
    }

    /// Lists the names that are or were known to be within an object in a space.
    pub(super) fn names_within(&self, oid: Oid, space: Space) -> impl Iterator<Item = &Name> {
        self.names
            .get(&(oid, space))
            .into_iter()
            .flat_map(HashMap::keys)
    }

    /// Lists constraints of any table or domain that have a name, or had it, or were taken away.
    pub(super) fn constraints_named(&self, name: &str) -> &[Oid] {
        self.constraints.get(name).map_or(&[], Vec::as_slice)
    }

    /// Lists all objects, in order of number.
    pub(super) fn all(&self) -> impl Iterator<Item = (Oid, &Object)> {
        (0..)
            .map(Oid)
            .zip(&self.objects)
            .filter_map(|(oid, object)| Some((oid, object.as_deref()?)))
    }

    fn take_name(&mut self, within: Oid, space: Space, name: &Name, oid: Oid) {
        let Moment { now, covered, .. } = self.moment;
        let shared = space.shares_names();
        let doubt = shared && self.find_all(within, space, name).1 == Openness::Open;
        if space == Space::Constraint {
            self.constraints.entry(name.clone()).or_default().push(oid);
        }
        self.change_slot(within, space, name, |slot| {
            if !shared || slot.as_of < covered {
                slot.taken.clear();
            }
            slot.blurred = doubt;
            slot.as_of = now;
            slot.taken.push(oid);
        });
    }

    fn free_name(&mut self, within: Oid, space: Space, name: &Name, oid: Oid) {
        let now = self.moment.now;
        let doubt = space.shares_names() && self.find_all(within, space, name).1 == Openness::Open;
        self.change_slot(within, space, name, |slot| {
            slot.taken.retain(|taken| *taken != oid);
            slot.blurred = doubt;
            slot.as_of = now;
        });
    }

    fn change_slot(
        &mut self,
        within: Oid,
        space: Space,
        name: &Name,
        change: impl FnOnce(&mut Slot),
    ) {
        let names = self.names.entry((within, space)).or_default();
        let before = names.get(name).cloned();
        // A name that is first seen in an open place may have been anything's.
        let slot = names.entry(name.clone()).or_default();
        change(slot);
        self.journal
            .push(Entry::Slot(within, space, name.clone(), before));
    }

    /// Records that nothing has a name any more, whatever was known of it.
    pub(super) fn clear_name(&mut self, within: Oid, space: Space, name: &str) {
        let now = self.moment.now;
        self.change_slot(within, space, &Name::from(name), |slot| {
            *slot = Slot {
                as_of: now,
                ..Slot::default()
            };
        });
    }

    /// Records that a name may now be anything's, and that what had it may have changed.
    pub(super) fn blur_name(&mut self, within: Oid, space: Space, name: &str) {
        let taken = self
            .slot(within, space, name)
            .map(|slot| slot.taken.clone());
        for oid in taken.into_iter().flatten() {
            self.blur(oid);
        }
        let now = self.moment.now;
        self.change_slot(within, space, &Name::from(name), |slot| {
            slot.blurred = true;
            slot.as_of = now;
        });
    }

    /// Records that an object may have changed, or gone.
    pub(super) fn blur(&mut self, oid: Oid) {
        if let Some(object) = self.get_mut(oid) {
            object.blurred = true;
        }
    }

    /// Records that an object is there, under its name, whatever may have happened to it before.
    pub(super) fn affirm(&mut self, oid: Oid) {
        let now = self.moment.now;
        let Some(object) = self.get_mut(oid) else {
            return;
        };
        object.blurred = false;
        object.as_of = now;
        let (within, name, spaces) = (object.within, object.name.clone(), object.def.spaces());
        for space in spaces {
            self.free_name(within, *space, &name, oid);
            self.take_name(within, *space, &name, oid);
        }
    }

    /// Records that anything may have changed.
    pub(super) fn cover(&mut self) {
        self.journal.push(Entry::Moment(self.moment));
        self.moment.now += 1;
        self.moment.covered = self.moment.now;
        self.moment.covers += 1;
    }

    /// Returns whether anything was ever covered.
    pub(super) fn is_covered(&self) -> bool {
        self.moment.covers > 0
    }

    /// Returns the moment that this is.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.journal.len())
    }

    /// Lists what was changed, made or taken away since a moment.
    pub(super) fn touched(&self, since: Mark) -> BTreeSet<Oid> {
        self.journal
            .get(since.0..)
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| match entry {
                Entry::Object(oid, _) => Some(*oid),
                Entry::Slot(..) | Entry::Haze(_) | Entry::Moment(_) => None,
            })
            .collect()
    }

    /// Lists what was changed since a moment, and which names.
    pub(super) fn changes(&self, since: Mark) -> Changes {
        let mut changes = Changes::default();
        for entry in self.journal.get(since.0..).unwrap_or_default() {
            match entry {
                Entry::Object(oid, _) => {
                    changes.objects.insert(*oid);
                }
                Entry::Slot(within, space, name, _) => {
                    changes.names.insert((*within, *space, name.clone()));
                }
                Entry::Haze(_) => changes.opaque = true,
                Entry::Moment(before) => {
                    let Moment { covers, opaque, .. } = self.moment;
                    changes.opaque |= (before.covers, before.opaque) != (covers, opaque);
                }
            }
        }
        changes
    }

    /// Returns whether an object was changed between two moments; `None` is now.
    pub(super) fn touches(&self, oid: Oid, from: Mark, to: Option<Mark>) -> bool {
        let end = to.map_or(self.journal.len(), |to| to.0);
        let mut entries = self.journal.get(from.0..end).unwrap_or_default().iter();
        entries.any(|entry| matches!(entry, Entry::Object(changed, _) if *changed == oid))
    }

    /// Goes back to a moment.
    pub(super) fn undo(&mut self, to: Mark) -> Undone {
        let at = to.0.min(self.journal.len());
        let mut entries = self.journal.split_off(at);
        for entry in entries.iter_mut().rev() {
            self.swap(entry);
        }
        Undone(entries)
    }

    /// Makes again what was undone; nothing may have changed in between.
    pub(super) fn redo(&mut self, undone: Undone) {
        let mut entries = undone.0;
        for entry in &mut entries {
            self.swap(entry);
        }
        self.journal.append(&mut entries);
    }

    /// Forgets how to go back.
    pub(super) fn settle(&mut self) {
        self.journal.clear();
    }

    fn swap(&mut self, entry: &mut Entry) {
        match entry {
            Entry::Object(oid, other) => {
                if let Some(object) = self.objects.get_mut(oid.0 as usize) {
                    mem::swap(object, other);
                }
            }
            Entry::Slot(within, space, name, other) => {
                let names = self.names.entry((*within, *space)).or_default();
                let now = match other.take() {
                    Some(slot) => names.insert(name.clone(), slot),
                    None => names.remove(name),
                };
                *other = now;
            }
            Entry::Haze(other) => match other.take() {
                Some(haze) => self.hazes.push(haze),
                None => *other = self.hazes.pop(),
            },
            Entry::Moment(other) => mem::swap(&mut self.moment, other),
        }
    }
}

/// Whether more may be somewhere than is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Openness {
    /// What is known is all.
    Closed,
    /// There may be more.
    Open,
}
