//! The documents say what is so.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails"
)]

#[path = "../examples/quickstart.rs"]
#[expect(dead_code, reason = "its `main`")]
mod quickstart;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;
use samokoder_schema::migrations::{self, Revision};

const DOCUMENTS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "FORMATS.md",
];

/// What the README's Rust is taken from: all of it is compiled.
const SOURCES: &[&str] = &[
    "src/lib.rs",
    "tests/readme.rs",
    // Build scripts of the crates that this test builds.
    "samokoder-migrate-macros/tests/rebuild.rs",
];

/// Set to write what the README should show into it.
const UPDATE: &str = "UPDATE_README";

#[test]
fn the_readme_begins_with_an_error_and_two_commands() {
    let readme = read("README.md");
    let blocks = blocks(&readme);
    let (first, second) = (&blocks[0], &blocks[1]);
    assert!(first.text.starts_with("error: [SM"), "{}", first.text);
    assert_eq!(
        second.text,
        "cargo run --example quickstart\ncargo test --workspace\n"
    );
    assert!(second.line < 30, "line {}", second.line);
}

#[test]
fn the_readme_shows_what_the_compiler_says() {
    let said = what_the_compiler_says();
    let readme = shown("cargo check in examples/broken", &said, str::to_owned);
    let first = &blocks(&readme)[0].text;
    assert!(said.contains(first.as_str()), "{first}\nis not in\n{said}");
}

#[test]
fn the_readme_shows_what_the_quickstart_prints() {
    let mut output = Vec::new();
    quickstart::run(&mut output).unwrap();
    let output = String::from_utf8(output).unwrap();
    // The first line is about the machine.
    let (_, output) = output.split_once("\n\n").unwrap();
    shown("cargo run --example quickstart", output, without_times);
}

#[test]
fn the_rust_of_the_readme_is_compiled() {
    let sources: Vec<_> = SOURCES.iter().map(|path| trimmed(&read(path))).collect();
    for block in blocks(&read("README.md")) {
        if block.language == "rust" {
            let wanted = trimmed(&block.text);
            assert!(
                sources.iter().any(|lines| lines
                    .windows(wanted.len())
                    .any(|window| window == wanted.as_slice())),
                "line {} is in none of {SOURCES:?}:\n{}",
                block.line,
                block.text
            );
        }
    }
}

#[test]
fn the_features_of_the_readme_are_those_of_the_package() {
    let readme = read("README.md");
    let mut told: Vec<&str> = section(&readme, "| feature | gives |\n| --- | --- |\n", "\n\n")
        .lines()
        .filter_map(|line| line.split('`').nth(1))
        .collect();
    told.sort_unstable();
    assert_eq!(told, features(&read("samokoder-migrate/Cargo.toml")));
}

/// Where a test needs a feature that is off, cargo leaves it out and says nothing.
#[test]
fn plain_cargo_test_has_every_feature_on() {
    let manifest = read("samokoder-migrate/Cargo.toml");
    // The drivers' tests have a package of their own, and with it what only they need.
    let drivers = read("tests/drivers/Cargo.toml");
    let names = |list: &str| -> Vec<String> {
        let names = list.split(", ").map(|name| name.trim_matches('"'));
        names.map(str::to_owned).collect()
    };
    let own = "samokoder-migrate = { path = \".\", features = [";
    let theirs = "samokoder-migrate = { workspace = true, features = [";
    let mut on = names(section(&manifest, own, "]"));
    on.extend(names(section(&drivers, theirs, "]")));
    on.sort_unstable();
    on.dedup();
    assert_eq!(on, features(&manifest));
}

#[test]
fn without_features_a_program_carries_no_parser_and_no_driver() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--package",
            "samokoder-migrate",
            "--no-default-features",
        ])
        .args([
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        names,
        [
            "samokoder-migrate",
            "samokoder-migrate-core",
            "annotate-snippets",
            "anstyle",
            "unicode-width"
        ]
    );
}

fn features(manifest: &str) -> Vec<&str> {
    let mut features: Vec<&str> = section(manifest, "[features]\n", "\n[")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
        .filter(|name| *name != "default")
        .collect();
    features.sort_unstable();
    features
}

#[test]
fn links_lead_somewhere() {
    for document in DOCUMENTS {
        for (line, text) in (1..).zip(read(document).lines()) {
            for link in text
                .split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next())
            {
                let path = link.split('#').next().unwrap();
                assert!(
                    link.starts_with("https://") || root().join(path).exists(),
                    "{document}:{line}: {link}"
                );
            }
        }
    }
}

