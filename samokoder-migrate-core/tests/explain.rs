//! Every page of `explain` is run: the broken example gives its code and no other error, the
//! mended one gives nothing.
#![cfg(feature = "check")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails"
)]

#[path = "explain/page.rs"]
mod page;

use page::{Block, blocks};
use samokoder_migrate_core::{
    Code, Diagnostic,
    check::{Checked, Options, check},
    diagnostic::{Severity, Style, explain, render_all},
    folder::Folder,
};

/// The stages whose findings come from folders alone. The pages of the others are tests beside the
/// macro, the command and the engine.
const STAGES: &[&str] = &["01", "02", "03", "04", "05"];

fn checked_codes() -> impl Iterator<Item = Code> {
    let checked = |code: &Code| STAGES.contains(&&code.as_str()[2..4]);
    Code::ALL.iter().copied().filter(checked)
}

/// The folders and options that one example describes.
#[derive(Default)]
struct Example {
    migrations: Folder,
    seeds: Option<Folder>,
    options: Options,
}

impl Example {
    /// Takes in the blocks of a section.
    ///
    /// In a `bytes` block `\xE9` is one byte; an `unreadable` block holds the system's message; an
    /// `options` block holds `postgres = 15`.
    fn new(page: &str, heading: &str) -> Self {
        let mut example = Self {
            migrations: Folder::new("migrations"),
            ..Self::default()
        };
        for block in blocks(page, heading) {
            example.block(&block);
        }
        example
    }

    fn block(&mut self, block: &Block<'_>) {
        let Block { kind, path, body } = block;
        if *kind == "options" {
            let postgres = body
                .trim()
                .strip_prefix("postgres = ")
                .expect("known option");
            self.options.postgres = Some(postgres.parse().unwrap());
            return;
        }
        let (folder, path) = path.split_once('/').expect("a path in the info string");
        let seeds = || self.seeds.clone().unwrap_or_else(|| Folder::new("seeds"));
        let listing = match folder {
            "migrations" => std::mem::take(&mut self.migrations),
            "seeds" => seeds(),
            other => panic!("{other} is neither migrations nor seeds"),
        };
        // A path deeper than a layout goes is listed as the disk lists it: up to its folder.
        let listing = match (*kind, path.matches('/').count()) {
            ("unreadable", _) => listing.unreadable(path, body.trim()),
            (_, 2..) => listing.folder(path.rsplit_once('/').unwrap().0),
            ("bytes", _) => listing.file(path, unescape(body)),
            _ => listing.file(path, body.as_str()),
        };
        match folder {
            "migrations" => self.migrations = listing,
            _ => self.seeds = Some(listing),
        }
    }

    fn check(&self) -> Checked {
        check(&self.migrations, self.seeds.as_ref(), &self.options)
    }
}

/// Makes one byte of each `\xE9`.
fn unescape(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    bytes
}

#[test]
fn every_page_begins_with_its_code_and_title() {
    for code in Code::ALL {
        let page = explain(*code);
        let title = format!("# {code}: {}\n\n", code.title());
        assert!(page.starts_with(&title), "{page}");
        assert!(page.ends_with("```\n"), "{page}");
        assert!(
            page.lines().all(|line| line.chars().count() <= 120),
            "{code}"
        );
    }
}

#[test]
fn every_page_is_that_of_a_code() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/explain");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let code = name.strip_suffix(".md").unwrap();
        assert!(code.parse::<Code>().is_ok(), "no code has the page {name}");
    }
}

#[test]
fn every_broken_example_gives_its_code_and_every_mended_one_nothing() {
    for code in checked_codes() {
        let broken = Example::new(explain(code), "Broken").check();
        let shown = render_all(&broken.diagnostics, 20, Style::Plain);
        let codes: Vec<Code> = broken.diagnostics.iter().map(Diagnostic::code).collect();
        assert!(codes.contains(&code), "{code}, broken:\n{shown}");
        let others = broken
            .diagnostics
            .iter()
            .filter(|finding| finding.code() != code && finding.severity() == Severity::Error);
        assert_eq!(others.count(), 0, "{code}, broken:\n{shown}");
        assert_eq!(
            broken.history.is_some(),
            code.severity() == Severity::Warning,
            "{code}"
        );

        let mended = Example::new(explain(code), "Mended").check();
        let shown = render_all(&mended.diagnostics, 20, Style::Plain);
        assert!(mended.diagnostics.is_empty(), "{code}, mended:\n{shown}");
        assert!(mended.history.is_some(), "{code}, mended");
    }
}
