//! Every page of `explain` about plans, runs and drift is carried out: by the command, on a server
//! of its own. The last command of a broken example gives the page's code; the mended one succeeds.
//!
//! What only a program can do wrong is a `rust` block; those are run by the root package's tests,
//! but for the one that hands a set to refinery.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]
#![expect(
    unreachable_pub,
    reason = "the program is part of a library in its page"
)]

#[path = "../../samokoder-migrate-core/tests/explain/page.rs"]
mod page;
#[path = "explain_run/SM0803.rs"]
mod program;
#[path = "explain_run/transcript.rs"]
mod transcript;
#[path = "explain_run/world.rs"]
mod world;

use page::{Block, blocks};
use samokoder_migrate::{Code, Error, Set};
use samokoder_migrate_core::{
    check::{Options, check},
    diagnostic::explain,
    folder::Folder,
};
use transcript::{Entry, entries};
use world::World;

/// Codes of the stages plan, run and drift.
fn codes() -> impl Iterator<Item = Code> {
    let of_a_run = |code: &Code| &code.as_str()[2..4] >= "06";
    Code::ALL.iter().copied().filter(of_a_run)
}

/// The pages whose examples are commands: all that have no program.
fn told_by_commands() -> impl Iterator<Item = (Code, &'static str)> {
    let is_program = |block: &Block<'_>| block.kind == "rust";
    codes()
        .map(|code| (code, explain(code)))
        .filter(move |(_, page)| !blocks(page, "Broken").iter().any(is_program))
}

/// Does what a section says, in its order, and returns its last command.
fn carry_out(page: &str, heading: &str) -> Result<Entry, String> {
    let mut world = World::new();
    let mut last = None;
    for Block { kind, path, body } in blocks(page, heading) {
        match (kind, path) {
            ("sql", "database") => world.execute(&body),
            ("sql", path) => world.write(path, &body),
            ("console", "") => {
                for entry in entries(&body) {
                    entry.compare(&world.run(&entry))?;
                    last = Some(entry);
                }
            }
            _ => return Err(format!("unknown block `{kind} {path}`")),
        }
    }
    last.ok_or_else(|| "no command".to_owned())
}

/// Carries out a section of every page; its last command gives the code that it should.
#[track_caller]
fn all_end(heading: &str, should_give: impl Fn(Code) -> Option<&'static str>) {
    let mut faults = String::new();
    for (code, page) in told_by_commands() {
        let fault = match carry_out(page, heading) {
            Ok(last) if last.code() == should_give(code) => continue,
            Ok(last) => format!("ends with {last:?}"),
            Err(fault) => fault,
        };
        faults.push_str(&format!("{code}, {heading}: {fault}\n"));
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn every_broken_example_ends_with_its_code() {
    all_end("Broken", |code| Some(code.as_str()));
}

#[test]
fn every_mended_example_ends_well() {
    all_end("Mended", |_| None);
}

#[test]
fn the_program_that_goes_back_to_refinery_does_what_its_page_says() {
    let code = Code::ForeignRunner;
    for (heading, should_give) in [("Broken", Some(code)), ("Mended", None)] {
        let mut folder = Folder::new("migrations");
        for Block { kind, path, body } in blocks(explain(code), heading) {
            if kind == "rust" {
                assert_eq!(body, include_str!("explain_run/SM0803.rs"));
            } else {
                let path = path.strip_prefix("migrations/").unwrap();
                folder = folder.file(path, body);
            }
        }
        let checked = check(&folder, None, &Options::default());
        let set = Set::of_history(&checked.history.unwrap(), "main", "samokoder_migrate");
        let refused = program::back_to_refinery(&set).err();
        assert_eq!(refused.as_ref().map(Error::code), should_give, "{heading}");
    }
}
