//! Statements by tokens, for a text that the grammar does not take whole.

use super::gate::{Lexed, Token};
use crate::source::Span;

/// A stretch of a text up to a `;` that ends a statement.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    /// From the first token to the last, without the `;`.
    pub(super) statement: Span,
    /// The same with the `;`; where a literal runs to the end of the text, with all of it.
    pub(super) whole: Span,
    /// The tokens, with the `;`.
    pub(super) tokens: &'a [Token],
}

impl Piece<'_> {
    /// Returns the piece without its first tokens; `None` if no other is left.
    pub(super) fn rest(&self, tokens: usize) -> Option<Self> {
        let rest = self.tokens.get(tokens..)?;
        let start = rest.first()?.span.start;
        Some(Self {
            statement: Span::new(start, self.statement.end),
            whole: Span::new(start, self.whole.end),
            tokens: rest,
        })
    }
}

/// Splits a text into its statements; stray `;` make none.
///
/// A `;` ends a statement but inside the parentheses of `CREATE RULE … DO (…; …)` and inside the
/// body `BEGIN ATOMIC … END` of a function: no other place of PostgreSQL's grammar has one. Where
/// such a parenthesis or body never closes, its first `;` counts after all, so that one missing
/// word does not swallow the rest of the file.
pub(super) fn split<'a>(text: &str, lexed: &'a Lexed) -> Vec<Piece<'a>> {
    let tokens = lexed.tokens.as_slice();
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(rest) = tokens.get(from..).filter(|rest| !rest.is_empty()) {
        let length = length(text, rest);
        let piece = rest.get(..length).unwrap_or(rest);
        from += piece.len().max(1);
        let reaches_end = from >= tokens.len();
        pieces.extend(make(
            text,
            piece,
            lexed.unterminated.is_some() && reaches_end,
        ));
    }
    // An unclosed literal of which no token came before: `; 'abc`.
    if let Some(open) = lexed
        .unterminated
        .as_ref()
        .and_then(|refusal| refusal.offset)
        && pieces
            .last()
            .is_none_or(|piece| piece.whole.end < text.len())
    {
        let span = Span::new(open, text.len());
        pieces.push(Piece {
            statement: span,
            whole: span,
            tokens: &[],
        });
    }
    pieces
}

fn make<'a>(text: &str, tokens: &'a [Token], unterminated: bool) -> Option<Piece<'a>> {
    let first = tokens.first()?;
    let last = tokens.last()?;
    let ended = last.kind.is(';');
    let before = tokens.len().checked_sub(if ended { 2 } else { 1 });
    let (Some(before), false) = (before.and_then(|at| tokens.get(at)), first.kind.is(';')) else {
        return None;
    };
    let end = if unterminated && !ended {
        text.len()
    } else {
        last.span.end
    };
    let statement_end = if unterminated && !ended {
        end
    } else {
        before.span.end
    };
    Some(Piece {
        statement: Span::new(first.span.start, statement_end),
        whole: Span::new(first.span.start, end),
        tokens,
    })
}

/// Returns how many tokens the first statement has, with its `;`.
fn length(text: &str, tokens: &[Token]) -> usize {
    let nests = nesting(text, tokens);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = tokens.get(at..).unwrap_or_default();
        let closed = match nests {
            Nesting::Actions if token.kind.is('(') => closing_parenthesis(rest),
            Nesting::Body if begins_body(text, rest) => closing_end(text, rest),
            _ => None,
        };
        if let Some(closed) = closed {
            at += closed;
        } else if token.kind.is(';') {
            return at + 1;
        }
        at += 1;
    }
    tokens.len()
}

/// Where a statement can hold a `;` that does not end it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    None,
    Actions,
    Body,
}

fn nesting(text: &str, tokens: &[Token]) -> Nesting {
    let mut words = tokens.iter().take(4).map(|token| token.text(text));
    let is = |word: Option<&str>, wanted: &str| {
        word.is_some_and(|word| word.eq_ignore_ascii_case(wanted))
    };
    if !is(words.next(), "create") {
        return Nesting::None;
    }
    let mut word = words.next();
    if is(word, "or") {
        words.next();
        word = words.next();
    }
    if is(word, "rule") {
        Nesting::Actions
    } else if is(word, "function") || is(word, "procedure") {
        Nesting::Body
    } else {
        Nesting::None
    }
}

fn closing_parenthesis(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind.is('(') {
            depth += 1;
        } else if token.kind.is(')') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn begins_body(text: &str, tokens: &[Token]) -> bool {
    matches!(tokens, [begin, atomic, ..] if begin.is_word(text, "begin") && atomic.is_word(text, "atomic"))
}

/// Finds the `END` of a body, past each `CASE … END` in it.
fn closing_end(text: &str, tokens: &[Token]) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        if begins_body(text, tokens.get(at..)?) || token.is_word(text, "case") {
            depth += 1;
        } else if token.is_word(text, "end") && !is_label(text, tokens, at) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// Whether a word is the name of a column: `AS end`, `a.end`.
fn is_label(text: &str, tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_some_and(|before| before.kind.is('.') || before.is_word(text, "as"))
}

#[cfg(test)]
mod tests {
    use super::split;
    use crate::sql::gate::lex;

    fn statements(text: &str) -> Vec<&str> {
        split(text, &lex(text))
            .iter()
            .map(|piece| &text[piece.statement.range()])
            .collect()
    }

    #[test]
    fn splits_at_semicolons_that_end_statements() {
        assert_eq!(
            statements("; SELECT ';' -- ;\n; /* ; /* ; */ ; */ DO $a$ ; $b$ ; $a$;; SELECT \"a;\""),
            ["SELECT ';'", "DO $a$ ; $b$ ; $a$", "SELECT \"a;\""]
        );
    }

    #[test]
    fn keeps_the_actions_of_a_rule_and_the_body_of_a_function_together() {
        let rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)";
        let body = "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC \
                    SELECT CASE WHEN true THEN 1 END AS end; SELECT 2; END";
        assert_eq!(
            statements(&format!("{rule}; {body}; SELECT 1")),
            [rule, body, "SELECT 1"]
        );
    }

    #[test]
    fn a_body_that_never_ends_does_not_swallow_the_file() {
        assert_eq!(
            statements("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; SELECT 3"),
            [
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1",
                "SELECT 2",
                "SELECT 3"
            ]
        );
        assert_eq!(
            statements("CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; SELECT 1;").len(),
            2
        );
    }

    #[test]
    fn an_unclosed_literal_runs_to_the_end() {
        assert_eq!(
            statements("SELECT 1; SELECT 'a; SELECT 2;\n"),
            ["SELECT 1", "SELECT 'a; SELECT 2;\n"]
        );
        assert_eq!(statements("SELECT 1; $$a; b\n"), ["SELECT 1", "$$a; b\n"]);
        assert_eq!(
            statements("SELECT E'\\u12' ; SELECT 1abc; SELECT 2").len(),
            3
        );
    }
}
