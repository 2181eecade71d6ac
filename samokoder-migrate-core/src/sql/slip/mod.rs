//! Common slips: what was meant, where a mended text proves it.
//!
//! Every suggestion is a [`Mend`]: an edit and a sentence. It is made only if PostgreSQL's grammar
//! takes the statement once edited, or at least reads on in it where that is proof enough.

mod dialect;
mod glue;
mod mark;
mod place;
mod word;

pub(super) use glue::glued;

use super::{
    gate::{self, Token},
    split::Piece,
};
use crate::source::Span;

/// A statement longer than this gets no help: each suggestion costs a reading.
const LONGEST: usize = 16 * 1024;

/// A refused statement, with the `;` that ends it, and where PostgreSQL stops in it.
#[derive(Debug)]
struct Stop {
    text: String,
    tokens: Vec<Token>,
    /// The index of the token at which it stops; the number of tokens at the end of the text.
    at: usize,
}

/// A suggestion.
#[derive(Debug)]
struct Mend {
    /// The spans to replace, in order.
    edits: Vec<(Span, String)>,
    /// What is said.
    help: String,
    /// When it is said.
    proof: Proof,
}

/// What proves a suggestion right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// The edited statement is taken.
    Taken,
    /// PostgreSQL reads at least three tokens further in it.
    ReadsOn,
}

impl Mend {
    fn new(help: impl Into<String>) -> Self {
        Self {
            edits: Vec::new(),
            help: help.into(),
            proof: Proof::Taken,
        }
    }

    fn replace(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push((span, text.into()));
        self
    }

    fn if_it_reads_on(mut self) -> Self {
        self.proof = Proof::ReadsOn;
        self
    }
}

impl Stop {
    fn new(text: String, at: usize) -> Self {
        let tokens = gate::lex(&text).tokens;
        Self { text, tokens, at }
    }

    /// Returns a token by its distance from the one at which PostgreSQL stops.
    fn token(&self, distance: isize) -> Option<&Token> {
        self.tokens.get(self.at.checked_add_signed(distance)?)
    }

    /// Returns the text of such a token; nothing where there is none.
    fn word(&self, distance: isize) -> &str {
        self.token(distance)
            .map_or("", |token| token.text(&self.text))
    }

    fn is_word(&self, distance: isize, word: &str) -> bool {
        self.word(distance).eq_ignore_ascii_case(word)
    }

    /// Returns whether words stand in a row from a token on.
    fn are_words(&self, distance: isize, words: &[&str]) -> bool {
        words
            .iter()
            .zip(distance..)
            .all(|(word, distance)| self.is_word(distance, word))
    }

    /// Returns whether a token is the first on its line.
    fn begins_line(&self, distance: isize) -> bool {
        self.token(distance).is_some_and(|token| {
            let before = self.text.get(..token.span.start).unwrap_or_default();
            before.trim_end_matches([' ', '\t']).ends_with('\n')
        })
    }

    /// Returns the span from one token to another, both with it.
    fn span(&self, from: isize, to: isize) -> Option<Span> {
        Some(Span::new(
            self.token(from)?.span.start,
            self.token(to)?.span.end,
        ))
    }

    fn apply(&self, mend: &Mend) -> String {
        let mut text = String::with_capacity(self.text.len() + 32);
        let mut from = 0;
        for (span, replacement) in &mend.edits {
            text.push_str(self.text.get(from..span.start).unwrap_or_default());
            text.push_str(replacement);
            from = span.end;
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        text
    }

    /// Judges a suggestion: `None` if nothing proves it.
    fn judge(&self, mend: &Mend) -> Option<Verdict> {
        let text = self.apply(mend);
        match gate::check(&text) {
            Ok(()) => Some(Verdict::Taken),
            Err(refusal) if mend.proof == Proof::ReadsOn => {
                let left = text.len() - refusal.offset?.min(text.len());
                let third = self.tokens.get(self.at + 2)?.span.end;
                let stop = Self::new(text, 0);
                let offset = stop.text.len() - left;
                let at = stop
                    .tokens
                    .iter()
                    .position(|token| token.span.end > offset)
                    .unwrap_or(stop.tokens.len());
                (left < self.text.len() - third).then_some(Verdict::ReadsOn(Self { at, ..stop }))
            }
            Err(_) => None,
        }
    }
}

enum Verdict {
    Taken,
    ReadsOn(Stop),
}

/// The slips that are known, the surest first.
const SLIPS: [fn(&Stop) -> Vec<Mend>; 6] = [
    dialect::mends,
    word::mends,
    place::mends,
    mark::mends,
    word::names,
    place::types,
];

/// Says what was meant, if a mended statement proves it.
pub(super) fn help(text: &str, piece: &Piece<'_>, at: usize) -> Vec<String> {
    if piece.whole.end - piece.whole.start > LONGEST {
        return Vec::new();
    }
    let text = text.get(piece.whole.range()).unwrap_or_default().to_owned();
    let mut stop = Stop::new(text, at);
    let mut lines = Vec::new();
    // A statement of another dialect holds several slips; each mended text shows the next.
    for _ in 0..8 {
        let mends: Vec<Mend> = SLIPS.iter().flat_map(|slip| slip(&stop)).collect();
        let judged: Vec<(Mend, Verdict)> = mends
            .into_iter()
            .filter_map(|mend| {
                let verdict = stop.judge(&mend)?;
                Some((mend, verdict))
            })
            .collect();
        let best = judged
            .iter()
            .position(|(_, verdict)| matches!(verdict, Verdict::Taken))
            .unwrap_or(0);
        match judged.into_iter().nth(best) {
            Some((mend, Verdict::Taken)) => {
                lines.push(mend.help);
                return lines;
            }
            Some((mend, Verdict::ReadsOn(next))) => {
                lines.push(mend.help);
                stop = next;
            }
            None => break,
        }
    }
    lines.extend(dialect::foreign(&stop).filter(|_| lines.is_empty()));
    // What follows from a suggestion that does not mend the statement is a guess.
    lines.truncate(1);
    lines
}
