//! A missing `;`.

use crate::sql::{
    gate::{Token, accepts, parse},
    refusal::is_taken,
};

/// Finds the token before which a `;` is missing: how many tokens the first statement has.
///
/// Two statements that lost the `;` between them stop PostgreSQL at the second one's first word,
/// or a few tokens after it where that word can be an alias (`… FROM t COMMENT ON …`). It is sure
/// only if the first is taken for itself, and so is the second, or it is wrong for a reason of its
/// own that comes later.
pub(in crate::sql) fn glued(text: &str, tokens: &[Token], at: usize) -> Option<usize> {
    let first = tokens.first()?.span.start;
    let end = tokens.last()?.span.end;
    (at.saturating_sub(3).max(1)..=at).rev().find(|&own| {
        let Some(token) = tokens.get(own) else {
            return false;
        };
        let before = text.get(first..token.span.start).unwrap_or_default();
        let after = text.get(token.span.start..end).unwrap_or_default();
        let on_its_line = before.trim_end_matches([' ', '\t']).ends_with('\n');
        // `SELECT 1⏎GO⏎SELECT 2`: SQL Server's `GO` passes for an alias, and has a help of its own.
        let after_go = own > 1
            && tokens
                .get(own - 1)
                .is_some_and(|last| last.is_word(text, "go"));
        if after_go || !accepts(&[], token.text(text)) || !is_taken(before) {
            return false;
        }
        if on_its_line {
            let rest = tokens.get(own..).unwrap_or_default();
            reads_on(after, rest, token.span.start)
        } else {
            // In the middle of a line a stray word looks the same.
            own == at && own > 2 && tokens.len() - own > 2 && is_taken(after)
        }
    })
}

/// Whether a text is a statement, or stops no earlier than at its fourth token.
fn reads_on(text: &str, tokens: &[Token], start: usize) -> bool {
    match parse(text) {
        Ok(_) => true,
        Err(refusal) => match (refusal.offset, tokens.get(3)) {
            (Some(offset), Some(fourth)) => offset + start >= fourth.span.start,
            _ => false,
        },
    }
}
