//! A picture as a Mermaid entity-relationship diagram.
//!
//! What a word in it may hold is taken from the lexer of Mermaid's `erDiagram`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{
    identity::{bare, first, list, split},
    picture::{Picture, Row, Value},
};

/// What of a picture is drawn.
///
/// ```
/// use samokoder_migrate_core::catalog::{Diagram, Picture};
///
/// assert_eq!(Diagram::new().draw(&Picture::default()), "erDiagram\n");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    schemas: BTreeSet<String>,
    views: Views,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Views {
    #[default]
    Left,
    Drawn,
}

impl Diagram {
    /// Draws the tables of all schemas.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws a schema, and no other that is not named too; its name is without quotes.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schemas.insert(name.into());
        self
    }

    /// Draws views too.
    #[must_use]
    pub fn with_views(mut self) -> Self {
        self.views = Views::Drawn;
        self
    }

    /// Writes the diagram: the same text for the same picture.
    ///
    /// Partitions are part of their table. What a foreign key references outside of the schemas
    /// that are drawn is a box without columns.
    #[must_use]
    pub fn draw(&self, picture: &Picture) -> String {
        let tables = Tables::of(picture);
        let mut entities: Vec<&str> = tables
            .rows
            .iter()
            .filter(|(identity, row)| self.draws(identity, row))
            .map(|(identity, _)| *identity)
            .collect();
        let keys: Vec<Reference<'_>> = entities
            .iter()
            .flat_map(|identity| tables.references(identity))
            .collect();
        let mut text = String::from("erDiagram\n");
        let known = entities.clone();
        entities.extend(keys.iter().map(|key| key.to));
        let names = Names::of(&entities);
        for identity in known {
            tables.entity(&mut text, identity, names.get(identity));
        }
        for key in &keys {
            key.draw(&mut text, &names);
        }
        text
    }

    fn draws(&self, identity: &str, row: &Row) -> bool {
        let is_view = row.kind != "table";
        (self.schemas.is_empty() || self.schemas.contains(&bare(first(identity).0)))
            && (!is_view || self.views == Views::Drawn)
            && row.fact("partition of").is_none()
    }
}

/// The rows of a picture, by the table that they are about.
struct Tables<'p> {
    rows: BTreeMap<&'p str, &'p Row>,
    columns: BTreeMap<&'p str, Vec<&'p Row>>,
    constraints: BTreeMap<&'p str, Vec<&'p Row>>,
    indexes: BTreeMap<&'p str, Vec<&'p Row>>,
}

impl<'p> Tables<'p> {
    fn of(picture: &'p Picture) -> Self {
        let mut tables = Self {
            rows: BTreeMap::new(),
            columns: BTreeMap::new(),
            constraints: BTreeMap::new(),
            indexes: BTreeMap::new(),
        };
        for row in &picture.rows {
            let identity = row.identity.as_str();
            match row.kind {
                "table" | "view" | "materialized view" => {
                    tables.rows.insert(identity, row);
                }
                "column" => add(&mut tables.columns, split(identity).0, row),
                "constraint" => add(&mut tables.constraints, split(identity).0, row),
                "index" => add(&mut tables.indexes, text(row, "table"), row),
                _ => {}
            }
        }
        tables
    }

    /// Writes an entity with its columns.
    fn entity(&self, diagram: &mut String, identity: &str, name: &str) {
        let _ = write!(diagram, "    \"{name}\"");
        let columns = self.attributes(identity);
        if columns.is_empty() {
            diagram.push('\n');
            return;
        }
        diagram.push_str(" {\n");
        for column in columns {
            let _ = writeln!(diagram, "        {column}");
        }
        diagram.push_str("    }\n");
    }

    fn attributes(&self, identity: &str) -> Vec<String> {
        if let Some(columns) = self.columns.get(identity) {
            return columns
                .iter()
                .map(|column| self.attribute(identity, column))
                .collect();
        }
        // A view's columns are known by name alone.
        let view = self.rows.get(identity);
        list(view.map_or("", |view| text(view, "columns")))
            .into_iter()
            .map(|column| Attribute::new("column", &bare(column)).to_string())
            .collect()
    }

