//! The canonical form of a script, and the digests of scripts and histories.
//!
//! FORMATS.md specifies both byte for byte: what is stored in production is compared with what is
//! made here, so a change of either is a new format, never a fix.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::{
    Digest, Version,
    lexer::{self, Token},
    migration::Transaction,
};

/// How a script runs, as far as its directives and its metadata say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// Whether it runs inside a transaction.
    pub transaction: Transaction,
    /// The `lock-timeout` directive.
    pub lock_timeout: Option<Duration>,
    /// The `statement-timeout` directive.
    pub statement_timeout: Option<Duration>,
}

/// Returns the canonical form of a script, whose tokens are those of `text`.
#[must_use]
pub fn canonical(text: &str, tokens: &[Token], run: &Run) -> Vec<u8> {
    let mut form = HEAD.to_vec();
    if run.transaction == Transaction::Outside {
        form.extend_from_slice(b"no-transaction\n");
    }
    for (name, timeout) in [
        ("lock-timeout", run.lock_timeout),
        ("statement-timeout", run.statement_timeout),
    ] {
        if let Some(timeout) = timeout {
            form.extend_from_slice(format!("{name} {}\n", timeout.as_millis()).as_bytes());
        }
    }
    // A `;` counts only between two statements, so it is written when the next one begins.
    let mut ended = true;
    let mut separator = false;
    for token in tokens.iter().filter(|token| !token.kind.is_comment()) {
        let text = text.get(token.span.range()).unwrap_or_default();
        if text == ";" {
            separator |= !ended;
            ended = true;
            continue;
        }
        if separator {
            form.extend_from_slice(b"1:;\n");
        }
        (ended, separator) = (false, false);
        if token.continues {
            form.push(b'+');
        }
        push_length(&mut form, text.len());
        form.push(b':');
        form.extend_from_slice(text.as_bytes());
        form.push(b'\n');
    }
    form
}

/// Writes a token's length; most have one digit, and `format!` is slow where nothing is optimised.
fn push_length(form: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(digit @ 0..=9) => form.push(b'0' + digit),
        _ => form.extend_from_slice(length.to_string().as_bytes()),
    }
}

/// Returns the SHA-256 of a script's canonical form.
#[must_use]
pub fn checksum(text: &str, tokens: &[Token], run: &Run) -> Digest {
    Digest::new(Sha256::digest(canonical(text, tokens, run)).into())
}

/// Returns the SHA-256 of the canonical form of a seed that is a file of rows: `copy` is what its
/// directive says after that word.
#[must_use]
pub fn of_rows(copy: &str, run: &Run) -> Digest {
    let mut form = canonical("", &[], run);
    form.extend_from_slice(b"copy\n");
    let said = canonical(copy, &lexer::tokens(copy), &Run::default());
    form.extend_from_slice(said.strip_prefix(HEAD).unwrap_or(&said));
    Digest::new(Sha256::digest(form).into())
}

/// What every canonical form begins with.
const HEAD: &[u8] = b"samokoder 1\n";

/// The running digests of a history, from its first migration on.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    upgrades: Sha256,
    downgrades: Sha256,
}

impl Chain {
    /// Makes the chain of no migration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a migration, with `None` for an irreversible one's downgrade; returns the digests of
    /// all upgrades and of all downgrades up to it.
    pub fn push(
        &mut self,
        version: Version,
        upgrade: &Digest,
        downgrade: Option<&Digest>,
    ) -> (Digest, Digest) {
        self.upgrades.update(format!("{version}\n"));
        self.upgrades.update(upgrade.as_bytes());
        self.downgrades
            .update(downgrade.map_or(&[0; 32], Digest::as_bytes));
        let finish = |hasher: &Sha256| Digest::new(hasher.clone().finalize().into());
        (finish(&self.upgrades), finish(&self.downgrades))
    }
}

#[cfg(test)]
mod tests {
    use super::{Chain, Run, canonical, checksum};
    use crate::{Digest, SourceFile, lexer::tokens, migration::Transaction};
    use sha2::{Digest as _, Sha256};
    use std::time::Duration;

    fn digest(text: &str) -> Digest {
        let file = SourceFile::new("a.sql", text);
        checksum(file.text(), &tokens(file.text()), &Run::default())
    }

    fn form(text: &str, run: &Run) -> String {
        String::from_utf8(canonical(text, &tokens(text), run)).unwrap()
    }

