//! Two moments, compared: what a downgrade leaves behind, does not restore, or leaves changed.

use super::{
    mend,
    site::{Presence, Site, Standing, Survey},
};
use crate::{
    Code,
    catalog::{
        picture::{Row, Value},
        store::Oid,
    },
    lexer::{Kind, tokens},
};

/// As the server prints them.
const DIRECTIONS: [&str; 4] = ["DESC", "NULLS", "FIRST", "LAST"];

/// One thing that differs after up and down.
#[derive(Debug)]
pub(super) struct Difference {
    kind: DifferenceKind,
    /// What stood where it was changed, or what stands where it is left behind.
    row: Row,
    oids: Vec<Oid>,
}

#[derive(Debug)]
enum DifferenceKind {
    LeftBehind,
    NotRestored,
    Changed {
        fact: &'static str,
        before: Option<String>,
        after: Option<String>,
    },
    Expression {
        fact: &'static str,
        before: String,
        after: String,
    },
}

/// Lists the differences, those of a table's parts only where the table itself stands on both sides.
pub(super) fn differences(before: &Survey, after: &Survey) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (site, was) in &before.sites {
        let Some(is) = after.sites.get(site) else {
            continue;
        };
        if holder_differs(before, after, site) {
            continue;
        }
        object(was, is, &mut differences);
    }
    differences
}

/// Returns whether what an object is in is itself left behind or missing.
fn holder_differs(before: &Survey, after: &Survey, site: &Site) -> bool {
    (1..site.len()).any(|length| {
        let holder = site.get(..length).unwrap_or_default();
        let (Some(was), Some(is)) = (before.sites.get(holder), after.sites.get(holder)) else {
            return false;
        };
        matches!(
            (was.presence, is.presence),
            (Presence::Present(_), Presence::Absent) | (Presence::Absent, Presence::Present(_))
        )
    })
}

fn object(was: &Standing, is: &Standing, differences: &mut Vec<Difference>) {
    match (was.presence, is.presence) {
        (Presence::Absent, Presence::Present(oid)) => {
            if let Some(row) = is.rows.first().filter(|row| row.kind != "extension") {
                differences.push(Difference::new(DifferenceKind::LeftBehind, row, &[oid]));
            }
        }
        (Presence::Present(oid), Presence::Absent) => {
            if let Some(row) = was.rows.first() {
                differences.push(Difference::new(DifferenceKind::NotRestored, row, &[oid]));
            }
        }
        (Presence::Present(old), Presence::Present(new)) => {
            rows(was, is, &[old, new], differences);
        }
        _ => {}
    }
}

fn rows(was: &Standing, is: &Standing, oids: &[Oid], differences: &mut Vec<Difference>) {
    let same = |a: &Row, b: &Row| a.kind == b.kind && a.identity == b.identity;
    for row in &was.rows {
        match is.rows.iter().find(|other| same(row, other)) {
            Some(other) => facts(row, other, oids, differences),
            None if is.open => {}
            None => differences.push(Difference::new(DifferenceKind::NotRestored, row, oids)),
        }
    }
    for row in &is.rows {
        if !was.open && !was.rows.iter().any(|other| same(row, other)) {
            differences.push(Difference::new(DifferenceKind::LeftBehind, row, oids));
        }
    }
}

