//! Expressions of PL/pgSQL that make text: what of it is known.

use std::collections::{HashMap, HashSet};

use crate::{
    catalog::store::{GAP, Shape},
    lexer::{self, Kind},
    sql,
};

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

    /// Lists the values that an expression may have.
    pub(super) fn all_values(&self, expression: &[Word<'_>]) -> Vec<Shape> {
        let several = match expression {
            [one] => name(*one).and_then(|name| self.several.get(&name)),
            _ => None,
        };
        several.map_or_else(|| vec![value(expression, self)], Clone::clone)
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
            .and_then(|name| names.get(&name).cloned())
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
        [inside @ .., (_, "::"), (Kind::Word, ty)]
            if ["text", "varchar", "name"]
                .iter()
                .any(|same| ty.eq_ignore_ascii_case(same)) =>
        {
            term(inside, names)
        }
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

/// What is given to a function.
struct Argument {
    shape: Shape,
    /// Whether it may be null.
    null: bool,
}

/// Returns what functions that make text make of it.
fn called(name: &str, arguments: &[Argument]) -> Shape {
    match (name, arguments) {
        ("format", [template, rest @ ..]) => match template.shape.exact() {
            Some(text) if !template.null => formatted(text, rest),
            _ => Shape::any(),
        },
        ("quote_ident", [one]) => Shape::new(identifier(&one.shape)),
        ("quote_literal", [one]) => Shape::new(literal(&one.shape)),
        ("lower", [one]) => Shape::new(one.shape.text().to_lowercase()),
        ("upper", [one]) => Shape::new(one.shape.text().to_uppercase()),
        _ => Shape::any(),
    }
}

/// `format`, as the documentation's chapter "String Functions and Operators" has it.
fn formatted(template: &str, arguments: &[Argument]) -> Shape {
    let mut text = String::new();
    let mut rest = template.chars().peekable();
    let mut next = 0;
    while let Some(character) = rest.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        if rest.next_if_eq(&'%').is_some() {
            text.push('%');
            continue;
        }
        let mut number = String::new();
        let mut is_plain = true;
        while let Some(digit) = rest.next_if(char::is_ascii_digit) {
            number.push(digit);
        }
        let position = if rest.next_if_eq(&'$').is_some() {
            number.parse::<usize>().ok()
        } else {
            is_plain = number.is_empty();
            None
        };
        // A width, which only adds spaces, is rare enough not to be followed.
        while rest
            .next_if(|next| matches!(next, '-' | '*' | '0'..='9' | '$'))
            .is_some()
        {
            is_plain = false;
        }
        let index = position.map_or(next, |position| position.saturating_sub(1));
        next = index + 1;
        let any = Shape::any();
        let argument = arguments.get(index).filter(|_| is_plain);
        let shape = argument.map_or(&any, |argument| &argument.shape);
        match rest.next() {
            Some('I') => text.push_str(&identifier(shape)),
            Some('L') => text.push_str(&literal(shape)),
            _ => {
                // Null is nothing here: what it would be glued to stays.
                let glued = text.ends_with(is_of_name)
                    || rest
                        .peek()
                        .is_some_and(|next| is_of_name(*next) || *next == '%');
                match argument {
                    Some(argument) if !(glued && argument.null) => text.push_str(shape.text()),
                    _ => text.push(GAP),
                }
            }
        }
    }
    Shape::new(text)
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | GAP)
}

fn identifier(shape: &Shape) -> String {
    let text = shape.text();
    let is_plain = text
        .chars()
        .all(|character| matches!(character, 'a'..='z' | '_' | '0'..='9' | GAP))
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && !sql::is_quoted_keyword(text);
    if is_plain && !text.is_empty() {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('"', "\"\""))
    }
}

fn literal(shape: &Shape) -> String {
    format!("'{}'", shape.text().replace('\'', "''"))
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
            ("regexp_replace('a', 'b', 'c')", "*"),
            ("new.id", "*"),
            ("E'a\\nb' || $x$c$x$", "a\nbc"),
        ] {
            let shape = value(&words(expression), &names);
            assert_eq!(shape.text().replace(GAP, "*"), told, "{expression}");
        }
    }
}
