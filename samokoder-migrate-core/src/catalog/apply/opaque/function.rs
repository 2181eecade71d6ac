//! Functions that make text, as the documentation's chapter "String Functions and Operators" has them.

use crate::{
    catalog::store::{GAP, Shape, is_mark},
    sql,
};

/// What is given to a function.
pub(super) struct Argument {
    pub(super) shape: Shape,
    /// Whether it may be null.
    pub(super) null: bool,
}

/// Returns what functions that make text make of it.
pub(super) fn called(name: &str, arguments: &[Argument]) -> Shape {
    match (name, arguments) {
        ("format", [template, rest @ ..]) => match template.shape.exact() {
            Some(text) if !template.null => formatted(text, rest),
            _ => Shape::any(),
        },
        ("quote_ident", [one]) => Shape::new(identifier(&one.shape)),
        ("quote_literal", [one]) => Shape::new(literal(&one.shape)),
        ("lower", [one]) => Shape::new(one.shape.of_unknown_name().text().to_lowercase()),
        ("upper", [one]) => Shape::new(one.shape.of_unknown_name().text().to_uppercase()),
        // What is null is left out.
        ("concat", all) => all
            .iter()
            .map(|one| match one.shape.exact() {
                Some(_) if one.null => Shape::any(),
                _ => one.shape.clone(),
            })
            .fold(Shape::default(), |text, part| {
                Shape::new(format!("{}{}", text.text(), part.text()))
            }),
        ("replace", [text, from, to]) => replaced(&text.shape, &from.shape, &to.shape),
        ("regexp_replace", [text, from, to, flags @ ..]) => {
            let is_plain = |shape: &Shape, end: &str| {
                let text = shape
                    .exact()
                    .map(|text| text.strip_suffix(end).unwrap_or(text));
                text.is_some_and(|text| text.chars().all(is_plain_of_name))
            };
            let is_once = || {
                let count = text.shape.exact().zip(from.shape.exact());
                count.is_none_or(|(text, from)| text.matches(from).count() < 2)
            };
            let is_read = match flags {
                [] => is_once(),
                [flags] => flags.shape.exact() == Some("g"),
                _ => false,
            };
            if is_read && is_plain(&from.shape, "$") && is_plain(&to.shape, "") {
                replaced(&text.shape, &from.shape, &to.shape)
            } else {
                Shape::any()
            }
        }
        _ => Shape::any(),
    }
}

/// `replace`; a text that must be at the end has a `$` behind it.
fn replaced(text: &Shape, from: &Shape, to: &Shape) -> Shape {
    let (Some(from), Some(to)) = (from.exact(), to.exact()) else {
        return Shape::any();
    };
    let is_plain = |text: &str| text.chars().all(is_plain_of_name);
    let bare = from.strip_suffix('$').unwrap_or(from);
    match text.exact() {
        Some(text) if !from.contains('$') => Shape::new(text.replace(from, to)),
        Some(_) => Shape::any(),
        None if !is_plain(bare) || bare.is_empty() || !is_plain(to) => Shape::any(),
        None if text.is_there() => Shape::edited(from, to),
        None if text.text().contains(GAP) => Shape::any(),
        None => Shape::name(),
    }
}

fn is_plain_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
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
    character.is_alphanumeric() || matches!(character, '_' | '$') || is_mark(character)
}

fn identifier(shape: &Shape) -> String {
    let shape = shape.of_name();
    let text = shape.text();
    let is_plain = text
        .chars()
        .all(|character| matches!(character, 'a'..='z' | '_' | '0'..='9') || is_mark(character))
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
