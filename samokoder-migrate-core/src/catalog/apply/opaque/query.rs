//! A query in a body of PL/pgSQL whose values become parts of statements: names from the server's
//! own catalogs.

use super::text::{Names, Word, let_literal, name, parts, value};
use crate::{
    catalog::store::{NAME, Shape},
    lexer::Kind,
};

/// Columns of system catalogs and of the information schema that hold names of relations.
const RELATIONS: &[&str] = &[
    "relname",
    "tablename",
    "table_name",
    "indexname",
    "viewname",
    "matviewname",
    "sequencename",
    "sequence_name",
];

/// Those that hold other names.
const OTHERS: &[&str] = &[
    "attname",
    "column_name",
    "conname",
    "constraint_name",
    "constraint_schema",
    "domain_name",
    "enum_name",
    "event_object_table",
    "extname",
    "nspname",
    "policyname",
    "polname",
    "proname",
    "pubname",
    "rolname",
    "routine_name",
    "routine_schema",
    "rulename",
    "schema_name",
    "schemaname",
    "sequence_schema",
    "table_schema",
    "tgname",
    "trigger_name",
    "trigger_schema",
    "typname",
    "udt_name",
    "usename",
];

/// What is selected, and what of it is known.
#[derive(Clone, Debug)]
pub(super) struct Query<'a> {
    items: Vec<Vec<Word<'a>>>,
    /// What each column that is compared with LIKE is like.
    likes: Vec<(Vec<Word<'a>>, Shape)>,
    is_of_catalog: bool,
}

impl<'a> Query<'a> {
    /// Reads `SELECT … FROM …`, also within parentheses; `None` if it is more.
    pub(super) fn read(words: &[Word<'a>]) -> Option<Self> {
        let words = match words {
            [(_, "("), inside @ .., (_, ")")] => inside,
            words => words,
        };
        let [first, rest @ ..] = words else {
            return None;
        };
        let rest = match rest {
            [distinct, rest @ ..] if is(distinct, "distinct") => rest,
            rest => rest,
        };
        if !is(first, "select") || rest.iter().any(|word| is(word, "union")) {
            return None;
        }
        let from = at(rest, &["from"]).unwrap_or(rest.len());
        let (items, tables) = rest.split_at(from);
        let conditions = at(tables, &["where"]).map_or(&[][..], |start| {
            let conditions = tables.get(start + 1..).unwrap_or_default();
            let end = at(conditions, &["group", "order", "limit", "having", "for"]);
            conditions
                .get(..end.unwrap_or(conditions.len()))
                .unwrap_or_default()
        });
        let is_of_catalog = tables.iter().filter_map(|word| name(*word)).any(|name| {
            name.starts_with("pg_") && name != "pg_temp" || name == "information_schema"
        });
        Some(Self {
            items: parts(items, ",").into_iter().map(<[_]>::to_vec).collect(),
            likes: likes(conditions),
            is_of_catalog,
        })
    }

    /// Lists the words of what is selected.
    pub(super) fn mentions(&self) -> Vec<Word<'a>> {
        self.items.iter().flatten().copied().collect()
    }

    /// Lists what is selected, by the names that the columns of the result have.
    pub(super) fn fields(&self, names: &Names) -> Vec<(Option<String>, Shape)> {
        let items = self.items.iter();
        items
            .map(|item| {
                let (expression, alias) = match item.as_slice() {
                    [expression @ .., r#as, alias] if is(r#as, "as") => (expression, Some(*alias)),
                    all => (all, all.last().copied()),
                };
                (alias.and_then(name), self.value(expression, names))
            })
            .collect()
    }

    /// Returns what is known of an expression in it.
    fn value(&self, expression: &[Word<'_>], names: &Names) -> Shape {
        let like = self.likes.iter().find(|(column, _)| {
            let same = column.iter().zip(expression);
            column.len() == expression.len()
                && same
                    .clone()
                    .all(|((_, a), (_, b))| a.eq_ignore_ascii_case(b))
        });
        if !self.is_of_catalog {
            return value(expression, names);
        }
        let names = names.reading_catalog();
        match (like, value(expression, &names)) {
            (Some((_, shape)), known) if known.is_there() => Shape::there(shape),
            (_, known) => known,
        }
    }
}

/// Returns what is known of a column of the server's own catalogs.
pub(super) fn column(name: &str) -> Option<Shape> {
    if RELATIONS.contains(&name) {
        Some(Shape::there(&Shape::name()))
    } else {
        OTHERS.contains(&name).then(Shape::name)
    }
}

/// Lists what must be like what: `column LIKE 'pattern' AND …`.
fn likes<'a>(conditions: &[Word<'a>]) -> Vec<(Vec<Word<'a>>, Shape)> {
    if conditions.iter().any(|word| is(word, "or")) {
        return Vec::new();
    }
    let both = conditions.split(|word| is(word, "and"));
    both.filter_map(|condition| match condition {
        [column @ .., like, pattern]
            if is(like, "like") && !column.iter().any(|word| is(word, "not")) =>
        {
            Some((column.to_vec(), like_shape(&let_literal(*pattern)?)))
        }
        _ => None,
    })
    .collect()
}

/// Reads a pattern: the documentation's chapter "Pattern Matching", `LIKE`.
fn like_shape(pattern: &str) -> Shape {
    let mut text = String::new();
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        match character {
            '%' | '_' => text.push(NAME),
            '\\' => text.extend(rest.next()),
            character => text.push(character),
        }
    }
    Shape::new(text)
}

/// Finds the first of some words that is in no parentheses.
fn at(words: &[Word<'_>], ends: &[&str]) -> Option<usize> {
    let mut depth = 0usize;
    words.iter().position(|word| {
        match word.1 {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && ends.iter().any(|end| is(word, end))
    })
}

fn is(word: &Word<'_>, other: &str) -> bool {
    word.0 == Kind::Word && word.1.eq_ignore_ascii_case(other)
}
