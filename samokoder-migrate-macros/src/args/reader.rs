//! Reading of arguments: all of them, whatever is wrong with one.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use samokoder_migrate_core::{
    Code, Diagnostic,
    check::{Baseline, Judgement, Profile},
    near::closest,
};
use syn::{
    Lit, LitStr, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

use super::{Arguments, Folder, key::Key};
use crate::{failure::Failure, names};

/// The oldest and the newest major version of PostgreSQL that `postgres` may name.
const POSTGRES: std::ops::RangeInclusive<u16> = 13..=19;

/// What a name in PostgreSQL may have in bytes.
const NAME_BYTES: usize = 63;

/// Reads all arguments, and says all that is wrong with them; what is wrong keeps its default.
pub(crate) fn parse(input: TokenStream) -> (Arguments, Vec<Failure>) {
    let mut reader = Reader::default();
    let pieces = split(input);
    for (position, piece) in pieces.into_iter().enumerate() {
        reader.read(position, piece);
    }
    (reader.arguments, reader.failures)
}

#[derive(Default)]
struct Reader {
    arguments: Arguments,
    seen: Vec<Key>,
    failures: Vec<Failure>,
}

/// One argument: the stream between two commas.
struct Piece {
    tokens: TokenStream,
    span: Span,
}

enum Argument {
    Positional(TokenStream),
    Named(Ident, TokenStream),
}

impl Reader {
    fn read(&mut self, position: usize, piece: Piece) {
        if piece.tokens.is_empty() {
            return self.fail(piece.span, "an argument is missing before this `,`", None);
        }
        let parser = |input: ParseStream<'_>| {
            if input.peek(Ident::peek_any) && input.peek2(Token![=]) {
                let key = Ident::parse_any(input)?;
                input.parse::<Token![=]>()?;
                return Ok(Argument::Named(key, input.parse()?));
            }
            if let Ok(key) = input.fork().parse::<Ident>()
                && Key::ALL.iter().any(|known| key == known.name())
            {
                input.parse::<Ident>()?;
                return Ok(Argument::Named(key, input.parse()?));
            }
            input.parse().map(Argument::Positional)
        };
        match parser.parse2(piece.tokens) {
            Ok(Argument::Positional(tokens)) => self.folder(position, tokens),
            Ok(Argument::Named(key, value)) => self.named(&key, value),
            Err(error) => self.fail(error.span(), error.to_string(), None),
        }
    }

    fn folder(&mut self, position: usize, tokens: TokenStream) {
        let span = tokens.span();
        let Some(literal) = self.literal(
            "the folder of migrations",
            "\"db/migrations\"",
            span,
            tokens,
        ) else {
            return;
        };
        let Lit::Str(literal) = literal else {
            return self.fail(
                literal.span(),
                "the folder of migrations is not a string",
                Some("write `\"db/migrations\"`".into()),
            );
        };
        if matches!(self.arguments.migrations, Folder::Written(..)) {
            self.fail(
                literal.span(),
                "a second folder without a name",
                Some(format!("seeds are named: `seeds = {}`", literal.token())),
            );
        } else if position > 0 {
            self.fail(
                literal.span(),
                "the folder of migrations is not the first argument",
                Some("write it before the named arguments".into()),
            );
        } else if let Some(folder) = self.path(&literal) {
            self.arguments.migrations = folder;
        }
    }

    fn named(&mut self, written: &Ident, value: TokenStream) {
        let name = written.to_string();
        let Some(key) = Key::ALL.into_iter().find(|key| key.name() == name) else {
            let known: Vec<String> = Key::ALL
                .iter()
                .map(|key| format!("`{}`", key.name()))
                .collect();
            let help = match closest(&name, Key::ALL.iter().map(|key| key.name())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "known are {}; the folder of migrations comes first, without a name",
                    known.join(", ")
                ),
            };
            return self.fail(
                written.span(),
                format!("no argument is called `{name}`"),
                Some(help),
            );
        };
        if self.seen.contains(&key) {
            return self.fail(written.span(), format!("`{name}` is given twice"), None);
        }
        self.seen.push(key);
        let span = if value.is_empty() {
            written.span()
        } else {
            value.span()
        };
        let about = format!("`{name}`");
        let Some(literal) = self.literal(&about, key.example(), span, value) else {
            return;
        };
        match (key, literal) {
            (Key::Postgres, Lit::Int(number)) => match number.base10_parse::<u16>() {
                Ok(major) if POSTGRES.contains(&major) => {
                    self.arguments.options.postgres = Some(major);
                }
                _ => self.fail(
                    number.span(),
                    format!(
                        "PostgreSQL {} is not among the versions that can be checked",
                        number.base10_digits()
                    ),
                    Some(format!(
                        "give a major version from {} to {}",
                        POSTGRES.start(),
                        POSTGRES.end()
                    )),
                ),
            },
            (Key::Seeds, Lit::Str(text)) => {
                if let Some(folder) = self.path(&text) {
                    self.arguments.seeds = folder;
                }
            }
            (Key::Module, Lit::Str(text)) => self.module(&text),
            (Key::Profile, Lit::Str(text)) => {
                let profile = self.word(key, &text, &[("supabase", Profile::Supabase)]);
                self.arguments.options.profile = profile;
            }
            (Key::Baseline, Lit::Str(text)) => {
                let words = [("empty", Baseline::Empty), ("unknown", Baseline::Unknown)];
                let baseline = self.word(key, &text, &words);
                self.arguments.options.baseline = baseline.unwrap_or_default();
            }
            (Key::Catalog, Lit::Str(text)) => {
                let words = [("deny", Judgement::Deny), ("warn", Judgement::Warn)];
                let judgement = self.word(key, &text, &words);
                self.arguments.options.catalog = judgement.unwrap_or_default();
            }
            (Key::Set, Lit::Str(text)) => self.arguments.set = self.name(key, &text),
            (Key::Schema, Lit::Str(text)) => self.arguments.schema = self.name(key, &text),
            (key, literal) => self.fail(
                literal.span(),
                match key {
                    Key::Postgres => format!("`{name}` is not a whole number"),
                    _ => format!("`{name}` is not a string"),
                },
                Some(format!("write `{}`", key.example())),
            ),
        }
    }

    /// Reads a value that must be one literal.
    fn literal(
        &mut self,
        about: &str,
        example: &str,
        span: Span,
        tokens: TokenStream,
    ) -> Option<Lit> {
        let help = Some(format!("write `{example}`"));
        if tokens.is_empty() {
            self.fail(span, format!("{about} has no value"), help);
            return None;
        }
        let parser =
            |input: ParseStream<'_>| Ok((input.parse::<Lit>()?, input.parse::<TokenStream>()?));
        match parser.parse2(tokens) {
            Ok((literal, rest)) if rest.is_empty() => Some(literal),
            Ok((_, rest)) => {
                let next = rest.into_iter().next();
                let span = next.map_or(span, |token| token.span());
                self.fail(span, "a `,` is missing before this", None);
                None
            }
            Err(_) => {
                self.fail(span, format!("{about} is not a literal"), help);
                None
            }
        }
    }

    fn path(&mut self, literal: &LitStr) -> Option<Folder> {
        let path = literal.value();
        let fault = match () {
            () if path.trim().is_empty() => "the folder's path is empty",
            () if path.chars().any(char::is_control) => "the folder's path has a control character",
            () => return Some(Folder::Written(path, literal.span())),
        };
        self.fail(literal.span(), fault, None);
        None
    }

    fn module(&mut self, literal: &LitStr) {
        let name = literal.value();
        let is_identifier = names::is_identifier(&name) && literal.parse::<Ident>().is_ok();
        if is_identifier {
            self.arguments.module = Ident::new(&name, Span::call_site());
        } else {
            self.fail(
                literal.span(),
                format!("`{name}` is not a name that a module can have"),
                Some(format!(
                    "write a Rust identifier: `{}`",
                    Key::Module.example()
                )),
            );
        }
    }

    /// Reads a value that must be one of a few words.
    fn word<T: Copy>(&mut self, key: Key, literal: &LitStr, words: &[(&str, T)]) -> Option<T> {
        let written = literal.value();
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == written) {
            return Some(*value);
        }
        let known = || words.iter().map(|(word, _)| *word);
        let listed: Vec<String> = known().map(|word| format!("`{word}`")).collect();
        let help = match closest(&written, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if key == Key::Profile => {
                format!("the profile that can be named is {}", listed.join(" or "))
            }
            None => format!("it is {}", listed.join(" or ")),
        };
        let message = match key {
            Key::Profile => format!("no profile is called `{written}`"),
            _ => format!("`{}` cannot be `{written}`", key.name()),
        };
        self.fail(literal.span(), message, Some(help));
        None
    }

    fn name(&mut self, key: Key, literal: &LitStr) -> Option<String> {
        let name = literal.value();
        let fault = match () {
            () if name.is_empty() => "is empty".to_owned(),
            () if name.len() > NAME_BYTES => {
                format!(
                    "has {} bytes; PostgreSQL takes at most {NAME_BYTES}",
                    name.len()
                )
            }
            () if name.chars().any(char::is_control) => "has a control character".to_owned(),
            () => return Some(name),
        };
        self.fail(literal.span(), format!("`{}` {fault}", key.name()), None);
        None
    }

    fn fail(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        let diagnostic = Diagnostic::new(Code::Arguments, message);
        let diagnostic = match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        };
        self.failures.push(Failure::new(span, diagnostic));
    }
}

/// Splits at the commas, so that one wrong argument does not hide the next.
fn split(input: TokenStream) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut tokens = TokenStream::new();
    for token in input {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => pieces.push(Piece {
                tokens: std::mem::take(&mut tokens),
                span: punct.span(),
            }),
            _ => tokens.extend([token]),
        }
    }
    if !tokens.is_empty() {
        pieces.push(Piece {
            tokens,
            span: Span::call_site(),
        });
    }
    pieces
}
