//! What a run does, and what is read of it.

use samokoder_migrate::{
    NewerDatabase, Report,
    revision::{Point, Target},
    verb,
};

use crate::support::{Given, set, worlds};

fn subjects(report: &Report<Point>) -> Vec<&str> {
    let steps = report.steps().iter();
    steps.map(|step| step.subject.as_str()).collect()
}

fn given() -> Given {
    Given::new()
        .migration(
            "users",
            "CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, NULL), (2, 'Ж')",
            "DROP TABLE users",
        )
        .migration("b", "SELECT 1, 2; CREATE TABLE b (id int)", "DROP TABLE b")
        .seed("names", "INSERT INTO users VALUES (3, 'seeded') ON CONFLICT DO NOTHING")
}

#[test]
fn applies_what_is_pending_and_finds_nothing_to_do_afterwards() {
    let set = given().set();
    for mut world in worlds() {
        let plan = world
            .client
            .plan(verb::plan_to(&set, Target::Head))
            .unwrap();
        assert_eq!(plan.steps().len(), 3);
        assert!(!world.exists("users"));
        let report = world.up(&set).unwrap();
        assert_eq!(subjects(&report), ["001_users", "002_b", "names"]);
        assert!(report.steps().iter().all(|step| step.duration.is_some()));
        assert_eq!(world.history(), ["001_users", "002_b"]);
        assert_eq!(world.admin.value("SELECT count(*) FROM users"), "3");
        assert!(world.up(&set).unwrap().is_noop());
        let plan = world
            .client
            .plan(verb::plan_to(&set, Target::Head))
            .unwrap();
        assert!(plan.steps().is_empty());
        let status = world.client.verify(verb::verify(&set)).unwrap();
        assert!(status.is_at_head());
    }
}

#[test]
fn goes_back_and_is_stamped_and_reads_each_row_of_the_history() {
    let set = given().set();
    for mut world in worlds() {
        world.up(&set).unwrap();
        let report = world.down_to(&set, 1).unwrap();
        assert_eq!(subjects(&report), ["002_b"]);
        assert!(!world.exists("b") && world.exists("users"));
        world.client.run(verb::stamp(&set, Target::Head)).unwrap();
        let status = world.client.status(verb::status(&set)).unwrap();
        let applied = status.applied().iter();
        let rows: Vec<_> = applied
            .map(|row| (row.label.as_str(), row.duration_ms))
            .collect();
        // A stamp has no duration.
        assert_eq!(rows, [("001_users", None), ("002_b", None)]);
        assert_eq!(status.seeds().len(), 1);
        assert!(status.is_at_head());
    }
}

#[test]
fn takes_back_what_a_newer_build_applied_by_what_the_history_holds() {
    let older = given().set();
    let newer = given()
        .migration("c", "CREATE TABLE c (id int)", "DROP TABLE c")
        .migration(
            "d",
            "-- samokoder: lock-timeout 3s\nCREATE TABLE \"d'\\Ж\" (id int)",
            "-- samokoder: lock-timeout 3s\nDROP TABLE \"d'\\Ж\"",
        )
        .set();
    for mut world in worlds() {
        world.up(&newer).unwrap();
        let run = verb::run_to(&older, Target::Head).newer_database(NewerDatabase::Downgrade);
        let report = world.client.run(run).unwrap();
        assert_eq!(subjects(&report), ["004_d", "003_c", "names"]);
        assert_eq!(world.history(), ["001_users", "002_b"]);
        assert!(!world.exists("c"));
    }
}

#[test]
fn names_are_quoted_and_texts_are_as_they_were_written() {
    let schema = "Ж\"'\\ таблица";
    let set = Given::new()
        .in_schema(schema)
        .migration(
            "naïve",
            "CREATE TABLE \"漢字 🦀\" (t text); INSERT INTO \"漢字 🦀\" VALUES (E'\\\\ \\' 🦀'), (NULL)",
            "DROP TABLE \"漢字 🦀\"",
        )
        .seed("данные", "INSERT INTO \"漢字 🦀\" VALUES ('Ж')")
        .set();
    for mut world in worlds() {
        world.up(&set).unwrap();
        assert!(world.up(&set).unwrap().is_noop());
        let status = world.client.status(verb::status(&set)).unwrap();
        assert_eq!(status.applied()[0].label, "001_naïve");
        assert_eq!(status.seeds()[0].path, "данные");
        assert_eq!(
            world.admin.column("SELECT t FROM \"漢字 🦀\""),
            ["\\ ' 🦀", "NULL", "Ж"]
        );
        assert!(
            world.exists(
                &format!("\"{}\".history", schema.replace('"', "\"\"")).replace('\'', "''")
            )
        );
    }
}

#[test]
fn a_statement_that_gives_many_rows_gives_none_of_them_to_the_engine() {
    let set = set(&[(
        "rows",
        "SELECT n, NULL FROM generate_series(1, 5000) AS n; SELECT; SELECT 'x' WHERE false",
        "SELECT 1",
    )]);
    for mut world in worlds() {
        let report = world.up(&set).unwrap();
        assert!(report.steps()[0].duration.is_some());
        world.down_to(&set, 0).unwrap();
    }
}
