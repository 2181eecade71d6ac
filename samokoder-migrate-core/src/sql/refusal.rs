//! What is said of a statement that PostgreSQL refuses.

use std::sync::Arc;

use super::{
    gate::{self, Lexed, Refusal, Token},
    slip,
    split::Piece,
    template,
};
use crate::{
    diagnostic::{Code, Diagnostic},
    source::{SourceFile, Span},
};

/// A statement that PostgreSQL refuses.
#[derive(Debug)]
pub(super) struct Broken<'a> {
    file: &'a Arc<SourceFile>,
    text: &'a str,
    lexed: &'a Lexed,
    piece: &'a Piece<'a>,
    refusal: Refusal,
    /// The byte at which PostgreSQL stops.
    offset: usize,
    /// The index of the token at which it stops; the number of tokens at the end of the text.
    at: usize,
}

/// What was found in a broken statement.
#[derive(Debug)]
pub(super) struct Findings {
    /// What is wrong.
    pub(super) diagnostic: Diagnostic,
    /// The statement, without those that a missing `;` glued to it.
    pub(super) statement: Span,
    /// How many of the piece's tokens belong to it; the rest is to be read for itself.
    pub(super) tokens: usize,
    /// Whether a quote that was left open before the error shifts what is inside and outside of
    /// literals, so that nothing after it can be judged.
    pub(super) swallows_the_rest: bool,
}

impl<'a> Broken<'a> {
    /// Takes up a refused piece of a text; the refusal counts bytes from the text's beginning.
    pub(super) fn new(
        file: &'a Arc<SourceFile>,
        text: &'a str,
        lexed: &'a Lexed,
        piece: &'a Piece<'a>,
        refusal: Refusal,
    ) -> Self {
        let offset = refusal.offset.unwrap_or(piece.statement.start);
        let at = piece
            .tokens
            .iter()
            .position(|token| token.span.end > offset)
            .unwrap_or(piece.tokens.len());
        Self {
            file,
            text,
            lexed,
            piece,
            refusal,
            offset,
            at,
        }
    }

    /// Says what is wrong, once for the statement.
    pub(super) fn findings(&self) -> Findings {
        let glued = match self.left_open() {
            Some(_) => None,
            None => slip::glued(self.text, self.piece.tokens, self.at),
        };
        let own = glued.unwrap_or(self.piece.tokens.len());
        let statement = match glued.and_then(|own| self.piece.tokens.get(own.checked_sub(1)?)) {
            Some(last) => Span::new(self.piece.statement.start, last.span.end),
            None => self.piece.statement,
        };
        let diagnostic = template::unfilled(self.file, self.text, self.piece.tokens, self.at)
            .or_else(|| self.invisible())
            .unwrap_or_else(|| self.syntax_error(glued));
        Findings {
            diagnostic,
            statement,
            tokens: own,
            swallows_the_rest: self.refusal.is_unterminated() || self.is_out_of_step(),
        }
    }

    fn syntax_error(&self, glued: Option<usize>) -> Diagnostic {
        let refusal = &self.refusal;
        let mut diagnostic = Diagnostic::new(Code::SyntaxError, shorten(&refusal.message))
            .at(self.file, self.caret())
            .label(format!("PostgreSQL stops here ({})", refusal.sqlstate))
            .sqlstate(refusal.sqlstate.clone());
        if let Some(detail) = refusal.detail {
            diagnostic = diagnostic.note(detail);
        }
        if let Some(hint) = refusal.hint {
            diagnostic = diagnostic.help(hint);
        }
        if let Some(next) = glued.and_then(|own| self.piece.tokens.get(own)) {
            let position = self.file.position(next.span.start);
            return diagnostic.help(format!(
                "a `;` is missing before `{}` on line {}",
                next.text(self.text),
                position.line
            ));
        }
        if let Some(literal) = self.left_open() {
            let line = self.file.position(literal.span.start).line;
            return diagnostic.help(format!(
                "the literal that begins on line {line} ends just before: is its closing quote missing?"
            ));
        }
        if refusal.is_unterminated() {
            return diagnostic;
        }
        slip::help(self.text, self.piece, self.at)
            .into_iter()
            .fold(diagnostic, Diagnostic::help)
    }