fn facts(was: &Row, is: &Row, oids: &[Oid], differences: &mut Vec<Difference>) {
    let names = was.facts.iter().map(|(name, _)| *name).chain(
        is.facts
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| was.fact(name).is_none()),
    );
    for name in names {
        let (before, after) = (was.fact(name), is.fact(name));
        let kind = match (before, after) {
            (Some(before), Some(after)) if before.agrees(after) => continue,
            (Some(Value::Unknown), _) | (_, Some(Value::Unknown)) => continue,
            // What was not checked is checked now.
            (Some(Value::Text(before)), None) if name == "valid" && before == "no" => continue,
            (Some(Value::Text(before)), Some(Value::Text(after)))
                if is_list_in_any_order(was.kind, name) && sorted(before) == sorted(after) =>
            {
                continue;
            }
            (Some(Value::Expression(before)), Some(Value::Expression(after)))
                if (name != "keys" || !are_other_columns(before, after))
                    && (name != "default" || !are_other_constants(before, after)) =>
            {
                DifferenceKind::Expression {
                    fact: name,
                    before: before.clone(),
                    after: after.clone(),
                }
            }
            // `SELECT *` is what the table's columns are when the view is made.
            (Some(before), Some(after)) if is_view(was.kind) && name == "columns" => {
                DifferenceKind::Expression {
                    fact: name,
                    before: text(before),
                    after: text(after),
                }
            }
            (Some(Value::Text(before)), Some(Value::Text(after)))
                if is_body(was, name) && is_body(is, name) && is_same_code(before, after) =>
            {
                continue;
            }
            // A routine that does the same may be written in another way.
            (Some(before), Some(after)) if is_routine(was.kind) => DifferenceKind::Expression {
                fact: name,
                before: text(before),
                after: text(after),
            },
            _ if is_routine(was.kind) => continue,
            _ => DifferenceKind::Changed {
                fact: name,
                before: before.map(text),
                after: after.map(text),
            },
        };
        differences.push(Difference::new(kind, was, oids));
    }
}

fn is_view(kind: &str) -> bool {
    matches!(kind, "view" | "materialized view")
}

/// Returns whether a fact is the body of a routine in a language where white space and comments say
/// nothing.
fn is_body(row: &Row, fact: &str) -> bool {
    fact == "body"
        && is_routine(row.kind)
        && matches!(row.fact("language"), Some(Value::Text(name)) if name == "sql" || name == "plpgsql")
}

/// Returns whether two bodies have the same tokens.
fn is_same_code(before: &str, after: &str) -> bool {
    let code = |text: &str| -> Vec<String> {
        tokens(text)
            .iter()
            .filter(|token| !token.kind.is_comment())
            .map(|token| {
                let word = text.get(token.span.range()).unwrap_or_default();
                match token.kind {
                    Kind::Word => word.to_lowercase(),
                    _ => word.to_owned(),
                }
            })
            .collect()
    };
    code(before) == code(after)
}

fn is_routine(kind: &str) -> bool {
    matches!(kind, "function" | "procedure" | "aggregate")
}

/// The order of columns cannot be restored, so it is never a difference.
fn is_list_in_any_order(kind: &str, fact: &str) -> bool {
    matches!(
        (kind, fact),
        ("view" | "materialized view", "columns") | ("type", "attributes")
    )
}

fn sorted(list: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = list.split(", ").collect();
    parts.sort_unstable();
    parts
}

/// Returns whether an index's keys are columns alone, and others: then it is another index.
///
/// An operator class and a collation may be written though the column has them anyway.
fn are_other_columns(before: &str, after: &str) -> bool {
    matches!((columns(before), columns(after)), (Some(before), Some(after)) if before != after)
}

/// Returns whether two defaults are constants that no type takes for one value.
fn are_other_constants(before: &str, after: &str) -> bool {
    match (constant(before), constant(after)) {
        (Some(Constant::Truth(before)), Some(Constant::Truth(after))) => before != after,
        (Some(Constant::Number(before)), Some(Constant::Number(after))) => before != after,
        _ => false,
    }
}

/// A constant that is written in one way alone.
#[derive(Clone, Copy, Debug)]
enum Constant {
    Truth(bool),
    Number(u64),
}

fn constant(text: &str) -> Option<Constant> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(Constant::Truth(true)),
        "false" => Some(Constant::Truth(false)),
        number => number.parse().ok().map(Constant::Number),
    }
}

/// Lists an index's columns, each with its direction; `None` if a key is not a column alone.
fn columns(keys: &str) -> Option<Vec<Vec<&str>>> {
    let mut columns: Vec<Vec<&str>> = vec![Vec::new()];
    for token in tokens(keys) {
        let word = keys.get(token.span.range()).unwrap_or_default();
        match (word, columns.last_mut()) {
            ("(" | ")", _) => return None,
            (",", _) => columns.push(Vec::new()),
            (_, Some(column)) if column.is_empty() || DIRECTIONS.contains(&word) => {
                column.push(word);
            }
            _ => {}
        }
    }
    Some(columns)
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Expression(text) => text.clone(),
        Value::Unknown => "?".to_owned(),
    }
}

