//! Expressions of PL/pgSQL that make text: what of it is known.

use std::collections::{HashMap, HashSet};

use super::{
    function::{Argument, called},
    query,
};

use crate::{
    catalog::store::Shape,
    lexer::{self, Kind},
};

/// So many values of one expression are followed; where there may be more, it is any.
const MANY: usize = 16;

/// A token that is no comment, with its text.
pub(super) type Word<'a> = (Kind, &'a str);

/// What is known of the values of variables and parameters, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    values: HashMap<String, Shape>,
    /// Those that may have no value yet where they stand.
    null: HashSet<String>,
    /// The values of those that are given several.
    several: HashMap<String, Vec<Shape>>,
    /// The fields of those that are rows.
    rows: HashMap<String, HashMap<String, Shape>>,
    /// Where a name that is none of these is a column of.
    place: Place,
}

/// Where an expression stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Body,
    /// In a query of the server's own catalogs.
    Catalog,
}

impl Names {
    /// Gives a name its value.
    pub(super) fn set(&mut self, name: impl Into<String>, value: Shape) {
        self.values.insert(name.into(), value);
    }

    /// Gives a name one of several values.
    pub(super) fn set_one_of(&mut self, name: impl Into<String>, values: Vec<Shape>) {
        self.several.insert(name.into(), values);
    }

    /// Gives a name its only value, whatever else it may be given elsewhere.
    pub(super) fn set_alone(&mut self, name: impl Into<String>, value: Shape) {
        let name = name.into();
        self.several.remove(&name);
        self.null.remove(&name);
        self.values.insert(name, value);
    }

    /// Gives a row its fields.
    pub(super) fn set_row(&mut self, name: impl Into<String>, fields: HashMap<String, Shape>) {
        self.rows.insert(name.into(), fields);
    }

    /// Returns them as a query of the server's own catalogs sees them.
    pub(super) fn reading_catalog(&self) -> Self {
        Self {
            place: Place::Catalog,
            ..self.clone()
        }
    }

    /// Returns what is known of what a name means.
    fn meant(&self, name: &str) -> Option<Shape> {
        match self.values.get(name) {
            Some(value) => Some(value.clone()),
            None if self.place == Place::Catalog => query::column(name),
            None => None,
        }
    }

    /// Returns what is known of `row.field`.
    fn field(&self, row: &str, field: &str) -> Option<Shape> {
        match self.rows.get(row) {
            Some(fields) => fields.get(field).cloned(),
            None if self.place == Place::Catalog => query::column(field),
            None => None,
        }
    }

