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

use samokoder_migrate_core::{
    Code, Diagnostic,
    check::{Checked, Options, check},
    diagnostic::{Severity, Style, explain, render_all},
    folder::Folder,
};

/// The stages whose codes each have a page.
const STAGES: &[&str] = &["01", "02", "03", "05"];

/// Codes of these stages that no folder can be made to show, or whose page is still to be written.
fn has_page(code: Code) -> bool {
    STAGES.contains(&&code.as_str()[2..4])
        && !(Code::SyntaxError..Code::UnknownDirective).contains(&code)
}

/// The folders and options that one example describes.
#[derive(Default)]
struct Example {
    migrations: Folder,
    seeds: Option<Folder>,
    options: Options,
}

impl Example {
    /// Reads the fenced blocks of a section: ```` ```sql migrations/001_a.up.sql ````.
    ///
    /// In a `bytes` block `\xE9` is one byte; an `unreadable` block holds the system's message; an
    /// `options` block holds `postgres = 15`.
    fn parse(section: &str) -> Self {
        let mut example = Self {
            migrations: Folder::new("migrations"),
            ..Self::default()
        };
        let mut lines = section.lines();
        while let Some(line) = lines.next() {
            let Some(info) = line.strip_prefix("```") else {
                continue;
            };
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let body = format!("{}\n", body.join("\n"));
            example.block(info, &body);
        }
        example
    }

    fn block(&mut self, info: &str, body: &str) {
        let (kind, path) = info.split_once(' ').unwrap_or((info, ""));
        if kind == "options" {
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
        let listing = match (kind, path.matches('/').count()) {
            ("unreadable", _) => listing.unreadable(path, body.trim()),
            (_, 2..) => listing.folder(path.rsplit_once('/').unwrap().0),
            ("bytes", _) => listing.file(path, unescape(body)),
            _ => listing.file(path, body),
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

fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("no `## {heading}`"));
    rest.split("\n## ").next().unwrap()
}

#[test]
fn every_code_of_the_checks_has_a_page() {
    let without: Vec<&Code> = Code::ALL
        .iter()
        .filter(|code| has_page(**code) && explain(**code).is_none())
        .collect();
    assert_eq!(without, [&Code::SyntaxError; 0]);
}

#[test]
fn every_page_begins_with_its_code_and_title() {
    for code in Code::ALL {
        if let Some(page) = explain(*code) {
            let title = format!("# {code}: {}\n\n", code.title());
            assert!(page.starts_with(&title), "{page}");
            assert!(page.lines().all(|line| line.len() <= 120), "{code}");
        }
    }
}

#[test]
fn every_broken_example_gives_its_code_and_every_mended_one_nothing() {
    for code in Code::ALL {
        let Some(page) = explain(*code) else { continue };
        let broken = Example::parse(section(page, "Broken")).check();
        let shown = render_all(&broken.diagnostics, 20, Style::Plain);
        let codes: Vec<Code> = broken.diagnostics.iter().map(Diagnostic::code).collect();
        assert!(codes.contains(code), "{code}, broken:\n{shown}");
        let others = broken
            .diagnostics
            .iter()
            .filter(|finding| finding.code() != *code && finding.severity() == Severity::Error);
        assert_eq!(others.count(), 0, "{code}, broken:\n{shown}");
        assert_eq!(
            broken.history.is_some(),
            code.severity() == Severity::Warning,
            "{code}"
        );

        let mended = Example::parse(section(page, "Mended")).check();
        let shown = render_all(&mended.diagnostics, 20, Style::Plain);
        assert!(mended.diagnostics.is_empty(), "{code}, mended:\n{shown}");
        assert!(mended.history.is_some(), "{code}, mended");
    }
}
