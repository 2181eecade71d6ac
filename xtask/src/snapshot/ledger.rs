//! What a replay says, held against what a server says, migration after migration.

use std::collections::{BTreeMap, BTreeSet};

use samokoder_migrate_core::catalog::{Picture, Row, Value};

use super::{
    open::Open,
    rows::{Change, KINDS, Key},
};

/// Both sides as they were after the last migration, and what differed.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    server: BTreeMap<Key, Row>,
    replay: BTreeMap<Key, Row>,
    /// What was there before the first migration: nobody's who wrote one.
    before: BTreeMap<Key, Row>,
    /// What the replay takes for granted before the first migration: the platform's.
    assumed: BTreeMap<Key, Row>,
    open: Open,
    differing: BTreeMap<Key, Vec<Difference>>,
    /// How many rows of either side were held against the other, over all migrations.
    pub(super) compared: usize,
    /// How many rows only the server had, and were allowed since the replay says that it does not know.
    pub(super) allowed: usize,
    /// How many differences appeared.
    pub(super) appeared: usize,
    /// Facts that were not known, each once for as long as it was so: by kind and name.
    pub(super) unknown: BTreeMap<(&'static str, &'static str), usize>,
    /// Kinds of rows that are not compared.
    pub(super) passed_over: BTreeSet<&'static str>,
}

/// One thing that the two sides do not agree about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// What differs: a fact, or `only in the replay` and `only on the server`.
    pub(super) what: String,
    /// Both values.
    pub(super) values: String,
}

impl Ledger {
    /// Begins with what the server and the replay have before the first migration.
    pub(super) fn begin(rows: Vec<Change>, assumed: Picture) -> Self {
        let rows: BTreeMap<Key, Row> = rows
            .into_iter()
            .filter_map(|(key, row)| Some((key, row?)))
            .collect();
        Self {
            server: rows.clone(),
            before: rows,
            assumed: assumed
                .rows
                .into_iter()
                .map(|row| ((row.kind, row.identity.clone()), row))
                .collect(),
            ..Self::default()
        }
    }

    /// Takes what changed on the server and the replay's new picture; returns what began to differ.
    pub(super) fn step(
        &mut self,
        changed: Vec<Change>,
        picture: Picture,
    ) -> Vec<(Key, Difference)> {
        let mut touched: BTreeSet<Key> = BTreeSet::new();
        for (key, row) in changed {
            match row {
                Some(row) => self.server.insert(key.clone(), row),
                None => self.server.remove(&key),
            };
            touched.insert(key);
        }
        let mut now = BTreeMap::new();
        for row in picture.rows {
            if KINDS.contains(&row.kind) {
                let key = (row.kind, row.identity.clone());
                let old = self.replay.remove(&key);
                if old.as_ref() != Some(&row) {
                    touched.insert(key.clone());
                    self.count_unknown(old.as_ref(), &row);
                }
                now.insert(key, row);
            } else {
                self.passed_over.insert(row.kind);
            }
        }
        touched.extend(std::mem::replace(&mut self.replay, now).into_keys());
        let open = Open::new(picture.open);
        if open != self.open {
            self.open = open;
            touched.extend(self.server.keys().chain(self.replay.keys()).cloned());
        }
        self.compared += self.server.len();
        self.judge(touched)
    }

    fn judge(&mut self, touched: BTreeSet<Key>) -> Vec<(Key, Difference)> {
        let mut new = Vec::new();
        for key in touched {
            let differences = self.compare(&key);
            let old = self.differing.remove(&key).unwrap_or_default();
            for difference in &differences {
                if !old.iter().any(|old| old.what == difference.what) {
                    self.appeared += 1;
                    new.push((key.clone(), difference.clone()));
                }
            }
            if !differences.is_empty() {
                self.differing.insert(key, differences);
            }
        }
        new
    }