    /// Returns what the caret is under: the token at which PostgreSQL stops, on its first line.
    fn caret(&self) -> Span {
        let end = if self.refusal.is_unterminated() {
            self.text.len()
        } else {
            self.piece
                .tokens
                .get(self.at)
                .filter(|token| token.span.start <= self.offset)
                .map_or(self.offset, |token| token.span.end)
        };
        let shown = self.text.get(self.offset..end).unwrap_or_default();
        let line = shown.find('\n').unwrap_or(shown.len());
        Span::new(self.offset, self.offset + line)
    }

    /// A character that no one sees, or that only looks like a space, in the token at the caret.
    fn invisible(&self) -> Option<Diagnostic> {
        let token = self.piece.tokens.get(self.at)?;
        if token.kind.is_string() {
            return None;
        }
        let (c, name) = token
            .text(self.text)
            .chars()
            .find_map(|c| Some((c, invisible(c)?)))?;
        let diagnostic = Diagnostic::new(
            Code::NulByte,
            format!("a {name} (U+{:04X}) stands in the script", u32::from(c)),
        )
        .at(self.file, self.caret())
        .label(format!("PostgreSQL stops here ({})", self.refusal.sqlstate))
        .sqlstate(self.refusal.sqlstate.clone());
        Some(if c.is_whitespace() {
            diagnostic.help("replace it by a space: PostgreSQL takes it for a letter")
        } else {
            diagnostic.help("remove it: it is not seen, and PostgreSQL takes it for a letter")
        })
    }

    /// Whether the error is at a dollar quote, or at or after a literal with line ends in it: one
    /// that may have begun too early or ended too late.
    fn is_out_of_step(&self) -> bool {
        let at_literal = self.piece.tokens.get(self.at).is_some_and(|token| {
            let text = token.text(self.text);
            text.starts_with('$') || token.kind.is_string() && text.contains('\n')
        });
        at_literal || self.long_literal().is_some()
    }

    fn long_literal(&self) -> Option<&Token> {
        let before = self.piece.tokens.get(self.at.checked_sub(1)?)?;
        let text = before.text(self.text);
        ((before.kind.is_string() || text.starts_with('"')) && text.contains('\n'))
            .then_some(before)
    }

    /// The literal before the error, if its quote was left open and it ends at a later one: right
    /// where a word begins, or with all that follows out of step.
    fn left_open(&self) -> Option<&Token> {
        let literal = self.long_literal()?;
        (literal.span.end == self.offset || self.lexed.unterminated.is_some()).then_some(literal)
    }
}

fn invisible(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{feff}' => "byte order mark",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{2060}' => "word joiner",
        '\u{ad}' => "soft hyphen",
        '\u{a0}' => "no-break space",
        '\u{2007}' => "figure space",
        '\u{202f}' => "narrow no-break space",
        '\u{3000}' => "ideographic space",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "mark of the direction of text"
        }
        _ => return None,
    })
}

/// Shortens the text that PostgreSQL quotes: an unclosed literal is the whole rest of the file.
fn shorten(message: &str) -> String {
    const MOST: usize = 40;
    let Some((head, near)) = message.split_once(" at or near \"") else {
        return message.to_owned();
    };
    let near = near.strip_suffix('"').unwrap_or(near);
    let line = near.split('\n').next().unwrap_or_default();
    let shown: String = line.chars().take(MOST).collect();
    let mark = if shown.len() < near.len() { "…" } else { "" };
    format!("{head} at or near \"{shown}{mark}\"")
}

/// Returns whether a text is one or more statements to PostgreSQL.
pub(super) fn is_taken(text: &str) -> bool {
    gate::check(text).is_ok()
}
