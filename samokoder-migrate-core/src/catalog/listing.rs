//! A picture as a text for people: by schema, with what belongs to a table under it.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    identity::{bare, first, split},
    picture::{Picture, Row, Value},
};

/// What is in no schema and comes before the schemas.
const BEFORE: &[&str] = &["extension", "role"];

/// What is in a schema, in the order in which it is told.
const KINDS: &[&str] = &[
    "type",
    "table",
    "view",
    "materialized view",
    "sequence",
    "function",
    "procedure",
    "aggregate",
];

/// What of these has columns.
const TABLES: &[&str] = &["table", "view", "materialized view"];

/// What belongs to a table, in the order in which it is told.
const PARTS: &[&str] = &["constraint", "index", "trigger", "policy", "rule"];

/// Writes a picture as a text for people: the same text for the same picture.
///
/// ```
/// use samokoder_migrate_core::catalog::{Picture, explain};
///
/// assert_eq!(explain(&Picture::default()), "nothing\n");
/// ```
#[must_use]
pub fn explain(picture: &Picture) -> String {
    let listing = Listing::of(picture);
    let mut text = listing.doubt();
    for kind in BEFORE {
        for row in listing.outside.iter().filter(|row| row.kind == *kind) {
            listing.plain(&mut text, "", row);
        }
    }
    for (schema, rows) in &listing.schemas {
        listing.schema(&mut text, schema, rows);
    }
    let rest = listing.outside.iter();
    let rest: Vec<&&Row> = rest.filter(|row| !BEFORE.contains(&row.kind)).collect();
    if !rest.is_empty() && !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    for row in rest {
        listing.plain(&mut text, "", row);
    }
    text.truncate(text.trim_end().len());
    text.push_str(if text.is_empty() { "nothing\n" } else { "\n" });
    text
}

/// The rows of a picture, by where they are told.
struct Listing<'p> {
    picture: &'p Picture,
    /// What is in each schema, and is no part of something else in it.
    schemas: BTreeMap<&'p str, Vec<&'p Row>>,
    /// What is in no schema.
    outside: Vec<&'p Row>,
    /// Columns and other parts, by the table that they belong to.
    parts: BTreeMap<&'p str, Vec<&'p Row>>,
    /// Comments and grants, by what they are about: `table public.users`.
    remarks: BTreeMap<&'p str, Vec<&'p Row>>,
}

impl<'p> Listing<'p> {
    fn of(picture: &'p Picture) -> Self {
        let mut listing = Self {
            picture,
            schemas: BTreeMap::new(),
            outside: Vec::new(),
            parts: BTreeMap::new(),
            remarks: BTreeMap::new(),
        };
        // Every database has it.
        let is_usual = |row: &&Row| row.kind == "extension" && row.identity == "plpgsql";
        for row in picture.rows.iter().filter(|row| !is_usual(row)) {
            listing.place(row);
        }
        // A schema of which nothing is known but that more may be in it.
        for open in &picture.open {
            if let Some(schema) = open.strip_prefix("schema ") {
                listing.schemas.entry(schema).or_default();
            }
        }
        listing
    }

    fn place(&mut self, row: &'p Row) {
        let identity = row.identity.as_str();
        match row.kind {
            "schema" => {
                self.schemas.entry(identity).or_default();
            }
            "column" | "constraint" | "trigger" | "policy" | "rule" => {
                add(&mut self.parts, split(identity).0, row);
            }
            "index" => match row.fact("table") {
                Some(Value::Text(table)) => add(&mut self.parts, table, row),
                _ => add(&mut self.schemas, first(identity).0, row),
            },
            "comment" => add(&mut self.remarks, identity, row),
            "grant" => {
                let about = identity.rsplit_once(" to ");
                add(
                    &mut self.remarks,
                    about.map_or(identity, |(about, _)| about),
                    row,
                );
            }
            _ => match first(identity).0 {
                "" => self.outside.push(row),
                schema => add(&mut self.schemas, schema, row),
            },
        }
    }

    /// Says what is not known of the whole.
    fn doubt(&self) -> String {
        if self.picture.open.contains("*") {
            "Not all is known: something ran whose effects cannot be read, or the database held more\n\
             before the first migration. What is shown is as it was last seen.\n\n"
                .to_owned()
        } else {
            String::new()
        }
    }

