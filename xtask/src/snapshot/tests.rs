use std::path::Path;

use samokoder_migrate::testing::Server;
use samokoder_migrate_core::{disk, folder::Folder};

use super::{Outcome, compare, hold};
use crate::folder::Project;

/// Small histories with every kind of object. A line `-- then` begins the next migration.
///
/// The number is that of the facts that the replay does not know.
const HISTORIES: [(&str, usize, &str); 5] = [
    // The type of `||`, and its collation.
    ("tables", 2, include_str!("tests/table.sql")),
    ("indexes", 0, include_str!("tests/index.sql")),
    ("partitions", 0, include_str!("tests/partition.sql")),
    ("types", 0, include_str!("tests/type.sql")),
    ("code", 0, include_str!("tests/code.sql")),
];

/// What older servers do not know.
const SINCE_15: &str = include_str!("tests/since_15.sql");

fn folder(history: &str) -> Folder {
    history.split("-- then\n").enumerate().fold(
        Folder::new("migrations"),
        |folder, (at, script)| {
            folder
                .file(format!("{at:03}_step.up.sql"), script)
                .file(format!("{at:03}_step.down.sql"), "SELECT 1;")
        },
    )
}

/// Returns what is found where nothing differs.
fn agreed(migrations: usize, unknown: usize) -> Outcome {
    Outcome {
        migrations,
        unknown,
        ..Outcome::default()
    }
}

#[test]
fn the_replay_of_each_history_is_what_a_server_has() {
    let (found, expected): (Vec<_>, Vec<_>) = HISTORIES
        .into_iter()
        .map(|(name, unknown, history)| {
            let project = Project::of(name, folder(history));
            let migrations = history.split("-- then\n").count();
            let expected = agreed(migrations, unknown);
            ((name, compare(&project).unwrap()), (name, expected))
        })
        .unzip();
    assert_eq!(found, expected);
}

#[test]
fn the_replay_of_what_newer_servers_know_is_what_they_have() {
    if Server::shared().unwrap().version() < 15 {
        return;
    }
    // A body that is kept parsed, and a trigger's function of the system.
    let project = Project::of("since 15", folder(SINCE_15));
    assert_eq!(compare(&project).unwrap(), agreed(2, 2));
}

#[test]
fn the_replay_of_this_projects_own_migrations_is_what_a_server_has() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let own = disk::read(&path, "migrations").unwrap();
    let migrations = samokoder_migrate_core::layout::read(&own).found.len();
    // The product's database is on Supabase.
    let project = Project::of("supabase", own);
    let outcome = compare(&project).unwrap();
    assert!(migrations > 0);
    assert_eq!((outcome.migrations, outcome.differences), (migrations, 0));
}

#[test]
fn a_history_that_differs_is_told_by_each_fact() {
    let on_server = "
        CREATE TABLE t (a int DEFAULT 1, b text COLLATE \"C\", c timestamp DEFAULT '2020-01-01');
        CREATE INDEX i ON t (lower(b) DESC);
        -- then
        ALTER TABLE t ADD CHECK (a IN (1, 2));
    ";
    let replayed = "
        CREATE TABLE t (a int DEFAULT 2, b text, c timestamp DEFAULT '2020-01-02');
        CREATE INDEX i ON t (upper(b) DESC);
        -- then
        ALTER TABLE t ADD CHECK (a IN (1, 3));
    ";
    let project = Project::of("server", folder(on_server));
    let outcome = hold(&project, &folder(replayed)).unwrap();
    assert_eq!((outcome.migrations, outcome.differences), (2, 5));
}