    fn attribute(&self, table: &str, column: &Row) -> String {
        let name = split(&column.identity).1;
        let mut attribute = Attribute::new(text(column, "type"), &bare(name));
        if self
            .keys(table, "primary key")
            .any(|key| key.contains(&name))
        {
            attribute.marks.push("PK");
        } else if text(column, "not null") == "yes" {
            attribute.notes.push("not null".to_owned());
        }
        if self
            .keys(table, "foreign key")
            .any(|key| key.contains(&name))
        {
            attribute.marks.push("FK");
        }
        if self.uniques(table).any(|key| key == [name]) {
            attribute.marks.push("UK");
        }
        attribute.to_string()
    }

    /// Lists the columns of a table's constraints of one kind.
    fn keys<'s>(&'s self, table: &str, kind: &'s str) -> impl Iterator<Item = Vec<&'p str>> + 's {
        let constraints = self.constraints.get(table).into_iter().flatten();
        constraints
            .filter(move |constraint| text(constraint, "kind") == kind)
            .map(|constraint| list(text(constraint, "columns")))
    }

    /// Lists the sets of columns that a constraint or an index holds unique.
    fn uniques<'s>(&'s self, table: &str) -> impl Iterator<Item = Vec<&'p str>> + 's {
        let indexes = self.indexes.get(table).into_iter().flatten();
        let indexes = indexes.filter(|index| {
            let keys = text(index, "keys");
            text(index, "unique") == "yes" && index.fact("where").is_none() && !keys.contains('(')
        });
        self.keys(table, "unique")
            .chain(indexes.map(|index| list(text(index, "keys"))))
    }

    /// Lists the foreign keys of a table.
    fn references<'s>(&'s self, table: &'p str) -> impl Iterator<Item = Reference<'p>> + 's {
        let constraints = self.constraints.get(table).into_iter().flatten();
        constraints
            .filter(|constraint| text(constraint, "kind") == "foreign key")
            .filter_map(move |constraint| self.reference(table, constraint))
    }

    fn reference(&self, from: &'p str, constraint: &'p Row) -> Option<Reference<'p>> {
        let referenced = text(constraint, "references");
        let to = match referenced.rsplit_once(" (") {
            Some((to, _)) => to,
            None => referenced,
        };
        let columns = list(text(constraint, "columns"));
        let is_required = columns.iter().all(|name| {
            let mut of_table = self.columns.get(from).into_iter().flatten();
            of_table.any(|column| {
                split(&column.identity).1 == *name && text(column, "not null") == "yes"
            })
        });
        let is_unique = self
            .keys(from, "primary key")
            .chain(self.uniques(from))
            .any(|key| !key.is_empty() && key.iter().all(|name| columns.contains(name)));
        (!to.is_empty()).then(|| Reference {
            from,
            to: self.whole(to),
            columns,
            parents: if is_required { "||" } else { "|o" },
            children: if is_unique { "o|" } else { "o{" },
        })
    }

    /// Returns the table that a partition is part of.
    fn whole(&self, table: &'p str) -> &'p str {
        let mut whole = table;
        for _ in 0..self.rows.len() {
            match self.rows.get(whole).map(|row| text(row, "partition of")) {
                Some(parent) if !parent.is_empty() => whole = parent,
                _ => break,
            }
        }
        whole
    }
}

fn add<'p>(rows: &mut BTreeMap<&'p str, Vec<&'p Row>>, table: &'p str, row: &'p Row) {
    rows.entry(table).or_default().push(row);
}

/// Returns a fact's text; an empty one if there is none, or it is not known.
fn text<'p>(row: &'p Row, name: &str) -> &'p str {
    match row.fact(name) {
        Some(Value::Text(text) | Value::Expression(text)) => text,
        Some(Value::Unknown) | None => "",
    }
}

/// A foreign key.
struct Reference<'p> {
    from: &'p str,
    to: &'p str,
    columns: Vec<&'p str>,
    /// How many rows of the referenced table a row has.
    parents: &'static str,
    /// How many rows reference one.
    children: &'static str,
}

impl Reference<'_> {
    fn draw(&self, diagram: &mut String, names: &Names<'_>) {
        let columns: Vec<String> = self.columns.iter().map(|column| bare(column)).collect();
        let _ = writeln!(
            diagram,
            "    \"{}\" {}--{} \"{}\" : \"{}\"",
            names.get(self.to),
            self.parents,
            self.children,
            names.get(self.from),
            quotable(&columns.join(", "))
        );
    }
}