    #[test]
    fn the_form_lists_what_runs() {
        let run = Run {
            transaction: Transaction::Outside,
            lock_timeout: Some(Duration::from_secs(3)),
            statement_timeout: Some(Duration::from_secs(600)),
        };
        assert_eq!(
            form("-- why\nselect 'a'\n  'é';; /* b */ ; VACUUM t;\n;", &run),
            "samokoder 1\nno-transaction\nlock-timeout 3000\nstatement-timeout 600000\n\
             6:select\n3:'a'\n+4:'é'\n1:;\n6:VACUUM\n1:t\n"
        );
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_do_not_count() {
        let text = "SELECT 'a\nb',\n  $$ c\n$$;\n";
        assert_eq!(digest(text), digest(&text.replace('\n', "\r\n")));
        assert_eq!(digest(text), digest(&format!("\u{feff}{text}")));
        assert_ne!(digest("SELECT 'a\nb'"), digest("SELECT 'a b'"));
    }

    #[test]
    fn a_line_end_between_strings_counts() {
        assert_ne!(digest("SELECT 'a'\n'b'"), digest("SELECT 'a' 'b'"));
        assert_eq!(
            digest("SELECT 'a'\n'b'"),
            digest("SELECT 'a' -- c\n\n\t'b'")
        );
    }

    #[test]
    fn empty_statements_do_not_count_and_case_does() {
        assert_eq!(digest("SELECT 1"), digest(";;SELECT 1; ;"));
        assert_ne!(digest("SELECT 1"), digest("select 1"));
        assert_ne!(digest("SELECT 1; SELECT 2"), digest("SELECT 1 SELECT 2"));
    }

    /// A small deterministic source of choices.
    struct Choices(u64);

    impl Choices {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % bound as u64).unwrap()
        }
    }

    const PIECES: &[&str] = &[
        "SELECT",
        "\"имя\"",
        "'it''s'",
        "E'\\''",
        "$$ ; -- $$",
        "$t$ $$ $t$",
        "42",
        "1.5e-3",
        ";",
        "(",
        ")",
        "->>",
        "::",
        "+",
        "-",
        "U&'\\0041'",
        "X'1F'",
        "выбор",
        "$1",
        "N'n'",
        ",",
        "<",
        "{",
    ];
    /// None of them holds a line end outside a comment's own, for those would join strings.
    const GAPS: &[&str] = &[" ", "\t ", " /* ; ' */ ", "/* /* n */ */", " \u{c} "];

    /// White space and comments never change a checksum, any change of a token does.
    #[test]
    fn gaps_never_count_and_tokens_always_do() {
        let mut choices = Choices(0x2545_F491_4F6C_DD1D);
        let join = |pieces: &[&str], choices: &mut Choices| {
            pieces.iter().fold(String::new(), |text, piece| {
                text + GAPS[choices.below(GAPS.len())] + piece
            })
        };
        for _ in 0..500 {
            let length = choices.below(12) + 1;
            let mut pieces: Vec<&str> = (0..length)
                .map(|_| PIECES[choices.below(PIECES.len())])
                .collect();
            // Ends that count: a `;` before them would not.
            pieces.insert(0, "BEGIN_");
            pieces.push("END_");
            let plain = pieces.join(" ");
            assert_eq!(
                digest(&plain),
                digest(&join(&pieces, &mut choices)),
                "{plain}"
            );

            let at = choices.below(pieces.len());
            let mut changed = pieces.clone();
            match choices.below(3) {
                0 => changed[at] = "other",
                1 => changed.insert(at, "other"),
                _ => {
                    changed.remove(at);
                }
            }
            // A `;` beside another is the one token that may come and go.
            let statements = |pieces: &[&str]| {
                pieces
                    .split(|piece| *piece == ";")
                    .filter(|statement| !statement.is_empty())
                    .map(<[&str]>::to_vec)
                    .collect::<Vec<_>>()
                    .iter()
                    .map(|statement| statement.join("\0"))
                    .collect::<Vec<_>>()
            };
            let same = statements(&pieces) == statements(&changed);
            let changed = changed.join(" ");
            assert_eq!(
                digest(&plain) == digest(&changed),
                same,
                "{plain} | {changed}"
            );
        }
    }

    #[test]
    fn the_chain_is_what_the_database_computes() {
        let (first, second) = (digest("SELECT 1"), digest("SELECT 2"));
        let mut chain = Chain::new();
        let _ = chain.push("001".parse().unwrap(), &first, Some(&second));
        let (up, down) = chain.push("2025-01-27-100000-0000".parse().unwrap(), &second, None);
        let upgrades = [
            b"1\n".as_slice(),
            first.as_bytes(),
            b"20250127100000-0000\n",
            second.as_bytes(),
        ]
        .concat();
        let downgrades = [second.as_bytes().as_slice(), &[0; 32]].concat();
        assert_eq!(up, Digest::new(Sha256::digest(upgrades).into()));
        assert_eq!(down, Digest::new(Sha256::digest(downgrades).into()));
    }
}
