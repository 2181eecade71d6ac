//! A walk over the text of one directive.

use crate::Span;

/// A place in a directive's text, which begins at a known byte of its file.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Begins at a text whose first byte is at `at` in its file.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { rest: text, at }
    }

    /// Returns the byte of the file that comes next.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns what is left.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Returns the span of what is left, without white space around it.
    pub(super) fn rest_span(&self) -> Span {
        let lead = self.rest.len() - self.rest.trim_start().len();
        Span::new(self.at + lead, self.at + self.rest.trim_end().len())
    }

    /// Takes the longest prefix whose characters all fit.
    pub(super) fn take(&mut self, fits: impl Fn(char) -> bool) -> (&'a str, Span) {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        self.skip(end)
    }

    /// Takes a prefix if it is there.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let there = self.rest.starts_with(prefix);
        if there {
            let _ = self.skip(prefix.len());
        }
        there
    }

    /// Takes white space.
    pub(super) fn space(&mut self) {
        let _ = self.take(char::is_whitespace);
    }

    /// Takes `"…"`; `None`, and nothing taken, if there is no such thing.
    pub(super) fn quoted(&mut self) -> Option<(&'a str, Span)> {
        let (inside, _) = self.rest.strip_prefix('"')?.split_once('"')?;
        let (_, span) = self.skip(inside.len() + 2);
        Some((inside, span))
    }

    /// Takes this many bytes, or all if that would cut a character.
    pub(super) fn skip(&mut self, bytes: usize) -> (&'a str, Span) {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        let span = Span::new(self.at, self.at + taken.len());
        self.rest = rest;
        self.at = span.end;
        (taken, span)
    }
}