impl Difference {
    fn new(kind: DifferenceKind, row: &Row, oids: &[Oid]) -> Self {
        Self {
            kind,
            row: row.clone(),
            oids: oids.to_vec(),
        }
    }

    pub(super) fn code(&self) -> Code {
        match self.kind {
            DifferenceKind::LeftBehind => Code::LeftBehind,
            DifferenceKind::NotRestored => Code::NotRestored,
            DifferenceKind::Changed { .. } => Code::LeftChanged,
            DifferenceKind::Expression { .. } => Code::ExpressionDiffers,
        }
    }

    pub(super) fn is_error(&self) -> bool {
        !matches!(self.kind, DifferenceKind::Expression { .. })
    }

    pub(super) fn message(&self) -> String {
        let object = format!("{} {}", self.row.kind, self.row.identity);
        match &self.kind {
            DifferenceKind::LeftBehind => format!("downgrade leaves {object} behind"),
            DifferenceKind::NotRestored => format!("downgrade does not restore {object}"),
            DifferenceKind::Changed {
                fact,
                before,
                after,
            } => match (before, after) {
                (Some(_), Some(after)) if *fact == "not null" => match after.as_str() {
                    "yes" => format!("downgrade leaves {object} with NOT NULL, which it had not"),
                    _ => format!("downgrade leaves {object} without NOT NULL, which it had"),
                },
                (Some(before), Some(after)) => {
                    format!("downgrade leaves {object} with {fact} {after} instead of {before}")
                }
                (Some(before), None) => {
                    format!("downgrade does not restore {fact} {before} of {object}")
                }
                (None, after) => format!(
                    "downgrade leaves {object} with {fact} {}, where it had none",
                    after.as_deref().unwrap_or_default()
                ),
            },
            DifferenceKind::Expression {
                fact,
                before,
                after,
            } => format!("downgrade gives {object} the {fact} {after} instead of {before}"),
        }
    }

    pub(super) fn label(&self) -> &'static str {
        match self.kind {
            DifferenceKind::LeftBehind => "the downgrade should drop it",
            DifferenceKind::NotRestored => "the downgrade should make it again",
            DifferenceKind::Changed { .. } => "the downgrade should change it back",
            DifferenceKind::Expression { .. } => "the two texts should mean the same",
        }
    }

    /// What the upgrade did.
    pub(super) fn verb(&self) -> &'static str {
        match self.kind {
            DifferenceKind::LeftBehind => "makes",
            DifferenceKind::NotRestored => "drops",
            DifferenceKind::Changed { .. } | DifferenceKind::Expression { .. } => "changes",
        }
    }

    /// What the downgrade would say, where it can be typed as it stands.
    pub(super) fn help(&self) -> Option<String> {
        let sql = match &self.kind {
            DifferenceKind::LeftBehind => mend::drop(&self.row),
            DifferenceKind::NotRestored => mend::make(&self.row),
            DifferenceKind::Changed { fact: "labels", .. } => {
                return Some(
                    "PostgreSQL takes no value out of an enum: make the type anew, or say at the head \
                     of the downgrade: `-- samokoder: allow(left-changed) \"why\"`"
                        .to_owned(),
                );
            }
            DifferenceKind::Changed { fact, before, .. } => {
                mend::restore(&self.row, fact, before.as_deref())
            }
            DifferenceKind::Expression { .. } => None,
        };
        sql.map(|sql| format!("write `{sql}`"))
    }

    pub(super) fn oids(&self) -> &[Oid] {
        &self.oids
    }

    /// Its name, and the names of what it is in, from the inside out.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.row
            .identity
            .split('(')
            .next()
            .unwrap_or_default()
            .rsplit('.')
            .map(|part| part.trim_matches('"'))
    }
}
