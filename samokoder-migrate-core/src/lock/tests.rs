use std::sync::Arc;

use super::{Lock, parse};
use crate::{
    Digest, SourceFile,
    check::{Checked, Options, check},
    diagnostic::{Style, render_all},
    folder::Folder,
    migration::Downgrade,
};

fn folder(count: usize) -> Folder {
    (1..=count).fold(Folder::new("migrations"), |folder, i| {
        folder
            .file(
                format!("00{i}_t{i}.up.sql"),
                format!("CREATE TABLE t{i} ();"),
            )
            .file(format!("00{i}_t{i}.down.sql"), format!("DROP TABLE t{i};"))
    })
}

fn run(folder: &Folder) -> Checked {
    check(folder, None, &Options::default())
}

fn locked(folder: Folder) -> Folder {
    let lock = Lock::new(run(&folder).upgrades).to_string();
    folder.file("migrations.lock", lock)
}

fn shown(folder: &Folder) -> String {
    render_all(&run(folder).diagnostics, 20, Style::Plain)
}

#[test]
fn what_is_written_is_read_back() {
    let lock = Lock::new([
        ("001_добавить таблицу".to_owned(), Digest::new([1; 32])),
        ("002_b".to_owned(), Digest::new([2; 32])),
    ])
    .accept("002_b", "a \"quoted\"\nreason");
    let text = lock.to_string();
    let file = Arc::new(SourceFile::new(
        "migrations.lock",
        &text.replace('\n', "\r\n"),
    ));
    let read = parse(&file).unwrap();
    assert_eq!(read.to_string(), text);
    assert_eq!(
        read.lines()[1].accepted.as_deref(),
        Some("a 'quoted' reason")
    );
}

#[test]
fn extending_keeps_what_is_locked_and_appends_the_rest() {
    let first = Lock::new(run(&folder(1)).upgrades).accept("001_t1", "never run");
    let history = run(&folder(3)).history.unwrap();
    let extended = first.clone().extend(&history);
    assert_eq!(extended.lines()[0], first.lines()[0]);
    let labels: Vec<&str> = extended
        .lines()
        .iter()
        .map(|line| line.label.as_str())
        .collect();
    assert_eq!(labels, ["001_t1", "002_t2", "003_t3"]);
    assert_eq!(extended.clone().extend(&history), extended);
}

#[test]
fn a_locked_history_is_accepted_and_may_grow_at_its_end() {
    let folder = locked(folder(2))
        .file("003_new.up.sql", "CREATE TABLE n ();")
        .file("003_new.down.sql", "DROP TABLE n;")
        .file("002_t2.up.sql", "-- said better\nCREATE   TABLE t2 ()")
        .file("001_t1.down.sql", "DROP TABLE IF EXISTS t1;");
    let checked = run(&folder);
    assert!(checked.diagnostics.is_empty(), "{}", shown(&folder));
    assert_eq!(checked.history.unwrap().migrations().len(), 3);
}

#[test]
fn refuses_an_edited_a_renamed_a_removed_and_an_overtaken_migration() {
    let start = || locked(folder(3));
    let without = |name: &str| {
        let (up, down) = (format!("{name}.up.sql"), format!("{name}.down.sql"));
        start().clone_without(|entry| entry.path == up || entry.path == down)
    };
    insta::assert_snapshot!(
        [
            shown(&start().file("002_t2.up.sql", "CREATE TABLE t2 (id int);")),
            shown(&start().file(
                "002_t2.up.sql",
                "-- samokoder: lock-timeout 3s\nCREATE TABLE t2 ();"
            )),
            shown(
                &without("002_t2")
                    .file("002_other.up.sql", "CREATE TABLE t2 ();")
                    .file("002_other.down.sql", "DROP TABLE t2;")
            ),
            shown(&without("002_t2")),
            shown(
                &without("003_t3")
                    .file("004_t3.up.sql", "CREATE TABLE t3 ();")
                    .file("004_t3.down.sql", "DROP TABLE t3;")
            ),
            shown(
                &start()
                    .file("0_new.up.sql", "CREATE TABLE n ();")
                    .file("0_new.down.sql", "DROP TABLE n;")
            ),
        ]
        .join("\n\n=====\n\n")
    );
}

#[test]
fn an_accepted_downgrade_is_never_run() {
    let broken = folder(2).file("001_t1.down.sql", "DORP TABLE t1;");
    let checked = run(&broken);
    assert_eq!(checked.broken_downgrades, ["001_t1"]);
    assert!(checked.history.is_none());
    let lock = Lock::new(checked.upgrades).accept("001_t1", "it never worked");
    let folder = broken.file("migrations.lock", lock.to_string());
    let history = run(&folder)
        .history
        .unwrap_or_else(|| panic!("{}", shown(&folder)));
    assert!(matches!(
        &history.migrations()[0].downgrade,
        Downgrade::Irreversible { reason } if reason == "it never worked"
    ));
    assert!(matches!(
        history.migrations()[1].downgrade,
        Downgrade::Script(_)
    ));
}

#[test]
fn an_acceptance_with_nothing_to_accept_is_refused() {
    let upgrades = run(&folder(2)).upgrades;
    let lock = Lock::new(upgrades).accept("002_t2", "why not");
    insta::assert_snapshot!(shown(&folder(2).file("migrations.lock", lock.to_string())));
}

#[test]
fn locked_migrations_without_a_downgrade_are_listed_once() {
    let folder = locked(folder(6))
        .clone_without(|entry| {
            ["001_t1.down.sql", "003_t3.down.sql", "005_t5.down.sql"].contains(&entry.path.as_str())
        })
        .file("002_t2.down.sql", "-- nothing\n");
    let checked = run(&folder);
    insta::assert_snapshot!(shown(&folder));
    let irreversible = checked
        .history
        .unwrap()
        .migrations()
        .iter()
        .filter(|migration| matches!(migration.downgrade, Downgrade::Irreversible { .. }))
        .count();
    assert_eq!(irreversible, 4);
}

#[test]
fn refuses_lines_that_it_does_not_understand() {
    let zeros = "0".repeat(64);
    let texts = [
        "001_a".to_owned(),
        "s1:123 001_a".to_owned(),
        format!("s1:{zeros}"),
        format!("s1:{zeros} users"),
        format!("s2:{zeros} 001_a"),
        format!("s1:{zeros} 002_b\ns1:{zeros} 001_a"),
        format!(
            "s1:{zeros} 001_a\n<<<<<<< HEAD\ns1:{zeros} 002_b\n=======\ns1:{zeros} 002_c\n>>>>>>> main"
        ),
        "    accept-downgrade \"x\"".to_owned(),
        format!("s1:{zeros} 001_a\n    accept-downgrade"),
        format!("s1:{zeros} 001_a\n    accept \"x\""),
        format!("s1:{zeros} 001_a\n    accept-downgrade \"x\"\n    accept-downgrade \"y\""),
    ];
    let lines: Vec<String> = texts
        .iter()
        .flat_map(|text| parse(&Arc::new(SourceFile::new("migrations.lock", text))).unwrap_err())
        .map(|finding| {
            format!(
                "{} {} | {}",
                finding.position().unwrap(),
                finding.message(),
                finding.help_lines().join(" | ")
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
