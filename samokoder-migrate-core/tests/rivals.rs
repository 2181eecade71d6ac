//! What is known after two migrations of one version.
#![cfg(feature = "check")]

use samokoder_migrate_core::{
    check::{Options, check},
    folder::Folder,
};

const BASE: &str = "CREATE TABLE jobs (id integer); CREATE TABLE pipelines (id integer);";

/// Returns the findings about the names of the catalog in what follows two migrations of one version.
fn after(one: &str, other: &str, up: &str, down: &str) -> Vec<String> {
    let folder = Folder::new("migrations")
        .file("001_base.up.sql", BASE)
        .file("001_base.down.sql", "DROP TABLE jobs, pipelines;")
        .file("002_one.up.sql", one)
        .file("002_one.down.sql", "SELECT 1;")
        .file("002_other.up.sql", other)
        .file("002_other.down.sql", "SELECT 1;")
        .file("003_next.up.sql", up)
        .file("003_next.down.sql", down);
    let checked = check(&folder, None, &Options::default());
    let findings = checked
        .diagnostics
        .iter()
        .filter(|finding| finding.code().as_str().starts_with("SM04"));
    findings
        .map(|finding| finding.message().to_owned())
        .collect()
}

const ONE: &str = "ALTER TABLE jobs ADD COLUMN paused_by text;";
const OTHER: &str = "ALTER TABLE pipelines ADD COLUMN paused_by text;";

#[test]
fn what_they_have_nothing_to_do_with_is_known() {
    assert_eq!(
        after(ONE, OTHER, "ALTER TABLE workers ADD x int;", "SELECT 1;"),
        ["relation \"workers\" does not exist"]
    );
    assert_eq!(
        after(ONE, OTHER, "CREATE TABLE workers ();", "SELECT 1;"),
        ["downgrade leaves table public.workers behind"]
    );
}

#[test]
fn a_column_that_one_of_them_adds_may_be_there_or_not() {
    for up in [
        "ALTER TABLE jobs DROP COLUMN paused_by;",
        "ALTER TABLE jobs ADD COLUMN paused_by text;",
        "UPDATE pipelines SET paused_by = 'x';",
        "CREATE INDEX ON jobs (paused_by);",
    ] {
        assert_eq!(
            after(ONE, OTHER, up, "SELECT 1;")
                .join("\n")
                .find("does not exist"),
            None,
            "{up}"
        );
        assert_eq!(
            after(ONE, OTHER, up, "SELECT 1;")
                .join("\n")
                .find("already exists"),
            None,
            "{up}"
        );
    }
}

#[test]
fn what_else_their_tables_have_is_known() {
    assert_eq!(
        after(
            ONE,
            OTHER,
            "ALTER TABLE jobs ADD COLUMN id integer;",
            "SELECT 1;"
        ),
        ["column \"id\" of relation \"jobs\" already exists"]
    );
    assert_eq!(
        after(
            ONE,
            OTHER,
            "ALTER TABLE jobs ADD COLUMN a integer; ALTER TABLE jobs ADD COLUMN a integer;",
            "SELECT 1;"
        ),
        ["column \"a\" of relation \"jobs\" already exists"]
    );
}

#[test]
fn a_table_that_one_of_them_makes_or_drops_may_be_there_or_not() {
    for (up, down) in [
        ("CREATE TABLE workers (id text);", "DROP TABLE workers;"),
        ("ALTER TABLE workers ADD COLUMN a integer;", "SELECT 1;"),
        ("CREATE TABLE jobs (id text);", "DROP TABLE jobs;"),
        ("DROP TABLE jobs;", "CREATE TABLE jobs (other text);"),
    ] {
        let found = after(
            "CREATE TABLE workers (id integer);",
            "DROP TABLE jobs;",
            up,
            down,
        );
        assert!(found.is_empty(), "{up}: {found:?}");
    }
}

#[test]
fn one_that_needs_the_other_may_come_after_it() {
    let (one, other) = (
        "CREATE TABLE workers ();",
        "ALTER TABLE workers ADD COLUMN a integer;",
    );
    for (one, other) in [(one, other), (other, one)] {
        assert_eq!(
            after(one, other, "ALTER TABLE nothing ADD x int;", "SELECT 1;"),
            ["relation \"nothing\" does not exist"]
        );
    }
}

#[test]
fn of_one_that_changes_what_cannot_be_said_nothing_is_known_after() {
    let opaque = "DO $$ BEGIN EXECUTE (SELECT string_agg(id::text, '') FROM jobs); END $$;";
    assert_eq!(
        after(opaque, OTHER, "ALTER TABLE nothing ADD x int;", "SELECT 1;"),
        [""; 0]
    );
}
