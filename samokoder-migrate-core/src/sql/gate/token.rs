//! The tokens of a text, as PostgreSQL's scanner cuts them.

use rupg_sql::{Category, Tokens, character, keyword, keywords, recognize, token};

use super::Refusal;
use crate::source::Span;

/// What a token is to the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) struct Kind(u16);

/// One token.
#[derive(Clone, Copy, Debug)]
pub(in crate::sql) struct Token {
    /// What it is to the grammar.
    pub(in crate::sql) kind: Kind,
    /// Where it is.
    pub(in crate::sql) span: Span,
}

/// The tokens of a text, as far as they can be cut.
#[derive(Debug)]
pub(in crate::sql) struct Lexed {
    /// The tokens; a malformed one (`1abc`) is there, of no kind that the grammar knows.
    pub(in crate::sql) tokens: Vec<Token>,
    /// The literal, name or comment that runs to the end of the text, if one does.
    pub(in crate::sql) unterminated: Option<Refusal>,
}

impl Kind {
    /// What the grammar never takes.
    const MALFORMED: Self = Self(2);

    /// Returns whether it is this one-character token.
    pub(in crate::sql) fn is(self, c: char) -> bool {
        u8::try_from(c)
            .ok()
            .and_then(character)
            .is_some_and(|kind| kind == self.0)
    }

    /// Returns whether it is a string, of any quoting.
    pub(in crate::sql) fn is_string(self) -> bool {
        matches!(self.0, token::SCONST | token::USCONST)
    }

    /// Returns whether it is a number.
    pub(in crate::sql) fn is_number(self) -> bool {
        matches!(self.0, token::ICONST | token::FCONST)
    }
}

impl Token {
    /// Returns the token's text.
    pub(in crate::sql) fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.span.range()).unwrap_or_default()
    }

    /// Returns whether it is this word, unquoted, in any case.
    pub(in crate::sql) fn is_word(&self, text: &str, word: &str) -> bool {
        self.text(text).eq_ignore_ascii_case(word)
    }
}

/// Cuts a text into tokens, going on after a malformed one.
pub(in crate::sql) fn lex(text: &str) -> Lexed {
    let mut scan = Scan::new(text, 0);
    Lexed {
        tokens: scan.by_ref().collect(),
        unterminated: scan.unterminated,
    }
}

/// The tokens of a text, cut one by one.
#[derive(Debug)]
pub(in crate::sql) struct Scan<'a> {
    text: &'a str,
    source: Tokens<'a>,
    /// Where `source` begins in the text.
    base: usize,
    /// Where the last token ends.
    last: usize,
    /// The literal, name or comment that was met and runs to the end of the text.
    unterminated: Option<Refusal>,
}

impl<'a> Scan<'a> {
    /// Begins at a byte of a text, which must be outside of literals, names and comments.
    pub(in crate::sql) fn new(text: &'a str, from: usize) -> Self {
        Self {
            text,
            source: Tokens::new(text.get(from..).unwrap_or_default()),
            base: from,
            last: from,
            unterminated: None,
        }
    }

    fn malformed(&mut self) -> Token {
        // The filter reads one token ahead, so what is malformed comes after the last token given.
        let start = skip_trivia(self.text, self.last);
        let end = malformed_end(self.text, start);
        self.source = Tokens::new(self.text.get(end..).unwrap_or_default());
        self.base = end;
        Token {
            kind: Kind::MALFORMED,
            span: Span::new(start, end),
        }
    }
}

impl Iterator for Scan<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if self.unterminated.is_some() {
            return None;
        }
        let token = match self.source.next_token() {
            Ok(token) if token.kind == 0 => return None,
            Ok(token) => Token {
                kind: Kind(token.kind),
                span: Span::new(self.base + token.start, self.base + token.end),
            },
            Err(error) => {
                let refusal = Refusal::from(error).shifted(self.base);
                if refusal.is_unterminated() {
                    self.unterminated = Some(refusal);
                    return None;
                }
                self.malformed()
            }
        };
        self.last = token.span.end;
        Some(token)
    }
}

