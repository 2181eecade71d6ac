//! What files that no repository can hold do to a check.
#![cfg(feature = "check")]

use samokoder_migrate_core::{
    check::{Checked, Options, check},
    diagnostic::{Style, render_all},
    folder::Folder,
};

const UP: &str = "CREATE TABLE a (\n  b text DEFAULT 'x\ny' -- why\n);\n";

fn folder(up: impl Into<Vec<u8>>) -> Folder {
    Folder::new("migrations")
        .file("001_a.up.sql", up)
        .file("001_a.down.sql", "DROP TABLE a;")
}

fn run(folder: &Folder) -> Checked {
    check(folder, None, &Options::default())
}

fn shown(folder: &Folder) -> String {
    render_all(&run(folder).diagnostics, 20, Style::Plain)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_byte_order_mark_and_either_line_end_make_the_same_history() {
    let checksum = |text: &str| run(&folder(text)).history.unwrap().migrations()[0].chain;
    assert_eq!(
        checksum(UP),
        checksum(&format!("\u{feff}{}", UP.replace('\n', "\r\n")))
    );
    assert_ne!(checksum(UP), checksum(&UP.replace("x\ny", "x y")));
}

#[test]
fn files_that_are_not_utf8_are_told_apart() {
    let latin = [UP.as_bytes(), b"-- caf\xe9"].concat();
    let marked = [b"\xff\xfe".to_vec(), utf16(UP)].concat();
    insta::assert_snapshot!(
        [
            shown(&folder(latin)),
            shown(&folder(marked)),
            shown(&folder(utf16(UP)))
        ]
        .join("\n\n")
    );
}

#[test]
fn what_cannot_be_read_is_told_for_scripts_seeds_and_the_lock_file() {
    let migrations = Folder::new("migrations")
        .file("001_a.up.sql", UP)
        .unreadable("001_a.down.sql", "Permission denied")
        .unreadable("migrations.lock", "Permission denied");
    let seeds = Folder::new("seeds")
        .file("bad\u{7}.sql", "SELECT 1;")
        .file("-.sql", "SELECT 1;")
        .unreadable("a.sql", "Permission denied");
    let checked = check(&migrations, Some(&seeds), &Options::default());
    insta::assert_snapshot!(render_all(&checked.diagnostics, 20, Style::Plain));
}

#[test]
fn names_are_known_whatever_else_is_wrong() {
    let folder = folder("CREATE TABEL a ();").file("seeds.txt", "");
    let seeds = Folder::new("seeds")
        .file("dev/x.sql", "SELEC 1;")
        .file("y.sql", "SELEC 1;");
    let checked = check(&folder, Some(&seeds), &Options::default());
    assert!(checked.history.is_none());
    assert_eq!(
        checked.names.migrations,
        [("1".parse().unwrap(), "a".to_owned())]
    );
    assert_eq!(checked.names.seeds, ["y", "dev/x"]);
    assert_eq!((checked.migrations, checked.statements), (1, 4));
}

#[test]
fn a_thousand_migrations_keep_their_order_on_two_threads() {
    let filler = "-- filler\n".repeat(10);
    let folder = (0..1_000)
        .rev()
        .fold(Folder::new("migrations"), |folder, i| {
            folder
                .file(
                    format!("{i}_t{i}.up.sql"),
                    format!("{filler}CREATE TABLE t{i} ();"),
                )
                .file(
                    format!("{i}_t{i}.down.sql"),
                    format!("{filler}DROP TABLE t{i};"),
                )
        });
    let history = run(&folder).history.unwrap();
    for (i, migration) in history.migrations().iter().enumerate() {
        assert_eq!(migration.name, format!("t{i}"));
        assert!(
            migration
                .upgrade
                .file
                .text()
                .ends_with(&format!("CREATE TABLE t{i} ();"))
        );
    }
    assert_eq!(
        run(&folder).history.unwrap().migrations()[999].chain,
        history.migrations()[999].chain
    );
}

#[test]
fn deeply_nested_sql_does_not_overflow_the_stack() {
    let depth = 1_000;
    let nested = format!(
        "CREATE VIEW a AS SELECT {}1{};",
        "(".repeat(depth),
        ")".repeat(depth)
    );
    let folder = Folder::new("migrations")
        .file("001_a.up.sql", nested)
        .file("001_a.down.sql", "DROP VIEW a;");
    assert_eq!(shown(&folder), "");
}

#[test]
fn only_what_comes_behind_a_file_of_no_certain_place_is_left_unproven() {
    let missing = |version| {
        Folder::new("migrations")
            .file("001_a.up.sql", UP)
            .file("001_a.down.sql", "DROP TABLE a;")
            .file(format!("00{version}_x.up.sql"), "DROP TABLE nowhere;")
            .file(format!("00{version}_x.down.sql"), "SELECT 1;")
    };
    let is_proven = |folder: &Folder| shown(folder).contains("\"nowhere\" does not exist");
    for stray in ["003_stray.sql", "003_stray.down.sql"] {
        assert!(is_proven(&missing(2).file(stray, "SELECT 1;")), "{stray}");
        assert!(!is_proven(&missing(4).file(stray, "SELECT 1;")), "{stray}");
    }
    assert!(!is_proven(&missing(2).file("stray.sql", "SELECT 1;")));
}
