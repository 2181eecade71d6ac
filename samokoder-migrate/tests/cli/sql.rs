//! `sql`: what is printed for psql is what a run does.

use samokoder_migrate::testing::Database;

use crate::support::{Project, connect, database, psql, tables, text, trace};

fn printed(project: &Project, range: &[&str]) -> String {
    let arguments: Vec<&str> = ["sql"].iter().chain(range).copied().collect();
    let ran = project.run(&arguments).exits(0);
    assert!(
        ran.stdout.starts_with("\\set ON_ERROR_STOP on\n"),
        "{ran:#?}"
    );
    ran.stdout
}

#[track_caller]
fn assert_same(one: &Database, other: &Database) {
    assert_eq!(trace(&mut connect(one)), trace(&mut connect(other)));
}

/// Migrations that are hard to print: hostile text, settings, one outside a transaction.
fn hard() -> Project {
    Project::shop()
        .migration(
            "004_it's",
            "CREATE TABLE тег (\"a\\b\" text DEFAULT 'it''s \\ $$ :x');\n\
             CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ';' $$;\n\
             SET search_path = nowhere;\n-- the end",
            "DROP FUNCTION f();\nDROP TABLE \"тег\" -- the end",
        )
        .migration(
            "005_index",
            "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON users (id);\nANALYZE users",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY i;",
        )
        .migration(
            "006_last",
            "ALTER TABLE users ADD last int;",
            "ALTER TABLE users DROP last;",
        )
}

#[test]
fn psql_does_what_a_run_does_in_both_directions() {
    let project = hard();
    let (online, offline) = (database(), database());
    project.run_on(&online, &["up", "--env", "dev"]).exits(0);
    psql(&offline, &printed(&project, &["--env", "dev"])).unwrap();
    assert_same(&online, &offline);
    assert_eq!(
        text(&mut connect(&offline), "SELECT count(*)::text FROM users"),
        "2"
    );

    project.run_on(&online, &["down", "base"]).exits(0);
    psql(&offline, &printed(&project, &["head..base"])).unwrap();
    assert_same(&online, &offline);
    assert_eq!(tables(&mut connect(&offline)), "");
}

#[test]
fn a_range_is_gone_step_by_step() {
    let project = Project::shop();
    let (online, offline) = (database(), database());
    for (target, range) in [("001", "..001"), ("003", "001..003"), ("002", "items..002")] {
        let run = ["up", target, "--allow-downgrade"];
        project.run_on(&online, &run).exits(0);
        psql(&offline, &printed(&project, &[range])).unwrap();
        // The run seeds at head; what is printed from elsewhere than base cannot know.
        let sql = "DELETE FROM samokoder_migrate.seed; DELETE FROM samokoder_migrate.event";
        for database in [&online, &offline] {
            connect(database).batch_execute(sql).unwrap();
        }
        assert_same(&online, &offline);
    }
    project
        .run(&["sql", "001..003"])
        .exits(0)
        .says("note: seeds are not printed");
}

#[test]
fn a_guard_stops_what_is_run_twice_or_elsewhere() {
    let project = Project::shop();
    let database = database();
    let first = printed(&project, &["..002"]);
    psql(&database, &first).unwrap();
    let before = trace(&mut connect(&database));
    for script in [
        first,
        printed(&project, &["001..003"]),
        printed(&project, &["003..base"]),
    ] {
        let refused = psql(&database, &script).unwrap_err();
        assert!(refused.contains("the history changed"), "{refused}");
        assert_eq!(trace(&mut connect(&database)), before);
    }
}

#[test]
fn prints_the_same_each_time_and_nothing_where_there_is_nothing() {
    let project = Project::shop();
    assert_eq!(printed(&project, &[]), printed(&project, &["base..head"]));
    let nothing = project.run(&["sql", "002..002"]).exits(0);
    assert_eq!(
        (&*nothing.stdout, &*nothing.stderr),
        ("", "nothing to do\n")
    );
}

#[test]
fn refuses_what_cannot_be_printed() {
    let project = Project::shop();
    project
        .run(&["sql", "003"])
        .exits(2)
        .says("write `..003` or `003..`");
    project.run(&["sql", "..009"]).exits(2);
    let project = project.migration(
        "002_orders",
        "CREATE TABLE orders ();",
        "-- samokoder: irreversible \"gone\"\n",
    );
    project
        .run(&["sql", "003..base"])
        .exits(1)
        .says("SM0602")
        .says("gone");
}