/// The names of entities, each once.
struct Names<'p>(BTreeMap<&'p str, String>);

impl<'p> Names<'p> {
    fn of(identities: &[&'p str]) -> Self {
        let mut names = BTreeMap::new();
        let mut taken = BTreeSet::new();
        let sorted: BTreeSet<&str> = identities.iter().copied().collect();
        for identity in sorted {
            let plain = Self::plain(identity);
            let mut name = plain.clone();
            let mut number = 1;
            while !taken.insert(name.clone()) {
                number += 1;
                name = format!("{plain} ({number})");
            }
            names.insert(identity, name);
        }
        Self(names)
    }

    /// What is in `public` goes by its own name.
    fn plain(identity: &str) -> String {
        let (schema, table) = first(identity);
        let name = match schema {
            "" | "public" => bare(table),
            _ => format!("{}.{}", bare(schema), bare(table)),
        };
        let fits = |c: char| !matches!(c, '"' | '%' | '\\') && !c.is_control();
        name.chars()
            .map(|c| if fits(c) { c } else { '_' })
            .collect()
    }

    fn get(&self, identity: &str) -> &str {
        self.0.get(identity).map_or("", String::as_str)
    }
}

/// A line of an entity.
struct Attribute {
    ty: String,
    name: String,
    marks: Vec<&'static str>,
    notes: Vec<String>,
}

impl Attribute {
    /// Makes a line; where a word cannot be written as it is, a note says what it is.
    fn new(ty: &str, name: &str) -> Self {
        let mut notes = Vec::new();
        let name_word = word(name);
        if name_word != name {
            notes.push(name.to_owned());
        }
        let short = short(ty);
        let type_word = if ty.is_empty() {
            "unknown".to_owned()
        } else {
            word(&short)
        };
        if !ty.is_empty() && type_word != short {
            notes.push(short);
        }
        Self {
            ty: type_word,
            name: name_word,
            marks: Vec::new(),
            notes,
        }
    }
}

impl std::fmt::Display for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.ty, self.name)?;
        if !self.marks.is_empty() {
            write!(f, " {}", self.marks.join(", "))?;
        }
        if !self.notes.is_empty() {
            write!(f, " \"{}\"", quotable(&self.notes.join(", ")))?;
        }
        Ok(())
    }
}

/// Writes a type as PostgreSQL's shorter name for it.
fn short(ty: &str) -> String {
    let (base, array) = match ty.find("[]") {
        Some(at) => ty.split_at(at),
        None => (ty, ""),
    };
    let base = match base.strip_suffix(" with time zone") {
        Some(time) => match time.split_once('(') {
            Some((time, precision)) => format!("{time}tz({precision}"),
            None => format!("{time}tz"),
        },
        None => base.replace(" without time zone", ""),
    };
    let base = base
        .replace("character varying", "varchar")
        .replace("double precision", "float8")
        .replace("bit varying", "varbit");
    format!("{base}{array}")
}

/// Makes one word of a text: Mermaid takes letters, digits, `-`, `_`, brackets and parentheses, and
/// reads `pk`, `fk` and `uk` as marks.
fn word(text: &str) -> String {
    let is_letter = |c: char| c.is_ascii_alphabetic() || ('\u{C0}'..='\u{FFFF}').contains(&c);
    let fits = |c: char| is_letter(c) || c.is_ascii_digit() || "-_[]()".contains(c);
    let mut word: String = text
        .chars()
        .map(|c| if fits(c) { c } else { '_' })
        .collect();
    let begins = word
        .chars()
        .next()
        .is_some_and(|c| is_letter(c) || c == '_');
    let is_mark = word.get(..2).is_some_and(|two| {
        ["pk", "fk", "uk"]
            .iter()
            .any(|mark| two.eq_ignore_ascii_case(mark))
    }) && !word
        .chars()
        .nth(2)
        .is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    if !begins || is_mark {
        word.insert(0, '_');
    }
    word
}

/// Makes a text that can stand between double quotes.
fn quotable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' => '\'',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests;
