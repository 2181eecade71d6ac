//! `postgres = N`: the oldest server that must take a script.

use std::{cmp::Reverse, sync::Arc};

use super::gate::{self, Feature, Parsed, Scan};
use crate::{
    diagnostic::{Code, Diagnostic},
    source::{SourceFile, Span},
};

/// The newest release whose syntax is taken where no `postgres = N` says otherwise: the gate's
/// grammar is that of the release after it, which no server runs yet.
const NEWEST: u16 = 18;

/// Integer literals with a prefix and with `_`: before 16 the server refuses them, and before 15 it
/// read `0xFF` as the number 0 named `xff`.
const NUMBERS: u16 = 16;

/// Says what in a statement is newer than the oldest server that must take it.
///
/// Without `postgres = N` everything up to the newest release is taken. Only what the statement's
/// tree proves is said; the statements in function bodies are text to PostgreSQL, and so to this.
pub(super) fn judge(
    file: &Arc<SourceFile>,
    parsed: &Parsed,
    postgres: Option<u16>,
) -> Vec<Diagnostic> {
    let floor = postgres.unwrap_or(NEWEST);
    let text = file.slice(parsed.span);
    let mut found: Vec<(u16, Diagnostic)> = gate::features(parsed, text, floor)
        .into_iter()
        .map(|feature| (feature.since, diagnose(file, parsed, &feature, postgres)))
        .collect();
    if floor < NUMBERS {
        found.extend(number(file, parsed.span, text).map(|span| {
            let name = "an integer like 0xFF or 1_000";
            (NUMBERS, newer(NUMBERS, name, postgres).at(file, span))
        }));
    }
    // MERGE came before its `BY SOURCE`: of two features in one place the newer says it all.
    found.sort_by_key(|(since, diagnostic)| (start(diagnostic), Reverse(*since)));
    found.dedup_by_key(|(_, diagnostic)| start(diagnostic));
    found
        .into_iter()
        .map(|(_, diagnostic)| diagnostic)
        .collect()
}

fn start(diagnostic: &Diagnostic) -> usize {
    diagnostic.source().map_or(0, |(_, span)| span.start)
}

fn diagnose(
    file: &Arc<SourceFile>,
    parsed: &Parsed,
    feature: &Feature,
    postgres: Option<u16>,
) -> Diagnostic {
    let start = feature
        .at
        .map_or(parsed.span.start, |at| parsed.base() + at)
        .clamp(parsed.span.start, parsed.span.end);
    let rest = file.slice(Span::new(start, parsed.span.end));
    let length = Scan::new(rest, 0).next().map_or(0, |token| token.span.end);
    newer(feature.since, feature.name, postgres).at(file, Span::new(start, start + length))
}

fn newer(since: u16, name: &str, postgres: Option<u16>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::NewerSyntax,
        format!("PostgreSQL has {name} since version {since}"),
    );
    match postgres {
        Some(floor) => diagnostic
            .label(format!("PostgreSQL {floor} refuses it"))
            .help(format!(
                "write it another way, or raise `postgres = {floor}` to {since}"
            )),
        None => diagnostic
            .label(format!("PostgreSQL {NEWEST} refuses it"))
            .help(format!(
                "say `postgres = {since}` if no older server is to take it"
            )),
    }
}

/// Finds the first integer that is written as only newer servers read it.
fn number(file: &SourceFile, statement: Span, text: &str) -> Option<Span> {
    let digits = |token: &str| {
        let prefixed = token
            .get(..2)
            .is_some_and(|head| matches!(head, "0x" | "0X" | "0o" | "0O" | "0b" | "0B"));
        prefixed || token.contains('_')
    };
    let bytes = text.as_bytes();
    let worth_a_look = bytes.windows(2).any(|pair| {
        matches!(pair, [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B'])
            || matches!(pair, [b'0'..=b'9', b'_'])
    });
    if !worth_a_look {
        return None;
    }
    Scan::new(file.slice(statement), 0)
        .find(|token| token.kind.is_number() && digits(token.text(text)))
        .map(|token| {
            Span::new(
                statement.start + token.span.start,
                statement.start + token.span.end,
            )
        })
}
