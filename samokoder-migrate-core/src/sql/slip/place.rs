//! Words that PostgreSQL has, in a place where it does not.

use super::{Mend, Stop};
use crate::{source::Span, sql::gate::is_keyword};

/// `IF [NOT] EXISTS` in the wrong place.
pub(super) fn mends(stop: &Stop) -> Vec<Mend> {
    if_exists(stop).unwrap_or_default()
}

fn if_exists(stop: &Stop) -> Option<Vec<Mend>> {
    let first = stop.tokens.first()?;
    ["create", "alter", "drop"]
        .iter()
        .any(|verb| first.is_word(&stop.text, verb))
        .then_some(())?;
    // PostgreSQL may stop at any of the three words, or at what follows where `IF` passes for a name.
    let from = (-3..=0).rev().find(|&at| {
        stop.are_words(at, &["if", "exists"]) || stop.are_words(at, &["if", "not", "exists"])
    })?;
    let length = if stop.is_word(from + 1, "not") { 3 } else { 2 };
    let words = stop.span(from, from + length - 1)?;
    let phrase = if length == 3 {
        "IF NOT EXISTS"
    } else {
        "IF EXISTS"
    };
    let mut mends = Vec::new();
    // Move it by up to three tokens, either way.
    for place in [1, 2, 3, -1, -2, -3] {
        let target = if place > 0 {
            from + length - 1 + place
        } else {
            from + place
        };
        let Some(token) = stop.token(target) else {
            continue;
        };
        if place > 0 {
            let after = stop.word(target);
            mends.push(
                Mend::new(format!("`{phrase}` belongs after `{after}`"))
                    .replace(words, "")
                    .replace(Span::at(token.span.end), format!(" {phrase} ")),
            );
        } else {
            mends.push(
                Mend::new(format!("`{phrase}` belongs before `{}`", stop.word(target)))
                    .replace(Span::at(token.span.start), format!(" {phrase} "))
                    .replace(words, ""),
            );
        }
    }
    let kind: Vec<String> = (0..2)
        .filter_map(|index| stop.tokens.get(index))
        .map(|token| token.text(&stop.text).to_uppercase())
        .collect();
    mends.push(
        Mend::new(format!(
            "PostgreSQL has no `{phrase}` for {}; leave it out",
            kind.join(" ")
        ))
        .replace(words, ""),
    );
    Some(mends)
}

/// Types that are no keywords: what one of them lacks is not a type but a name.
const TYPES: [&str; 22] = [
    "text",
    "uuid",
    "json",
    "jsonb",
    "bytea",
    "date",
    "timestamptz",
    "timetz",
    "bool",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "serial",
    "bigserial",
    "smallserial",
    "money",
    "inet",
    "cidr",
    "citext",
    "tsvector",
];

/// Columns without a type, aggregates without arguments.
pub(super) fn types(stop: &Stop) -> Vec<Mend> {
    let Some(name) = stop.token(-1) else {
        return Vec::new();
    };
    let end = Span::at(name.span.end);
    let word = stop.word(-1);
    let mut mends = Vec::new();
    let before_a_column = ["column", "add", "(", ",", "exists"]
        .iter()
        .any(|before| stop.is_word(-2, before));
    let is_name = word.starts_with(|c: char| c.is_alphabetic() || c == '"' || c == '_')
        && !is_keyword(word)
        && !TYPES.iter().any(|name| word.eq_ignore_ascii_case(name));
    if before_a_column && is_name && stop.word(0) != "(" {
        mends.push(Mend::new(format!("the column `{word}` has no type")).replace(end, " text"));
    }
    if stop
        .tokens
        .iter()
        .take(3)
        .any(|token| token.is_word(&stop.text, "aggregate"))
    {
        mends.push(
            Mend::new(format!(
                "an aggregate is named with its arguments: `{word}(integer)`, or `{word}(*)`"
            ))
            .replace(end, "(*)"),
        );
    }
    mends
}