#[test]
fn the_architecture_is_short_and_names_what_is_there() {
    let text = read("ARCHITECTURE.md");
    assert!(text.lines().count() <= 170, "{}", text.lines().count());
    let mut folder = PathBuf::new();
    for (line, text) in (1..).zip(text.lines()) {
        if text.starts_with("## ") {
            folder = root().join("samokoder-migrate-core/src");
        } else if let Some(heading) = text.strip_prefix("### ") {
            folder = match heading.split('`').nth(1) {
                Some(path) => root().join(path),
                None => root(),
            };
            assert!(folder.is_dir(), "ARCHITECTURE.md:{line}: {heading}");
        }
        let paths = text.split('`').skip(1).step_by(2).filter(|code| {
            let last = code.rsplit('/').next().unwrap();
            code.ends_with('/')
                || last
                    .strip_suffix(".rs")
                    .is_some_and(|name| !name.is_empty())
        });
        for path in paths {
            assert!(
                folder.join(path).exists() || root().join(path).exists(),
                "ARCHITECTURE.md:{line}: {path}"
            );
        }
    }
}

#[test]
fn the_architecture_shows_a_message_as_it_is_sent() {
    let database = Server::shared().unwrap().database().unwrap();
    let mut client = Client::connect(&database.url(), NoTls).unwrap();
    let revision = Revision::AddUserPreferences;
    let plan = migrations::plan_to(revision).on(&mut client).unwrap();
    let mut rest = plan.scripts()[0].as_str();
    let text = read("ARCHITECTURE.md");
    for line in section(&text, "```sql\n", "```").lines() {
        let wanted = line.split(['…', '-']).next().unwrap().trim_end();
        let found = rest.find(&format!("\n{wanted}"));
        let found = found.or_else(|| rest.starts_with(wanted).then_some(0));
        rest = &rest[found.unwrap_or_else(|| panic!("`{wanted}` is not in\n{rest}")) + 1..];
    }
}

/// Runs cargo on a copy of `examples/broken`, and leaves out what rustc adds to each error to point
/// at the macro call.
fn what_the_compiler_says() -> String {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let broken = temporary.join("broken");
    if broken.exists() {
        fs::remove_dir_all(&broken).unwrap();
    }
    copy(&root().join("examples/broken"), &broken);
    let manifest = fs::read_to_string(broken.join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("../..", root().to_str().unwrap());
    fs::write(broken.join("Cargo.toml"), manifest).unwrap();
    fs::write(broken.join("Cargo.lock"), read("Cargo.lock")).unwrap();

    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--offline", "--color", "never", "--target-dir"])
        // Where other crates are built that depend on the same packages.
        .arg(temporary.join("rebuild/target"))
        .current_dir(&broken)
        .env_remove("SAMOKODER_MIGRATE_WATCH")
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    let mut said = String::new();
    let mut ours = false;
    for line in stderr.lines() {
        if line.starts_with("error") {
            ours = true;
        } else if line.starts_with(" --> src/lib.rs:") {
            ours = false;
            said.push('\n');
        }
        if ours {
            said.push_str(line);
            said.push('\n');
        }
    }
    assert!(said.contains("could not compile `broken`"), "{stderr}");
    said
}

/// Checks that the README shows a text between the marks of its name, as far as `comparable` leaves
/// it, and returns the README.
fn shown(name: &str, text: &str, comparable: fn(&str) -> String) -> String {
    // Two tests may write.
    static WRITER: Mutex<()> = Mutex::new(());
    let _writer = WRITER.lock().unwrap_or_else(PoisonError::into_inner);
    let readme = read("README.md");
    let begin = format!("<!-- begin: {name} -->\n");
    let body = section(&readme, &begin, "<!-- end -->");
    let wanted = format!("```text\n{text}```\n");
    if comparable(body) == comparable(&wanted) {
        return readme;
    }
    assert!(
        env::var_os(UPDATE).is_some(),
        "the README does not show this; set {UPDATE}=1 to write it there, and read what was written\n\n{text}"
    );
    let readme = readme.replace(&format!("{begin}{body}"), &format!("{begin}{wanted}"));
    fs::write(root().join("README.md"), &readme).unwrap();
    readme
}

/// Puts `N` for each number of milliseconds and each moment.
fn without_times(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']);
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    for index in 0..words.len() {
        let word = words[index].trim_end_matches(['\n', ' ', ')', ',']);
        if word == "ms" {
            let number = &words[index - 1];
            let before: String = number.chars().take_while(|c| *c == '(').collect();
            words[index - 1] = format!("{before}N ");
        } else if word.ends_with('Z') && word.contains('T') {
            "N ".clone_into(&mut words[index]);
        }
    }
    words.concat()
}

/// A fenced block of a document.
#[derive(Debug)]
struct Block {
    /// The line on which its text begins, from 1.
    line: usize,
    language: String,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, text) in (1..).zip(document.lines()) {
        match (open.take(), text.strip_prefix("```")) {
            (None, None) => {}
            (None, Some(language)) => {
                open = Some(Block {
                    line: line + 1,
                    language: language.to_owned(),
                    text: String::new(),
                });
            }
            (Some(mut block), None) => {
                block.text.push_str(text);
                block.text.push('\n');
                open = Some(block);
            }
            (Some(block), Some(_)) => blocks.push(block),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

fn trimmed(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).collect()
}

fn section<'t>(text: &'t str, begin: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(begin).expect(begin);
    rest.split_once(end).expect(end).0
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true if entry.file_name() == "target" => {}
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
