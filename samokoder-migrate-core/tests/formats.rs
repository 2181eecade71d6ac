//! The worked examples of FORMATS.md are what the code makes.
#![cfg(feature = "check")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails"
)]

use samokoder_migrate_core::{
    Digest, SourceFile, Version,
    check::{Judgement, Options, check},
    checksum::{Run, canonical},
    folder::Folder,
    lexer::tokens,
    migration::{Migration, Script},
};

const FORMATS: &str = include_str!("../../FORMATS.md");

/// Returns the bodies of the fenced blocks with an info string.
fn blocks(info: &str) -> Vec<&'static str> {
    FORMATS
        .split(&format!("\n```{info}\n"))
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap())
        .collect()
}

/// The two examples' scripts as the history of FORMATS.md's chain.
fn history() -> Vec<Migration> {
    let sql = blocks("sql");
    let folder = Folder::new("migrations")
        .file("001_first.up.sql", sql[0])
        .file("001_first.down.sql", sql[0])
        .file("2025-01-27-100000-0000_second.up.sql", sql[1])
        .file(
            "2025-01-27-100000-0000_second.down.sql",
            "-- samokoder: irreversible \"none\"",
        );
    // What the examples are about is their text: no schema is led back to by making it twice.
    let mut options = Options::default();
    options.catalog = Judgement::Warn;
    let checked = check(&folder, None, &options);
    checked
        .history
        .map_or_else(Vec::new, |history| history.migrations().to_vec())
}

fn form(script: &Script) -> Vec<u8> {
    let mut run = Run::default();
    run.transaction = script.transaction;
    run.lock_timeout = script.lock_timeout;
    run.statement_timeout = script.statement_timeout;
    canonical(script.file.text(), &tokens(script.file.text()), &run)
}

#[test]
fn the_canonical_forms_and_checksums_are_those_of_the_examples() {
    let history = history();
    let (forms, digests) = (blocks("hex"), blocks("sha256"));
    assert_eq!((history.len(), forms.len(), digests.len()), (2, 2, 2));
    for ((migration, hex), digest) in history.iter().zip(forms).zip(digests) {
        let bytes: Vec<u8> = hex
            .split_whitespace()
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect();
        let form = form(&migration.upgrade);
        assert_eq!(
            String::from_utf8_lossy(&form),
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(migration.upgrade.checksum.to_string(), digest);
    }
}

#[test]
fn the_chains_are_those_of_the_example() {
    let history = history();
    let last = history.last().unwrap();
    assert_eq!(
        last.version,
        "20250127100000-0000".parse::<Version>().unwrap()
    );
    assert_eq!([last.chain.to_string()], *blocks("chain"));
    assert_eq!(
        [last.downgrade_chain.to_string()],
        *blocks("downgrade-chain")
    );
}

#[test]
fn a_lock_file_is_written_as_described() {
    let lock =
        samokoder_migrate_core::lock::Lock::new([("001_a".to_owned(), Digest::new([0; 32]))]);
    let text = lock.to_string();
    let first = text.lines().next().unwrap();
    assert!(FORMATS.contains(&format!("`{first}`")), "{first}");
    assert_eq!(
        text.lines().nth(1).unwrap(),
        format!("s1:{} 001_a", "0".repeat(64))
    );
    assert_eq!(SourceFile::new("", &text).text(), text);
}
