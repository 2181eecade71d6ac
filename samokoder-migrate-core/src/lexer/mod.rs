//! PostgreSQL's lexical rules: text to tokens with byte spans.
//!
//! Checksums are made of these tokens, so this module follows the manual's chapter "Lexical
//! Structure" and no parser that may be replaced. It never fails: what is not closed is a token to
//! the end of the text, what is not SQL is [`Kind::Other`].

mod operator;
mod quoted;
mod scanner;
mod token;

pub use token::{Kind, Token};

use scanner::Scanner;

/// Splits a text into tokens, comments included; white space is the gaps between them.
///
/// ```
/// use samokoder_migrate_core::lexer::{Kind, tokens};
///
/// let tokens = tokens("SELECT $tag$ -- no comment $tag$; -- one");
/// let kinds: Vec<Kind> = tokens.iter().map(|token| token.kind).collect();
/// assert_eq!(kinds, [Kind::Word, Kind::DollarString, Kind::Punctuation, Kind::LineComment]);
/// ```
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    Scanner::new(text).collect()
}

#[cfg(test)]
mod tests;