    fn schema(&self, text: &mut String, schema: &str, rows: &[&Row]) {
        if !text.is_empty() && !text.ends_with("\n\n") {
            text.push('\n');
        }
        let _ = writeln!(text, "schema {schema}");
        if self.picture.open.contains(&format!("schema {schema}")) {
            text.push_str("  not all that is in it is known\n");
        }
        self.remarks_about(text, "  ", &format!("schema {schema}"));
        for kind in KINDS {
            for row in rows.iter().filter(|row| row.kind == *kind) {
                if TABLES.contains(kind) {
                    self.table(text, row);
                } else {
                    self.plain(text, "  ", row);
                }
            }
            if TABLES.contains(kind) && rows.iter().any(|row| row.kind == *kind) {
                text.push('\n');
            }
        }
        for row in rows.iter().filter(|row| !KINDS.contains(&row.kind)) {
            self.plain(text, "  ", row);
        }
        self.unseen(text, schema, rows);
    }

    /// Lists the tables of a schema of which parts are known, or nothing, but not the whole.
    fn unseen(&self, text: &mut String, schema: &str, rows: &[&Row]) {
        let tables = self.picture.open.iter();
        for table in tables.filter_map(|open| open.strip_prefix("table ")) {
            let is_told = rows.iter().any(|row| row.identity == table);
            if first(table).0 == schema && !is_told {
                self.table(text, &Row::new("table", table));
            }
        }
    }

    fn table(&self, text: &mut String, row: &Row) {
        let kind = match row.fact("kind") {
            Some(Value::Text(kind)) => kind,
            _ => row.kind,
        };
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        let _ = writeln!(text, "  {kind} {}", first(&row.identity).1);
        let parts = self.parts.get(row.identity.as_str());
        let parts = || parts.into_iter().flatten().copied();
        let columns: Vec<&Row> = parts().filter(|part| part.kind == "column").collect();
        text.push_str(&aligned(
            "    ",
            &columns.iter().map(|row| column(row)).collect::<Vec<_>>(),
        ));
        if self
            .picture
            .open
            .contains(&format!("table {}", row.identity))
        {
            text.push_str("    not all of it is known\n");
        }
        let others = PARTS
            .iter()
            .flat_map(|kind| parts().filter(move |part| part.kind == *kind));
        let mut lines: Vec<Vec<String>> = others.map(part).collect();
        // Stable: constraints by kind, and all else where it is.
        lines.sort_by_key(|line| rank(line.first().map_or("", String::as_str)));
        lines.extend(about_table(row));
        if !lines.is_empty() && !columns.is_empty() {
            text.push('\n');
        }
        text.push_str(&aligned("    ", &lines));
        self.remarks_about(text, "    ", &format!("{} {}", row.kind, row.identity));
        for part in parts() {
            self.remarks_about(text, "    ", &format!("{} {}", part.kind, part.identity));
        }
    }

    /// Tells an object in a line.
    fn plain(&self, text: &mut String, indent: &str, row: &Row) {
        let name = first(&row.identity).1;
        let facts: Vec<String> = row.facts.iter().map(fact).collect();
        let facts = if facts.is_empty() {
            String::new()
        } else {
            format!(": {}", facts.join(", "))
        };
        let _ = writeln!(text, "{indent}{} {name}{facts}", row.kind);
        let inner = format!("{indent}  ");
        self.remarks_about(text, &inner, &format!("{} {}", row.kind, row.identity));
    }

    fn remarks_about(&self, text: &mut String, indent: &str, about: &str) {
        for remark in self.remarks.get(about).into_iter().flatten() {
            let facts = remark.facts.iter().map(|(_, value)| words(value));
            let facts: Vec<String> = facts.collect();
            let what = match remark.identity.rsplit_once(" to ") {
                Some((_, role)) if remark.kind == "grant" => format!("granted to {role}"),
                _ if about.starts_with("column ") => {
                    format!("comment on {}", bare(split(about).1))
                }
                _ => remark.kind.to_owned(),
            };
            let _ = writeln!(text, "{indent}{what}: {}", facts.join(", "));
        }
    }
}

fn add<'p>(rows: &mut BTreeMap<&'p str, Vec<&'p Row>>, place: &'p str, row: &'p Row) {
    rows.entry(place).or_default().push(row);
}