    fn compare(&mut self, key: &Key) -> Vec<Difference> {
        let only = |what: &str, row: &Row| Difference {
            what: what.to_owned(),
            values: row.facts.iter().fold(String::new(), |all, (name, value)| {
                format!("{all}{name} {}; ", shown(Some(value), 0))
            }),
        };
        match (self.server.get(key), self.replay.get(key)) {
            (Some(server), Some(replay)) => facts(server, replay),
            (None, Some(replay))
                if !is_from_the_start(key) && self.assumed.get(key) != Some(replay) =>
            {
                vec![only("only in the replay", replay)]
            }
            (Some(server), None) => {
                if is_from_the_start(key) || self.before.get(key) == Some(server) {
                    Vec::new()
                } else if self.open.allows(server) {
                    self.allowed += 1;
                    Vec::new()
                } else {
                    vec![only("only on the server", server)]
                }
            }
            _ => Vec::new(),
        }
    }

    fn count_unknown(&mut self, old: Option<&Row>, row: &Row) {
        for (name, value) in &row.facts {
            let was_unknown = old.and_then(|old| old.fact(name)) == Some(&Value::Unknown);
            if *value == Value::Unknown && !was_unknown {
                *self.unknown.entry((row.kind, name)).or_default() += 1;
            }
        }
    }

    /// Returns the facts that are not known now, by kind and name.
    pub(super) fn unknown_at_head(&self) -> BTreeMap<(&'static str, &'static str), usize> {
        let mut unknown = BTreeMap::new();
        for row in self.replay.values() {
            for (name, value) in &row.facts {
                if *value == Value::Unknown {
                    *unknown.entry((row.kind, *name)).or_default() += 1;
                }
            }
        }
        unknown
    }

    pub(super) fn open(&self) -> &Open {
        &self.open
    }

    /// Returns how many rows the replay has now.
    pub(super) fn replayed(&self) -> usize {
        self.replay.len()
    }

    /// Returns the server's rows, sorted.
    pub(super) fn server(&self) -> impl Iterator<Item = &Row> {
        self.server.values()
    }
}

/// `public` is there in every database before anybody makes anything; a picture may show it or not.
fn is_from_the_start(key: &Key) -> bool {
    key.0 == "schema" && key.1 == "public"
}

fn facts(server: &Row, replay: &Row) -> Vec<Difference> {
    let names: Vec<&'static str> = server
        .facts
        .iter()
        .chain(&replay.facts)
        .map(|(name, _)| *name)
        // The server writes the queries of views and rules back in its own words.
        .filter(|name| *name != "definition")
        .collect();
    let mut differences: Vec<Difference> = Vec::new();
    for name in names {
        let (theirs, ours) = (server.fact(name), replay.fact(name));
        let agrees = match (theirs, ours) {
            (Some(theirs), Some(ours)) => theirs.agrees(ours),
            (Some(only), None) | (None, Some(only)) => *only == Value::Unknown,
            (None, None) => true,
        };
        if !agrees && !differences.iter().any(|known| known.what == name) {
            differences.push(Difference {
                what: name.to_owned(),
                values: format!(
                    "server {}, replay {}",
                    shown(theirs, common(theirs, ours)),
                    shown(ours, common(theirs, ours))
                ),
            });
        }
    }
    differences
}

/// Writes a value on one line, a long one in part: around the character where it begins to differ.
fn shown(value: Option<&Value>, differs: usize) -> String {
    const BEFORE: usize = 24;
    const LENGTH: usize = 140;
    let Some(text) = text(value) else {
        return if value.is_some() { "unknown" } else { "none" }.to_owned();
    };
    let from = if text.chars().count() > LENGTH {
        differs.saturating_sub(BEFORE)
    } else {
        0
    };
    let mut rest = text.chars().skip(from);
    let part: String = rest.by_ref().take(LENGTH).collect();
    format!(
        "`{}{}{}`",
        if from > 0 { "…" } else { "" },
        part.escape_debug()
            .to_string()
            .replace("\\'", "'")
            .replace("\\\"", "\""),
        if rest.next().is_some() { "…" } else { "" }
    )
}

/// Returns how many characters two values begin with in common.
fn common(one: Option<&Value>, other: Option<&Value>) -> usize {
    let (one, other) = (text(one), text(other));
    let pairs = one.unwrap_or_default().chars();
    pairs
        .zip(other.unwrap_or_default().chars())
        .take_while(|(a, b)| a == b)
        .count()
}

fn text(value: Option<&Value>) -> Option<&str> {
    match value? {
        Value::Text(text) | Value::Expression(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
