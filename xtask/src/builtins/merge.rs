//! What several servers say, as one set of files.

use std::collections::{BTreeMap, BTreeSet};

use crate::Result;

/// The facts of all servers, by the file that they go to.
#[derive(Debug, Default)]
pub(super) struct Files {
    version: u32,
    versions: BTreeSet<u32>,
    routines: BTreeMap<Owned, Routine>,
    relations: BTreeMap<(String, Owned), Relation>,
    types: BTreeMap<Owned, String>,
    classes: BTreeMap<(String, Owned), Class>,
    pub(super) extensions: BTreeMap<String, Extension>,
    lines: BTreeMap<String, BTreeSet<String>>,
}

/// A name, and the extension that brings it; none for the server.
type Owned = (String, String);

#[derive(Debug, Default)]
struct Routine {
    arities: BTreeSet<(usize, usize)>,
    returns: BTreeSet<String>,
    kinds: BTreeSet<String>,
    since: Option<u32>,
}

#[derive(Debug, Default)]
struct Relation {
    kind: String,
    columns: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Class {
    inputs: BTreeSet<String>,
    default: String,
}

/// An extension, without its objects.
#[derive(Debug, Default)]
pub(super) struct Extension {
    /// Whether all of its objects are listed, or its relations alone.
    pub(super) known: Known,
    pub(super) fixed_schema: String,
    pub(super) schemas: BTreeSet<String>,
    pub(super) requires: BTreeSet<String>,
    pub(super) installed: String,
}

/// How much of an extension is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    #[default]
    Nothing,
    Relations,
    Everything,
}

