//! Templates that nobody filled in.

use std::sync::Arc;

use super::gate::Token;
use crate::{
    diagnostic::{Code, Diagnostic},
    source::{SourceFile, Span},
};

/// Says that the token at which PostgreSQL stops is a placeholder, if it is one.
///
/// It is asked only of a statement that the grammar refuses: what stands in a literal or a comment
/// is nobody's business.
pub(super) fn unfilled(
    file: &Arc<SourceFile>,
    text: &str,
    tokens: &[Token],
    at: usize,
) -> Option<Diagnostic> {
    let stop = tokens.get(at)?;
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let span = placeholder(text, stop.span.start)
        .or_else(|| opened_before(text, before?))
        .filter(|span| span.end > stop.span.start)?;
    let shown = file.slice(span);
    let diagnostic = Diagnostic::new(
        Code::Template,
        format!("the template `{shown}` was not filled in"),
    )
    .at(file, Span::new(stop.span.start, span.end))
    .label("PostgreSQL stops here (42601)")
    .sqlstate("42601");
    Some(if shown.starts_with(':') {
        diagnostic.help("only psql and client libraries know such a name: write the value itself")
    } else {
        diagnostic.help("the files are SQL as it runs: write the value itself")
    })
}

/// Finds the placeholder that begins inside a token and ends after it: the quotes of
/// `"{{ .Option "Name" }}"` end the literal before its name.
fn opened_before(text: &str, token: &Token) -> Option<Span> {
    let inside = token.text(text);
    let (at, _) = MARKS
        .iter()
        .filter_map(|(open, _)| Some((inside.rfind(open)?, open)))
        .max()?;
    placeholder(text, token.span.start + at).filter(|span| span.end > token.span.end)
}

/// The marks that a placeholder begins and ends with, and the longest first.
const MARKS: [(&str, &str); 7] = [
    ("{{", "}}"),
    ("{%", "%}"),
    ("<%", "%>"),
    ("${", "}"),
    ("#{", "}"),
    ("%(", ")s"),
    ("@{", "}"),
];

/// Finds the placeholder that begins at a byte, on its line.
fn placeholder(text: &str, at: usize) -> Option<Span> {
    let rest = text.get(at..)?;
    let line = rest.split('\n').next()?;
    for (open, close) in MARKS {
        if let Some(inner) = line.strip_prefix(open)
            && let Some(length) = inner.find(close)
            && length > 0
        {
            return Some(Span::new(at, at + open.len() + length + close.len()));
        }
    }
    psql_variable(line).map(|length| Span::new(at, at + length))
}

/// Measures a psql variable, or a named parameter: `:name`, `:'name'`, `:"name"`.
fn psql_variable(line: &str) -> Option<usize> {
    let inner = line.strip_prefix(':')?;
    let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let name = quote.map_or(inner, |quote| inner.strip_prefix(quote).unwrap_or(inner));
    let length = name
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(name.len());
    let starts = name
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_');
    let closes = quote.is_none_or(|quote| {
        name.get(length..)
            .is_some_and(|rest| rest.starts_with(quote))
    });
    (starts && closes).then(|| 1 + length + 2 * usize::from(quote.is_some()))
}
