use std::{
    fs,
    os::unix::{ffi::OsStrExt as _, fs::symlink},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use super::read;
use crate::folder::{Content, Folder};

/// A folder of its own, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "samokoder-disk-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(path.join("m")).unwrap();
        Self(path)
    }

    fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn link(&self, from: &str, to: impl AsRef<Path>) -> &Self {
        symlink(to, self.0.join(from)).unwrap();
        self
    }

    fn read(&self) -> Folder {
        read(&self.0.join("m"), "migrations").unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn listing(folder: &Folder) -> Vec<String> {
    folder
        .entries()
        .iter()
        .map(|entry| match &entry.content {
            Content::File(bytes) => format!("{} = {}", entry.path, String::from_utf8_lossy(bytes)),
            Content::Unread => format!("{} unread", entry.path),
            Content::Folder => format!("{}/", entry.path),
            Content::Head(bytes) => format!("{} head of {}", entry.path, bytes.len()),
            Content::Unreadable(why) => format!("{} unreadable: {why}", entry.path),
        })
        .collect()
}

#[test]
fn lists_files_and_folders_sorted_and_passes_over_what_is_hidden() {
    let scratch = Scratch::new();
    scratch
        .write("m/b.up.sql", "B")
        .write("m/a/up.sql", "A")
        .write("m/a/deeper/up.sql", "never read")
        .write("m/data.csv", &"a,b\n".repeat(50_000))
        .write("m/data.tsv", "never read")
        .write("m/.gitkeep", "")
        .write("m/.git/config.toml", "")
        .write("m/b.up.sql~", "");
    assert_eq!(
        listing(&scratch.read()),
        [
            "a/",
            "a/deeper/",
            "a/up.sql = A",
            "b.up.sql = B",
            "data.csv head of 65536",
            "data.tsv unread"
        ]
    );
}

#[test]
fn follows_symbolic_links_to_files_and_folders() {
    let scratch = Scratch::new();
    scratch
        .write("elsewhere/up.sql", "A")
        .link("m/001_a", "../elsewhere")
        .link("m/002_b.up.sql", "../elsewhere/up.sql")
        .link("n", "m");
    assert_eq!(
        listing(&read(&scratch.0.join("n"), "migrations").unwrap()),
        ["001_a/", "001_a/up.sql = A", "002_b.up.sql = A"]
    );
}

#[test]
fn refuses_links_that_lead_back_or_nowhere() {
    let scratch = Scratch::new();
    scratch
        .link("m/001_up", ".")
        .link("m/002_above", "../m")
        .link("m/003_self.up.sql", "003_self.up.sql")
        .link("m/004_gone.up.sql", "nowhere");
    let listing = listing(&scratch.read());
    assert_eq!(
        listing[..2],
        [
            "001_up unreadable: it is a symbolic link to a folder that it is in",
            "002_above unreadable: it is a symbolic link to a folder that it is in",
        ]
    );
    assert!(
        listing[2].starts_with("003_self.up.sql unreadable: "),
        "{listing:?}"
    );
    assert!(
        listing[3].starts_with("004_gone.up.sql unreadable: No such file"),
        "{listing:?}"
    );
}

#[test]
fn a_socket_is_not_waited_for() {
    let scratch = Scratch::new();
    let _socket = std::os::unix::net::UnixListener::bind(scratch.0.join("m/001_a.up.sql")).unwrap();
    assert_eq!(
        listing(&scratch.read()),
        ["001_a.up.sql unreadable: it is neither a file nor a folder"]
    );
}

#[test]
fn a_name_that_is_not_text_is_said_to_be_so() {
    let scratch = Scratch::new();
    let name = std::ffi::OsStr::from_bytes(b"001_\xff.up.sql");
    fs::write(scratch.0.join("m").join(name), "").unwrap();
    assert_eq!(
        listing(&scratch.read()),
        ["001_\u{fffd}.up.sql unreadable: its name is not UTF-8"]
    );
}

#[test]
fn says_why_there_is_no_folder() {
    let scratch = Scratch::new();
    scratch.write("file", "");
    let why = |name: &str| {
        read(&scratch.0.join(name), "migrations")
            .unwrap_err()
            .to_string()
    };
    assert!(why("nothing").ends_with("nothing` is not there"));
    assert!(why("file").ends_with("file` is not a folder"));
}

#[test]
fn lists_a_thousand_files() {
    let scratch = Scratch::new();
    for i in 0..1_000 {
        scratch.write(&format!("m/{i:04}_a.up.sql"), "SELECT 1;");
    }
    let folder = scratch.read();
    assert_eq!(folder.entries().len(), 1_000);
    assert!(folder.entries().is_sorted_by(|a, b| a.path < b.path));
}
