//! Marks: commas, parentheses, `:` for `;`.

use super::{Mend, Stop};
use crate::source::Span;

/// Marks that are missing, or are there once too often.
pub(super) fn mends(stop: &Stop) -> Vec<Mend> {
    [
        colon(stop),
        trailing_comma(stop),
        doubled_comma(stop),
        extra_parenthesis(stop),
        doubled_parenthesis(stop),
        missing_opening(stop),
        missing_parenthesis(stop),
        missing_comma(stop, 0),
        missing_comma(stop, -1),
        missing_comma(stop, -2),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn colon(stop: &Stop) -> Option<Mend> {
    let token = stop.token(0).filter(|token| token.kind.is(':'))?;
    Some(Mend::new("did you mean `;`?").replace(token.span, ";"))
}

fn trailing_comma(stop: &Stop) -> Option<Mend> {
    let comma = stop.token(-1).filter(|token| token.kind.is(','))?;
    if stop.token(0).is_some_and(|token| token.kind.is(',')) {
        return None;
    }
    let next = match stop.word(0) {
        "" => "the end".to_owned(),
        word => format!("`{word}`"),
    };
    Some(Mend::new(format!("remove the comma before {next}")).replace(comma.span, ""))
}

fn doubled_comma(stop: &Stop) -> Option<Mend> {
    let comma = stop.token(0).filter(|token| token.kind.is(','))?;
    match stop.word(-1) {
        "," => Some(Mend::new("remove one of the two commas").replace(comma.span, "")),
        "(" => Some(Mend::new("remove the comma after `(`").replace(comma.span, "")),
        _ => None,
    }
}

/// `((` for `(`.
fn doubled_parenthesis(stop: &Stop) -> Option<Mend> {
    let token = stop.token(0).filter(|token| token.kind.is('('))?;
    stop.token(-1)?
        .kind
        .is('(')
        .then(|| Mend::new("remove one of the two parentheses").replace(token.span, ""))
}

/// `PRIMARY KEY id)`.
fn missing_opening(stop: &Stop) -> Option<Mend> {
    let all = Stop {
        text: String::new(),
        tokens: stop.tokens.clone(),
        at: stop.tokens.len(),
    };
    let token = stop.token(0).filter(|_| depth(&all) < 0)?;
    Some(
        Mend::new(format!(
            "an opening parenthesis is missing before `{}`",
            stop.word(0)
        ))
        .replace(Span::at(token.span.start), "("),
    )
}

/// How deep in parentheses the token is at which PostgreSQL stops.
fn depth(stop: &Stop) -> isize {
    stop.tokens
        .iter()
        .take(stop.at)
        .map(|token| isize::from(token.kind.is('(')) - isize::from(token.kind.is(')')))
        .sum()
}

fn extra_parenthesis(stop: &Stop) -> Option<Mend> {
    let token = stop.token(0).filter(|token| token.kind.is(')'))?;
    (depth(stop) <= 0)
        .then(|| Mend::new("remove this parenthesis: it closes nothing").replace(token.span, ""))
}

fn missing_parenthesis(stop: &Stop) -> Option<Mend> {
    let open = depth(stop);
    let at = stop
        .token(0)
        .map_or(stop.text.trim_end().len(), |token| token.span.start);
    (open > 0).then(|| {
        let before = match stop.word(0) {
            "" => "at the end".to_owned(),
            word => format!("before `{word}`"),
        };
        Mend::new(format!("a closing parenthesis is missing {before}")).replace(Span::at(at), ")")
    })
}

fn missing_comma(stop: &Stop, distance: isize) -> Option<Mend> {
    let token = stop.token(distance)?;
    let previous = stop.token(distance - 1)?;
    // In the middle of a line a comma that makes a stray word into a name is no proof; at the
    // beginning of a line, and between two literals, it is.
    let literal =
        |token: &crate::sql::gate::Token| token.kind.is_string() || token.kind.is_number();
    let likely = stop.begins_line(distance)
        || (literal(token) && literal(previous))
        || (token.kind.is('(') && previous.kind.is(')'))
        || is_next_column(stop, distance);
    let begins_element = !matches!(stop.word(distance).to_lowercase().as_str(), "not" | "null");
    (likely && begins_element && !previous.kind.is(',') && !previous.kind.is('(')).then(|| {
        Mend::new(format!(
            "a comma is missing before `{}`",
            stop.word(distance)
        ))
        .replace(Span::at(token.span.start), ", ")
    })
}

/// Whether a name and a type follow, inside parentheses: the next column of a table.
fn is_next_column(stop: &Stop, distance: isize) -> bool {
    let is_name =
        |word: &str| word.starts_with(|c: char| c.is_alphabetic() || c == '"' || c == '_');
    depth(stop) > 0 && is_name(stop.word(distance)) && is_name(stop.word(distance + 1))
}
