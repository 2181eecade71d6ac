//! Names that the server chooses.

use crate::catalog::{
    Catalog,
    object::{Name, Object, Space},
    store::{Lookup, Oid},
};

/// The longest name in bytes (`NAMEDATALEN` less one).
const LONGEST: usize = 63;

/// How many suffixes are tried where names may be taken by what is not known.
const DOUBTS: usize = 8;

/// A name that the server chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// This one.
    Certain(Name),
    /// The first of these if it was free, else a later one.
    OneOf(Vec<Name>),
}

/// What a chosen relation name must also differ from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Besides {
    /// Relations alone.
    Nothing,
    /// The schema's constraints: it is an index of one.
    Constraints,
}

/// Joins a table's name, columns' names and a label, and cuts the longer of the first two until the
/// whole is at most 63 bytes.
pub(super) fn joined(table: &str, columns: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(columns.is_some());
    let available = LONGEST.saturating_sub(overhead);
    let second = columns.unwrap_or_default();
    let (mut a, mut b) = (table.len(), second.len());
    if a + b > available {
        // The longer is cut to the length of the shorter, then both in turn, the second first.
        let excess = a + b - available;
        let lead = a.abs_diff(b).min(excess);
        if a > b {
            a -= lead;
        } else {
            b -= lead;
        }
        let rest = excess - lead;
        a = a.saturating_sub(rest / 2);
        b = b.saturating_sub(rest - rest / 2);
    }
    let mut name = clipped(table, a).to_owned();
    if columns.is_some() {
        name.push('_');
        name.push_str(clipped(second, b));
    }
    name.push('_');
    name.push_str(label);
    name
}

/// Cuts a text to at most so many bytes, between characters.
pub(super) fn clipped(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Joins columns' names, as far as a name can be long.
pub(super) fn addition<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for column in columns {
        if !text.is_empty() {
            text.push('_');
        }
        text.push_str(column);
        if text.len() > LONGEST {
            break;
        }
    }
    text
}

/// Makes names of an index's columns differ from each other: `expr`, `expr1`.
pub(super) fn distinct(columns: impl IntoIterator<Item = Name>) -> Vec<Name> {
    let mut taken: Vec<Name> = Vec::new();
    for column in columns {
        let mut name = column.clone();
        let mut count = 0_usize;
        while taken.contains(&name) {
            count += 1;
            let suffix = count.to_string();
            name = format!("{}{suffix}", clipped(&column, LONGEST - suffix.len())).into();
        }
        taken.push(name);
    }
    taken
}

impl Catalog {
    /// Chooses a relation's name: the first of `t_a_key`, `t_a_key1`, … that is free in the schema.
    pub(super) fn relation_name(
        &self,
        schema: Oid,
        table: &str,
        columns: Option<&str>,
        label: &str,
        besides: Besides,
    ) -> Chosen {
        choose(table, columns, label, |name| {
            match self.holder(schema, Space::Relation, name) {
                Lookup::Absent if besides == Besides::Constraints => {
                    self.constraint_holder(schema, name)
                }
                lookup => lookup,
            }
        })
    }

    /// Chooses a constraint's name: the first of `t_a_check`, `t_a_check1`, … that no constraint in
    /// the schema has.
    pub(super) fn constraint_name(
        &self,
        schema: Oid,
        table: &str,
        columns: Option<&str>,
        label: &str,
    ) -> Chosen {
        choose(table, columns, label, |name| {
            self.constraint_holder(schema, name)
        })
    }

    /// Says whether a constraint of any table in a schema has a name.
    fn constraint_holder(&self, schema: Oid, name: &str) -> Lookup {
        let mut doubt =
            self.store.is_open(schema) || self.store.is_hazed(schema, Space::Constraint, name);
        for oid in self.store.constraints_named(name) {
            let within = self
                .store
                .get(*oid)
                .filter(|constraint| &*constraint.name == name)
                .and_then(|constraint| self.store.get(constraint.within))
                .map(|table| table.within);
            if within != Some(schema) {
                continue;
            }
            if self.store.is_certain(*oid) {
                return Lookup::Found(*oid);
            }
            doubt = true;
        }
        if doubt {
            Lookup::Unknown
        } else {
            Lookup::Absent
        }
    }

    /// Adds an object under the name that was chosen for it; in doubt its name may be any of them.
    pub(super) fn add_chosen(&mut self, mut object: Object, chosen: &Chosen) -> Oid {
        let within = object.within;
        let spaces = object.def.spaces();
        object.name = chosen.likely();
        let oid = self.store.add(object);
        if let Chosen::OneOf(names) = chosen {
            for name in names {
                for space in spaces {
                    self.store.blur_name(within, *space, name);
                }
            }
        }
        oid
    }
}

impl Chosen {
    /// Returns the name that it has if nothing unknown has it.
    pub(super) fn likely(&self) -> Name {
        match self {
            Self::Certain(name) => name.clone(),
            Self::OneOf(names) => names.first().cloned().unwrap_or_else(|| "".into()),
        }
    }
}

fn choose(
    table: &str,
    columns: Option<&str>,
    label: &str,
    holder: impl Fn(&str) -> Lookup,
) -> Chosen {
    let mut doubtful: Vec<Name> = Vec::new();
    let mut pass = 0_usize;
    loop {
        let name = if pass == 0 {
            joined(table, columns, label)
        } else {
            joined(table, columns, &format!("{label}{pass}"))
        };
        pass += 1;
        match holder(&name) {
            Lookup::Found(_) => continue,
            Lookup::Absent if doubtful.is_empty() => return Chosen::Certain(name.into()),
            Lookup::Absent => {
                doubtful.push(name.into());
                return Chosen::OneOf(doubtful);
            }
            Lookup::Unknown => doubtful.push(name.into()),
        }
        if doubtful.len() > DOUBTS {
            return Chosen::OneOf(doubtful);
        }
    }
}

#[cfg(test)]
mod tests;
