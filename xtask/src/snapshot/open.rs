//! What a picture says that it does not know.

use std::{collections::BTreeSet, fmt};

use samokoder_migrate_core::catalog::{Row, Value};

/// The namespaces that may hold more than a picture's rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Open(BTreeSet<String>);

impl Open {
    pub(super) fn new(open: BTreeSet<String>) -> Self {
        Self(open)
    }

    /// Returns whether a row that only the server has may be there: everything may, its schema or
    /// its table may hold more, or it is itself named.
    pub(super) fn allows(&self, row: &Row) -> bool {
        let parts = parts(&row.identity);
        let schema = parts.first().filter(|_| has_schema(row.kind));
        self.0.contains("*")
            || self.0.contains(&format!("{} {}", row.kind, row.identity))
            || schema.is_some_and(|schema| self.0.contains(&format!("schema {schema}")))
            || table(row, &parts).is_some_and(|table| self.0.contains(&format!("table {table}")))
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<&str> = self.0.iter().map(String::as_str).collect();
        f.write_str(&all.join(", "))
    }
}

/// Returns the table that a row is a part of.
fn table(row: &Row, parts: &[&str]) -> Option<String> {
    let text = |name| match row.fact(name) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let first_two = |parts: &[&str]| Some(format!("{}.{}", parts.first()?, parts.get(1)?));
    match row.kind {
        "column" | "constraint" | "trigger" | "policy" | "rule" => first_two(parts),
        "index" => text("table"),
        "sequence" => {
            let owner = text("owned by")?;
            first_two(&self::parts(&owner))
        }
        _ => None,
    }
}

fn has_schema(kind: &str) -> bool {
    !matches!(kind, "schema" | "extension" | "publication")
}

/// Splits `public."A.b".c` at the dots between names; a signature stays with its name.
pub(super) fn parts(identity: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut is_quoted) = (0, false);
    for (at, c) in identity.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '(' if !is_quoted => break,
            '.' if !is_quoted => {
                parts.extend(identity.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(identity.get(start..));
    parts
}
