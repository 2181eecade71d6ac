//! A script as mutations see it: its names and its statements.

use std::collections::BTreeSet;

use samokoder_migrate_core::{
    Span,
    lexer::{Kind, Token, tokens},
};

use crate::script::statements;

/// The words that PostgreSQL's grammar knows, lower case: no name is replaced where one of them may stand.
pub(crate) type Keywords = BTreeSet<String>;

/// A script's text, cut into tokens without its comments.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let tokens = tokens(text)
            .into_iter()
            .filter(|token| !token.kind.is_comment())
            .collect();
        Self { text, tokens }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(crate) fn span(&self, at: usize) -> Option<Span> {
        self.tokens.get(at).map(|token| token.span)
    }

    /// Returns a token's text; nothing where there is none.
    pub(crate) fn token(&self, at: usize) -> &'a str {
        self.tokens
            .get(at)
            .and_then(|token| self.text.get(token.span.range()))
            .unwrap_or_default()
    }

    /// Returns whether a token is one of some words, given in lower case.
    pub(crate) fn is(&self, at: usize, words: &[&str]) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.kind == Kind::Word)
            && words.contains(&self.token(at).to_ascii_lowercase().as_str())
    }

    /// Returns whether a token is a certain punctuation mark.
    pub(crate) fn is_mark(&self, at: usize, mark: &str) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.kind == Kind::Punctuation)
            && self.token(at) == mark
    }

    /// Returns the tokens that can only be names: quoted ones, and words that are no keywords.
    pub(crate) fn names(&self, keywords: &Keywords) -> Vec<usize> {
        (0..self.tokens.len())
            .filter(|&at| match self.tokens.get(at).map(|token| token.kind) {
                Some(Kind::QuotedName) => self.token(at).starts_with('"'),
                Some(Kind::Word) => !keywords.contains(&self.token(at).to_ascii_lowercase()),
                _ => false,
            })
            .collect()
    }

    /// Returns the statements, each with its `;`, without what stands between them.
    pub(crate) fn statements(&self) -> Vec<Span> {
        statements(self.text)
    }

    /// Returns the text with spans, which are in order, replaced.
    pub(crate) fn with(&self, changes: &[(Span, &str)]) -> Option<String> {
        let mut text = String::with_capacity(self.text.len() + 64);
        let mut from = 0;
        for (span, new) in changes {
            text.push_str(self.text.get(from..span.start)?);
            text.push_str(new);
            from = span.end;
        }
        text.push_str(self.text.get(from..)?);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Keywords, Source};

    fn keywords() -> Keywords {
        ["create", "table", "text", "default", "comment", "on", "is"]
            .map(str::to_owned)
            .into()
    }

    #[test]
    fn names_are_neither_keywords_nor_in_strings_bodies_or_comments() {
        let source = Source::new(
            "CREATE TABLE users (\"Nick\" text DEFAULT 'users' /* users */); -- users\nDO $a$ users $a$;",
        );
        let names: Vec<&str> = source
            .names(&keywords())
            .into_iter()
            .map(|at| source.token(at))
            .collect();
        assert_eq!(names, ["users", "\"Nick\"", "DO"]);
    }
}
