//! The walk over the text.

use super::{Kind, Token, operator, quoted};
use crate::Span;

/// Yields the tokens of a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Where a string will continue the one just read, and what that one was.
    continuation: Option<(usize, Kind)>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            continuation: None,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn past(&self, mut at: usize, more: impl Fn(u8) -> bool) -> usize {
        while self.byte(at).is_some_and(&more) {
            at += 1;
        }
        at
    }

    /// Reads the token that begins at `self.at`: its kind, its end, whether it is closed.
    fn read(&self, first: u8) -> (Kind, usize, bool) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        match (first, self.byte(start + 1), self.byte(start + 2)) {
            (b'-', Some(b'-'), _) => (
                Kind::LineComment,
                self.past(start, |b| !is_newline(b)),
                true,
            ),
            (b'/', Some(b'*'), _) => {
                let (end, closed) = quoted::block_comment(bytes, start);
                (Kind::BlockComment, end, closed)
            }
            (b'\'', ..) => self.string(Kind::String, start + 1),
            (b'e' | b'E', Some(b'\''), _) => self.string(Kind::EscapeString, start + 2),
            (b'b' | b'B' | b'x' | b'X', Some(b'\''), _) => self.string(Kind::BitString, start + 2),
            (b'n' | b'N', Some(b'\''), _) => self.string(Kind::NationalString, start + 2),
            (b'u' | b'U', Some(b'&'), Some(b'\'')) => self.string(Kind::UnicodeString, start + 3),
            (b'u' | b'U', Some(b'&'), Some(b'"')) => self.string(Kind::QuotedName, start + 3),
            (b'"', ..) => self.string(Kind::QuotedName, start + 1),
            (b'$', Some(b'0'..=b'9'), _) => (
                Kind::Parameter,
                self.junk(self.past(start + 1, |b| b.is_ascii_digit())),
                true,
            ),
            (b'$', ..) => quoted::dollar(bytes, start)
                .map_or((Kind::Other, start + 1, true), |(end, closed)| {
                    (Kind::DollarString, end, closed)
                }),
            (b'0'..=b'9', ..) | (b'.', Some(b'0'..=b'9'), _) => (Kind::Number, self.number(), true),
            (b':', Some(b':' | b'='), _) | (b'.', Some(b'.'), _) => {
                (Kind::Punctuation, start + 2, true)
            }
            (b'(' | b')' | b'[' | b']' | b',' | b';' | b':' | b'.', ..) => {
                (Kind::Punctuation, start + 1, true)
            }
            _ if operator::is_operator_byte(first) => {
                (Kind::Operator, operator::end(bytes, start), true)
            }
            _ if is_word_start(first) => (Kind::Word, self.past(start, is_word_byte), true),
            // Only an ASCII byte comes here, so the next one begins a character.
            _ => (Kind::Other, start + 1, true),
        }
    }

    fn string(&self, kind: Kind, inside: usize) -> (Kind, usize, bool) {
        if kind == Kind::BitString {
            // The only string in which a doubled quote does not stand for itself.
            let rest = self.text.as_bytes().get(inside..).unwrap_or_default();
            let close = rest.iter().position(|&byte| byte == b'\'');
            return close.map_or((kind, self.text.len(), false), |close| {
                (kind, inside + close + 1, true)
            });
        }
        let quote = if kind == Kind::QuotedName {
            b'"'
        } else {
            b'\''
        };
        let escape = (kind == Kind::EscapeString).then_some(b'\\');
        let (end, closed) = quoted::string(self.text.as_bytes(), inside, quote, escape);
        (kind, end, closed)
    }

    /// Finds the end of a number, junk included.
    fn number(&self) -> usize {
        let digits = |at| self.past(at, |b| b.is_ascii_digit() || b == b'_');
        let mut at = digits(self.at);
        // `1..10` is a range of PL/pgSQL: two numbers.
        if self.byte(at) == Some(b'.') && self.byte(at + 1) != Some(b'.') {
            at = digits(at + 1);
        }
        if let (Some(b'e' | b'E'), Some(b'+' | b'-'), Some(b'0'..=b'9')) =
            (self.byte(at), self.byte(at + 1), self.byte(at + 2))
        {
            at = digits(at + 2);
        }
        // Exponents without a sign, `0xFF` and junk such as `12ab` are all letters and digits.
        self.junk(at)
    }

    /// Finds the end of a word that is glued to a number: a `$` does not begin one.
    fn junk(&self, at: usize) -> usize {
        if self.byte(at).is_some_and(is_word_start) {
            self.past(at, is_word_byte)
        } else {
            at
        }
    }

    /// Finds the quote that continues the string before `at`: after white space and line comments
    /// that hold a line end.
    fn continuation(&self, mut at: usize) -> Option<usize> {
        let mut newline = false;
        loop {
            match self.byte(at)? {
                b'\'' if newline => return Some(at),
                b'-' if self.byte(at + 1) == Some(b'-') => at = self.past(at, |b| !is_newline(b)),
                byte if is_space(byte) => {
                    newline |= is_newline(byte);
                    at += 1;
                }
                _ => return None,
            }
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.at = self.past(self.at, is_space);
        let start = self.at;
        let first = self.byte(start)?;
        let continued = self
            .continuation
            .filter(|&(quote, _)| quote == start)
            .map(|(_, kind)| kind);
        let (kind, end, closed) =
            continued.map_or_else(|| self.read(first), |kind| self.string(kind, start + 1));
        let is_string = matches!(
            kind,
            Kind::String
                | Kind::EscapeString
                | Kind::UnicodeString
                | Kind::BitString
                | Kind::NationalString
        );
        if is_string && closed {
            self.continuation = self.continuation(end).map(|quote| (quote, kind));
        }
        self.at = end;
        Some(Token {
            kind,
            span: Span::new(start, end),
            closed,
            continues: continued.is_some(),
        })
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

fn is_word_byte(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}
