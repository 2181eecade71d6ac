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
            || self.is_named(row, &parts)
            || table(row, &parts).is_some_and(|table| self.0.contains(&format!("table {table}")))
    }

    /// Returns whether a name that a row has may be taken, or that of what it is in; a signature is no
    /// part of a name.
    fn is_named(&self, row: &Row, parts: &[&str]) -> bool {
        let name = parts.join(".");
        let before = if is_routine(row.kind) {
            name.find('(').and_then(|end| name.get(..end))
        } else {
            None
        };
        let whole = before.unwrap_or(&name);
        let mut ends = whole.match_indices('.').map(|(end, _)| end);
        self.0.contains(&format!("name {whole}"))
            || ends.any(|end| {
                whole
                    .get(..end)
                    .is_some_and(|holder| self.0.contains(&format!("name {holder}")))
            })
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

fn is_routine(kind: &str) -> bool {
    matches!(kind, "function" | "procedure" | "aggregate")
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

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::catalog::Row;

    use super::Open;

    #[test]
    fn a_name_that_may_be_taken_allows_what_has_it_and_what_is_in_it() {
        let open = Open::new(["name public.f", "name public.t"].map(str::to_owned).into());
        let allows = |kind, identity: &str| open.allows(&Row::new(kind, identity));
        assert!(allows("function", "public.f(integer, text)"));
        assert!(allows("table", "public.t"));
        assert!(allows("column", "public.t.a"));
        assert!(!allows("table", "public.tt"));
        assert!(!allows("function", "other.f()"));
    }
}