/// A column in cells: name, type, whether it may be null, what it gets by itself.
fn column(row: &Row) -> Vec<String> {
    let ty = row.fact("type").map_or_else(String::new, |ty| match ty {
        Value::Unknown => "type not known".to_owned(),
        known => words(known),
    });
    let null = match row.fact("not null") {
        Some(Value::Text(text)) if text == "yes" => "not null",
        Some(Value::Unknown) => "null not known",
        _ => "",
    };
    let names = ["default", "generated", "identity"];
    let unknown = |name: &&str| row.fact(name) == Some(&Value::Unknown);
    let mut rest: Vec<String> = if names.iter().all(unknown) {
        vec!["default not known".to_owned()]
    } else {
        row.facts
            .iter()
            .filter(|(name, _)| names.contains(name))
            .filter_map(|(name, value)| match (*name, value) {
                ("default", value) => Some(format!("default {}", words(value))),
                ("generated", value) => Some(format!("generated as {}", words(value))),
                ("identity", value) => Some(format!("generated {} as identity", words(value))),
                _ => None,
            })
            .collect()
    };
    if let Some(collation) = row.fact("collation") {
        rest.push(format!("collation {}", words(collation)));
    }
    let name = split(&row.identity).1.to_owned();
    vec![name, ty, null.to_owned(), rest.join(", ")]
}

/// What belongs to a table in cells: what it is, its name, its definition.
fn part(row: &Row) -> Vec<String> {
    let name = split(&row.identity).1.to_owned();
    let get = |name: &str| row.fact(name).map(words).unwrap_or_default();
    let with = |before: &str, name: &str, after: &str| {
        row.fact(name)
            .map(|value| format!("{before}{}{after}", words(value)))
            .unwrap_or_default()
    };
    let kind = match row.fact("kind") {
        Some(Value::Text(kind)) => kind.clone(),
        _ => row.kind.to_owned(),
    };
    let pieces = match row.kind {
        "constraint" => vec![
            with("(", "columns", ")"),
            with("references ", "references", ""),
            with("on update ", "on update", ""),
            with("on delete ", "on delete", ""),
            with("match ", "match", ""),
            with("(", "expression", ")"),
            get("deferrable"),
            with("validated: ", "valid", ""),
        ],
        "index" => vec![
            with("", "unique", "").replace("yes", "unique"),
            get("method"),
            with("(", "keys", ")"),
            with("include (", "include", ")"),
            with("where ", "where", ""),
            with("valid: ", "valid", ""),
        ],
        "trigger" => vec![
            get("timing"),
            get("events"),
            with("for each ", "level", ""),
            with("when ", "when", ""),
            with("runs ", "function", ""),
            with("enabled: ", "enabled", ""),
        ],
        "policy" => vec![
            with("", "permissive", "").replace("no", "restrictive"),
            with("for ", "command", ""),
            with("to ", "roles", ""),
            with("using (", "using", ")"),
            with("with check (", "check", ")"),
        ],
        _ => row.facts.iter().map(fact).collect(),
    };
    let pieces: Vec<String> = pieces
        .into_iter()
        .filter(|piece| !piece.is_empty())
        .collect();
    vec![kind, name, pieces.join(" ")]
}

/// Returns where a kind of constraint is told; what is none comes after them.
fn rank(kind: &str) -> usize {
    let kinds = [
        "primary key",
        "unique",
        "foreign key",
        "check",
        "exclude",
        "constraint",
    ];
    let rank = kinds.iter().position(|known| *known == kind);
    rank.unwrap_or(kinds.len())
}

/// What a table or a view is beside its columns.
fn about_table(row: &Row) -> Vec<Vec<String>> {
    let told = |(name, value): &&(&'static str, Value)| {
        let is_usual = matches!(value, Value::Text(text) if text == "permanent");
        *name != "kind" && !is_usual
    };
    row.facts
        .iter()
        .filter(told)
        .map(|(name, value)| vec![(*name).to_owned(), words(value)])
        .collect()
}

/// A fact in words: `schema extensions`; what is told by a body is told by its length.
fn fact((name, value): &(&'static str, Value)) -> String {
    match (*name, value) {
        ("body", Value::Text(body)) => {
            let lines = body.trim().lines().count();
            let plural = if lines == 1 { "" } else { "s" };
            format!("{lines} line{plural}")
        }
        ("kind", value) => words(value),
        (name, value) => format!("{name} {}", words(value)),
    }
}

/// A value in one line.
fn words(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Expression(text) => {
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            lines.join(" ").trim().to_owned()
        }
        Value::Unknown => "not known".to_owned(),
    }
}

/// Writes rows of cells, those of a column in one width.
fn aligned(indent: &str, rows: &[Vec<String>]) -> String {
    let width = |cell: &String| cell.chars().count();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(width)
                .max()
                .unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = indent.to_owned();
        for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
pub(super) mod tests;