impl Files {
    /// Takes what one server said.
    pub(super) fn take(&mut self, said: &str) -> Result {
        for line in said.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            if !self.fact(&fields)? {
                return Err(format!("not understood: {line}").into());
            }
        }
        Ok(())
    }

    /// Takes one fact; returns whether it is one.
    pub(super) fn fact(&mut self, fields: &[&str]) -> Result<bool> {
        match *fields {
            ["version", version] => {
                self.version = version.parse()?;
                self.versions.insert(self.version);
            }
            ["routine", owner, name, least, most, returns, kind] => {
                let most = match most {
                    "*" => usize::MAX,
                    most => most.parse()?,
                };
                let routine = self.routines.entry(owned(owner, name)).or_default();
                routine.arities.insert((least.parse()?, most));
                routine.returns.insert(returns.to_owned());
                routine.kinds.insert(kind.to_owned());
                routine.since = Some(routine.since.unwrap_or(u32::MAX).min(self.version));
            }
            ["relation", owner, schema, name, kind, columns] => {
                let key = (schema.to_owned(), owned(owner, name));
                let relation = self.relations.entry(key).or_default();
                kind.clone_into(&mut relation.kind);
                let columns = columns.split(',').filter(|column| !column.is_empty());
                relation.columns.extend(columns.map(str::to_owned));
            }
            ["type", owner, name, display, kind, category] => {
                let value = if owner.is_empty() {
                    format!("{display}\t{kind}\t{category}")
                } else {
                    kind.to_owned()
                };
                self.types.insert(owned(owner, name), value);
            }
            ["class", owner, method, name, input, default] => {
                let key = (method.to_owned(), owned(owner, name));
                let class = self.classes.entry(key).or_default();
                class.inputs.insert(input.to_owned());
                if !default.is_empty() {
                    default.clone_into(&mut class.default);
                }
            }
            ["default", "", method, name] => self.line("default_classes", &[method, name]),
            ["default", owner, method, name] => {
                self.line("extension_default_classes", &[method, name, owner]);
            }
            ["operator", owner, name] => self.line("extension_operators", &[name, owner]),
            ["method", owner, name] => self.line("extension_access_methods", &[name, owner]),
            ["prefix", owner, name] => self.line("extension_prefixes", &[name, owner]),
            ["schema", owner, name] => {
                self.extension(owner).schemas.insert(name.to_owned());
            }
            ["made", name] => self.extension(name).known = Known::Everything,
            ["extension", name, fixed, requires, installed] => {
                let extension = self.extension(name);
                fixed.clone_into(&mut extension.fixed_schema);
                let requires = requires.split(',').filter(|name| !name.is_empty());
                extension.requires.extend(requires.map(str::to_owned));
                installed.clone_into(&mut extension.installed);
            }
            ["line", file, ref rest @ ..] => self.line(file, rest),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn extension(&mut self, name: &str) -> &mut Extension {
        self.extensions.entry(name.to_owned()).or_default()
    }

    /// Adds a routine of which no more than the name is known.
    pub(super) fn named_routine(&mut self, owner: &str, name: &str) {
        let routine = self.routines.entry(owned(owner, name)).or_default();
        routine.since = routine.since.or(Some(self.version));
    }

    /// Returns the name and text of every file.
    pub(super) fn texts(mut self) -> Vec<(String, String)> {
        let oldest = self.versions.first().copied();
        for ((name, owner), routine) in std::mem::take(&mut self.routines) {
            let rest = [routine.ranges(), routine.returned(), routine.kind()];
            let [ranges, returned, kind] = rest.each_ref().map(String::as_str);
            if owner.is_empty() {
                let since = routine.since.filter(|since| Some(*since) != oldest);
                let since = since.map(|since| since.to_string()).unwrap_or_default();
                self.line("routines", &[&name, ranges, returned, kind, &since]);
            } else {
                let fields = [&*name, &*owner, ranges, returned, kind];
                self.line("extension_routines", &fields);
            }
        }
        for ((schema, (name, owner)), relation) in std::mem::take(&mut self.relations) {
            let columns: Vec<String> = relation.columns.into_iter().collect();
            let columns = columns.join(",");
            if owner.is_empty() {
                self.line("relations", &[&schema, &name, &relation.kind, &columns]);
            } else {
                let fields = [&*name, &*owner, &*schema, &*relation.kind, &*columns];
                self.line("extension_relations", &fields);
            }
        }
        for ((name, owner), value) in std::mem::take(&mut self.types) {
            if owner.is_empty() {
                self.line("types", &[&name, &value]);
            } else {
                self.line("extension_types", &[&name, &owner, &value]);
            }
        }
        for ((method, (name, owner)), class) in std::mem::take(&mut self.classes) {
            let input = only(&class.inputs);
            if owner.is_empty() {
                self.line("operator_classes", &[&method, &name, input, &class.default]);
            } else {
                let fields = [&*method, &*name, &*owner, input, &*class.default];
                self.line("extension_operator_classes", &fields);
            }
        }
        for (name, extension) in std::mem::take(&mut self.extensions) {
            let known = match extension.known {
                Known::Everything => "everything",
                Known::Relations => "relations",
                Known::Nothing => "",
            };
            let [schemas, requires] = [extension.schemas, extension.requires]
                .map(|names| names.into_iter().collect::<Vec<_>>().join(","));
            self.line(
                "extensions",
                &[
                    &name,
                    known,
                    &extension.fixed_schema,
                    &schemas,
                    &requires,
                    &extension.installed,
                ],
            );
        }
        self.lines
            .into_iter()
            .map(|(file, lines)| {
                let text: String = lines.into_iter().map(|line| line + "\n").collect();
                (format!("{file}.txt"), text)
            })
            .collect()
    }

    fn line(&mut self, file: &str, fields: &[&str]) {
        let lines = self.lines.entry(file.to_owned()).or_default();
        lines.insert(fields.join("\t").trim_end_matches('\t').to_owned());
    }
}

impl Routine {
    /// Writes how many arguments it takes: `0,2-3,5*`, where 5 or more are `5*`.
    fn ranges(&self) -> String {
        let mut merged: Vec<(usize, usize)> = Vec::new();
        for &(least, most) in &self.arities {
            match merged.last_mut() {
                Some(last) if least <= last.1.saturating_add(1) => last.1 = last.1.max(most),
                _ => merged.push((least, most)),
            }
        }
        let ranges: Vec<String> = merged
            .iter()
            .map(|&(least, most)| match most {
                usize::MAX => format!("{least}*"),
                _ if least == most => least.to_string(),
                _ => format!("{least}-{most}"),
            })
            .collect();
        ranges.join(",")
    }

    fn returned(&self) -> String {
        only(&self.returns).to_owned()
    }

    /// Writes `f`, `a`, `w` or `p` where all are functions, aggregates, window functions or procedures,
    /// and `s` where all return sets.
    fn kind(&self) -> String {
        let letters = |wanted: &str| {
            wanted
                .chars()
                .filter(|letter| {
                    !self.kinds.is_empty() && self.kinds.iter().all(|kind| kind.contains(*letter))
                })
                .collect()
        };
        letters("fawps")
    }
}

fn owned(owner: &str, name: &str) -> Owned {
    (name.to_owned(), owner.to_owned())
}

/// Returns the one item, or nothing.
fn only(items: &BTreeSet<String>) -> &str {
    match items.first() {
        Some(item) if items.len() == 1 => item,
        _ => "",
    }
}