/// Returns where a token ends that the scanner refuses: a string with a bad escape, or `1abc`.
fn malformed_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let quote = rest.find(['\'', '"']).filter(|&at| {
        rest.get(..at).is_some_and(|prefix| {
            matches!(prefix, "" | "e" | "E" | "u&" | "U&" | "b" | "B" | "x" | "X")
        })
    });
    if let Some(open) = quote {
        let escapes = rest.starts_with(['e', 'E']);
        let mark = rest.get(open..).and_then(|rest| rest.chars().next());
        let mut chars = rest
            .char_indices()
            .skip_while(|&(at, _)| at <= open)
            .peekable();
        while let Some((at, c)) = chars.next() {
            if c == '\\' && escapes {
                chars.next();
            } else if Some(c) == mark && chars.next_if(|&(_, next)| Some(next) == mark).is_none() {
                return start + at + c.len_utf8();
            }
        }
        return text.len();
    }
    let word = rest
        .find(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '_' | '$'))
        .unwrap_or(rest.len());
    let one = rest.chars().next().map_or(1, char::len_utf8);
    (start + word.max(one)).min(text.len())
}

/// Returns the first byte from `from` on that is neither white space nor inside a comment.
pub(in crate::sql) fn skip_trivia(text: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches(is_blank).len();
        at += blank;
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("--") {
            at += rest.find(['\n', '\r']).unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += comment_length(rest);
        } else if blank == 0 {
            return at;
        }
    }
}

/// Returns whether PostgreSQL's scanner takes a character for white space.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

/// Returns the length of the comment, with those nested in it, that a text begins with.
fn comment_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth = depth.saturating_sub(1);
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

/// Narrows a statement's span to its tokens.
pub(super) fn trim(text: &str, span: Span) -> Span {
    let start = skip_trivia(text, span.start).min(span.end);
    let body = text
        .get(start..span.end)
        .unwrap_or_default()
        .trim_end_matches(is_blank);
    let line = body.rfind('\n').unwrap_or_default();
    let last_line = body.get(line..).unwrap_or_default();
    // Only a comment can stand after the last token; cutting the whole statement is for that case.
    if body.ends_with("*/") || last_line.contains("--") {
        let lexed = lex(body);
        if let Some(last) = lexed.tokens.last() {
            return Span::new(start, start + last.span.end);
        }
    }
    Span::new(start, start + body.len())
}

/// Returns whether the grammar, having read the tokens, takes a keyword next.
pub(in crate::sql) fn accepts(before: &[Token], word: &str) -> bool {
    let Some(keyword) = keyword(word) else {
        return false;
    };
    let mut kinds: Vec<u16> = before.iter().map(|token| token.kind.0).collect();
    let at = kinds.len();
    kinds.push(keyword.token);
    match recognize(&kinds) {
        Ok(()) => true,
        Err(error) => error.token > at,
    }
}

/// Returns the keywords that the grammar takes after the tokens, in alphabetical order, of those
/// that `wanted` picks.
pub(in crate::sql) fn words_after(
    before: &[Token],
    wanted: impl Fn(&str) -> bool,
) -> Vec<&'static str> {
    keywords()
        .iter()
        .map(|keyword| keyword.name)
        .filter(|name| wanted(name) && accepts(before, name))
        .collect()
}

/// Returns whether a word cannot be the name of a column or a table without quotes.
pub(in crate::sql) fn is_reserved(word: &str) -> bool {
    keyword(word).is_some_and(|keyword| {
        matches!(
            keyword.category,
            Category::Reserved | Category::TypeFuncName
        )
    })
}

/// Returns whether PostgreSQL quotes a lower-case word when it prints it as a name.
pub(in crate::sql) fn is_quoted(word: &str) -> bool {
    keyword(word).is_some_and(|keyword| keyword.category != Category::Unreserved)
}

/// Returns whether a word is a keyword of any kind.
pub(in crate::sql) fn is_keyword(word: &str) -> bool {
    keyword(word).is_some()
}