    /// Lists the values that an expression may have.
    pub(super) fn all_values(&self, expression: &[Word<'_>]) -> Vec<Shape> {
        let mut all = vec![self.clone()];
        for name in expression.iter().filter_map(|word| name(*word)) {
            let Some(several) = self.several.get(&name) else {
                continue;
            };
            if all.len() * several.len() > MANY {
                break;
            }
            all = all
                .iter()
                .flat_map(|names| {
                    several.iter().map(|value| {
                        let mut names = names.clone();
                        names.values.insert(name.clone(), value.clone());
                        names
                    })
                })
                .collect();
        }
        let mut values: Vec<Shape> = all.iter().map(|names| value(expression, names)).collect();
        values.dedup();
        values
    }

    /// Records that a name may have no value.
    pub(super) fn may_be_null(&mut self, name: impl Into<String>) {
        self.null.insert(name.into());
    }

    pub(super) fn get(&self, name: &str) -> Option<&Shape> {
        self.values.get(name)
    }

    /// Returns whether an expression may be null for what is known of its names.
    pub(super) fn is_null(&self, expression: &[Word<'_>]) -> bool {
        let mut names = expression.iter().filter_map(|word| name(*word));
        names.any(|name| self.null.contains(&name))
    }
}

/// Splits a text into words.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    lexer::tokens(text)
        .iter()
        .filter(|token| !token.kind.is_comment())
        .filter_map(|token| Some((token.kind, text.get(token.span.range())?)))
        .collect()
}

/// Returns the name that a word is.
pub(super) fn name(word: Word<'_>) -> Option<String> {
    match word.0 {
        Kind::Word => Some(word.1.to_lowercase()),
        Kind::QuotedName => Some(word.1.trim_matches('"').replace("\"\"", "\"")),
        _ => None,
    }
}

/// Splits words at a separator that is in no parentheses and no CASE.
pub(super) fn parts<'w, 'a>(words: &'w [Word<'a>], separator: &str) -> Vec<&'w [Word<'a>]> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, (kind, word)) in words.iter().enumerate() {
        match *word {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            word if *kind == Kind::Word && word.eq_ignore_ascii_case("case") => depth += 1,
            word if *kind == Kind::Word && word.eq_ignore_ascii_case("end") => {
                depth = depth.saturating_sub(1);
            }
            word if word == separator && depth == 0 && *kind != Kind::QuotedName => {
                parts.extend(words.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(words.get(start..));
    parts
}

/// Returns what is known of the text that an expression makes.
pub(super) fn value(expression: &[Word<'_>], names: &Names) -> Shape {
    let mut text = String::new();
    for term in parts(expression, "||") {
        text.push_str(self::term(term, names).text());
    }
    Shape::new(text)
}

fn term(words: &[Word<'_>], names: &Names) -> Shape {
    match words {
        [literal] if let_literal(*literal).is_some() => {
            Shape::new(let_literal(*literal).unwrap_or_default())
        }
        [one] => name(*one)
            .and_then(|name| names.meant(&name))
            .unwrap_or_else(Shape::any),
        [row, (_, "."), field] => name(*row)
            .and_then(|row| names.field(&row, &name(*field)?))
            .unwrap_or_else(Shape::any),
        [(_, "("), inside @ .., (_, ")")] if is_closed(inside) => value(inside, names),
        [(Kind::Word, call), (_, "("), inside @ .., (_, ")")] if is_closed(inside) => {
            let arguments: Vec<Argument> = parts(inside, ",")
                .into_iter()
                .map(|argument| {
                    let shape = value(argument, names);
                    let null = names.is_null(argument) || shape.exact().is_none();
                    Argument { shape, null }
                })
                .collect();
            called(&call.to_lowercase(), &arguments)
        }
        [inside @ .., (_, "::"), (Kind::Word, ty)] => cast(inside, &ty.to_lowercase(), names),
        _ => Shape::any(),
    }
}

/// Returns what is known of the text of a value of some type.
fn cast(inside: &[Word<'_>], ty: &str, names: &Names) -> Shape {
    match ty {
        "text" | "varchar" => term(inside, names),
        "name" => term(inside, names).of_name(),
        // What they are written as is one name, or two.
        "regclass" | "regtype" | "regproc" | "regrole" | "regnamespace" | "int" | "integer"
        | "bigint" | "smallint" | "oid" => match term(inside, names) {
            known if known.exact().is_some() && ty == "regclass" => known,
            _ => Shape::name(),
        },
        _ => Shape::any(),
    }
}

/// Returns whether parentheses are closed within words, and none before it is opened.
fn is_closed(words: &[Word<'_>]) -> bool {
    let mut depth = 0i32;
    words.iter().all(|(_, word)| {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth >= 0
    }) && depth == 0
}

/// Returns what a literal says.
pub(super) fn let_literal((kind, word): Word<'_>) -> Option<String> {
    match kind {
        Kind::String => {
            let inside = word.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(inside.replace("''", "'"))
        }
        Kind::EscapeString => {
            let inside = word.get(1..)?.strip_prefix('\'')?.strip_suffix('\'')?;
            let inside = inside.replace("''", "'").replace("\\n", "\n");
            // Of other escapes the text is not worth reading.
            (!inside.contains('\\')).then_some(inside)
        }
        Kind::DollarString => {
            let tag = word.get(..word.get(1..)?.find('$')? + 2)?;
            Some(word.strip_prefix(tag)?.strip_suffix(tag)?.to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, value, words};
    use crate::catalog::store::{GAP, Shape};

    #[test]
    fn a_value_that_may_be_missing_leaves_nothing() {
        let mut names = Names::default();
        names.set("v", Shape::new("_old"));
        names.may_be_null("v");
        for (expression, told) in [
            ("format('DROP TABLE t%s', v)", "DROP TABLE t*"),
            ("format('DROP TABLE %s', v)", "DROP TABLE _old"),
            ("'DROP TABLE t' || v", "DROP TABLE t_old"),
        ] {
            let shape = value(&words(expression), &names);
            assert_eq!(shape.text().replace(GAP, "*"), told, "{expression}");
        }
    }

    #[test]
    fn tells_what_is_known_of_a_text_that_is_put_together() {
        let mut names = Names::default();
        names.set("t", Shape::new("Events"));
        for (expression, told) in [
            ("'a' || x || 'b'", "a*b"),
            (
                "format('CREATE TABLE %s_%s', t, day)",
                "CREATE TABLE Events_*",
            ),
            ("format('%I.%I', 's', t)", "s.\"Events\""),
            ("format('%2$s %1$s %%', 'a', 'b')", "b a %"),
            ("format('%L', x)", "'*'"),
            ("format('%-10s|', 'a')", "*|"),
            (
                "'a' || CASE WHEN x THEN 'b' || 'c' ELSE '' END || ('d')",
                "a*d",
            ),
            ("'a' || quote_ident(t) || 'b'::text", "a\"Events\"b"),
            ("lower(format('%s_%s', t, x))", "events_*"),
            ("regexp_replace('a', 'b', 'c')", "a"),
            ("regexp_replace('abb', 'b', 'c')", "*"),
            ("regexp_replace('ab', 'b|c', 'c')", "*"),
            ("replace('abb', 'b', t)", "aEventsEvents"),
            ("concat('a', 'b', x)", "ab*"),
            ("new.id", "*"),
            ("E'a\\nb' || $x$c$x$", "a\nbc"),
        ] {
            let shape = value(&words(expression), &names);
            assert_eq!(shape.text().replace(GAP, "*"), told, "{expression}");
        }
    }
}
