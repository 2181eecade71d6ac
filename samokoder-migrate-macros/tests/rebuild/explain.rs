//! The pages of `explain` about the macro itself: their examples are crates, and cargo builds them.

use std::fs;

use samokoder_migrate_core::{Code, Severity, diagnostic::explain};

use super::{BUILD, Consumer, page::blocks, text};

/// Builds the crate that a section shows; returns whether it was built, and what was said.
///
/// Its build script is that of most crates, unless the page is about it.
fn build(code: Code, heading: &str, name: &'static str) -> (bool, String) {
    let mut consumer = Consumer::new(name);
    for folder in ["migrations", "seeds"] {
        fs::remove_dir_all(consumer.root.join(folder)).unwrap();
    }
    if code != Code::NotWatched {
        consumer = consumer.file("build.rs", BUILD);
    }
    for block in blocks(explain(code), heading) {
        assert!(["rust", "sql"].contains(&block.kind), "{code}: a file");
        consumer = consumer.file(block.path, &block.body);
    }
    let output = consumer.cargo(&["build"]);
    (output.status.success(), text(&output.stderr))
}

/// Returns the codes that cargo's output shows, in order.
fn codes(output: &str) -> Vec<&str> {
    let shown = output.split("[SM").skip(1);
    shown.filter_map(|rest| rest.get(..4)).collect()
}

#[test]
fn every_broken_crate_of_a_page_gives_its_code_and_every_mended_one_none() {
    let cases = [
        (Code::Arguments, ["page_0001_broken", "page_0001_mended"]),
        (
            Code::FolderMissing,
            ["page_0002_broken", "page_0002_mended"],
        ),
        (Code::NotWatched, ["page_0003_broken", "page_0003_mended"]),
    ];
    let of_the_macro = |code: &&Code| code.as_str().starts_with("SM00");
    assert_eq!(Code::ALL.iter().filter(of_the_macro).count(), cases.len());
    for (code, [broken, mended]) in cases {
        let (built, said) = build(code, "Broken", broken);
        assert_eq!(
            built,
            code.severity() == Severity::Warning,
            "{code}:\n{said}"
        );
        let shown = codes(&said);
        assert!(!shown.is_empty(), "{code}:\n{said}");
        let own = |shown: &&str| code.as_str().ends_with(*shown);
        assert!(shown.iter().all(own), "{code}:\n{said}");
        assert!(!said.contains("error[E"), "{code}:\n{said}");

        let (built, said) = build(code, "Mended", mended);
        assert!(built && codes(&said).is_empty(), "{code}:\n{said}");
    }
}
