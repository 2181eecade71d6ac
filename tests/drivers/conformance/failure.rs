//! A statement that the server refuses: where it is, what stands, what was undone.

use samokoder_migrate::{Error, ServerError};

use crate::support::{set, worlds};

fn place(error: &Error) -> String {
    let diagnostic = error.diagnostic();
    let position = diagnostic.position().unwrap();
    format!("{}:{position}", diagnostic.path().unwrap())
}

fn server(error: &Error) -> &ServerError {
    error.server().unwrap()
}

#[test]
fn names_the_file_and_the_line_and_points_where_the_driver_says_it() {
    let up = "-- таблица 🦀\nCREATE TABLE b (id int);\n\tSELECT 'привет', '漢字 🦀🦀', nosuch FROM b; SELECT 4";
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", up, "DROP TABLE b"),
    ]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0701");
        let column = if world.driver.tells_position() { 28 } else { 2 };
        assert_eq!(place(&error), format!("migrations/002_b.up.sql:3:{column}"));
        assert_eq!(server(&error).sqlstate, "42703");
        let said = error.rendered();
        for part in [
            "column \"nosuch\" does not exist",
            "statement 2 of 3 (42703)",
            "002_b was rolled back",
            "001_a stands; the database is at 001_a",
        ] {
            assert!(said.contains(part), "{said}");
        }
        assert!(!world.exists("b"));
        assert_eq!(world.history(), ["001_a"]);
        assert_eq!(
            world
                .admin
                .column("SELECT sqlstate FROM samokoder_migrate.event WHERE outcome = 'failed'"),
            ["42703"]
        );
    }
}

#[test]
fn finds_the_statement_where_the_server_gives_no_position() {
    let up = "CREATE TABLE b (id int PRIMARY KEY); INSERT INTO b VALUES (1);\nINSERT INTO b VALUES (2);\n  INSERT INTO b VALUES (1);\nSELECT 4";
    let unique = set(&[("b", up, "DROP TABLE b")]);
    let division = set(&[("b", "SELECT 1;\nSELECT 1 / 0;\nSELECT 2", "SELECT 1")]);
    let raised = set(&[(
        "b",
        "SELECT 1;\nDO $$BEGIN RAISE 'так нельзя' USING ERRCODE = 'AB123', DETAIL = 'подробно', HINT = 'иначе'; END$$",
        "SELECT 1",
    )]);
    for mut world in worlds() {
        let error = world.up(&unique).unwrap_err();
        assert_eq!(place(&error), "migrations/001_b.up.sql:3:3");
        let found = server(&error);
        assert_eq!(found.sqlstate, "23505");
        assert_eq!(found.constraint.as_deref(), Some("b_pkey"));
        assert_eq!(found.table.as_deref(), Some("b"));
        assert_eq!(
            found.detail.as_deref(),
            Some("Key (id)=(1) already exists.")
        );
        let error = world.up(&division).unwrap_err();
        assert_eq!(place(&error), "migrations/001_b.up.sql:2:1");
        assert_eq!(server(&error).sqlstate, "22012");
        let error = world.up(&raised).unwrap_err();
        assert_eq!(place(&error), "migrations/001_b.up.sql:2:1");
        let found = server(&error);
        assert_eq!(found.sqlstate, "AB123");
        assert_eq!(found.message, "так нельзя");
        assert_eq!(found.detail.as_deref(), Some("подробно"));
        assert_eq!(found.hint.as_deref(), Some("иначе"));
        assert_eq!(world.history(), [""; 0]);
    }
}

#[test]
fn an_error_inside_a_function_points_at_the_statement_that_called_it() {
    let set = set(&[
        ("a", "SELECT 1", "SELECT 1"),
        (
            "b",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT nosuch FROM pg_class); END';\nSELECT 7;\n SELECT f();",
            "DROP FUNCTION f()",
        ),
    ]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(place(&error), "migrations/002_b.up.sql:3:2", "{error:?}");
        assert_eq!(server(&error).sqlstate, "42703");
        assert_eq!(world.history(), ["001_a"]);
    }
}

#[test]
fn a_deferred_constraint_fails_at_the_commit_and_takes_its_step_with_it() {
    let set = set(&[
        (
            "a",
            "CREATE TABLE a (id int PRIMARY KEY, parent int, CONSTRAINT of_another FOREIGN KEY (parent) REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
            "DROP TABLE a",
        ),
        (
            "b",
            "INSERT INTO a VALUES (1, 2); SELECT 1",
            "DELETE FROM a",
        ),
        ("c", "CREATE TABLE c (id int)", "DROP TABLE c"),
    ]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(server(&error).sqlstate, "23503");
        let said = error.rendered();
        assert!(
            said.contains(
                "the constraint `of_another` is deferred, and is checked when the step commits"
            ),
            "{said}"
        );
        assert_eq!(error.diagnostic().path(), Some("migrations/002_b.up.sql"));
        assert_eq!(world.history(), ["001_a"]);
        assert_eq!(world.admin.value("SELECT count(*) FROM a"), "0");
    }
}

#[test]
fn syntax_that_the_server_does_not_know_stops_a_message_before_anything_runs() {
    // The grammar here knows it; no server does before 19.
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        (
            "b",
            "SELECT 1;\nMERGE INTO a USING a AS s ON false WHEN NOT MATCHED BY SOURCE THEN DELETE; REPACK a",
            "SELECT 1",
        ),
    ]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0701", "{error:?}");
        assert_eq!(server(&error).sqlstate, "42601");
        assert!(error.rendered().contains("002_b"), "{error:?}");
        assert_eq!(world.history(), [""; 0]);
        assert_eq!(
            world
                .admin
                .column("SELECT concat_ws(' ', outcome, sqlstate) FROM samokoder_migrate.event"),
            ["failed 42601"]
        );
    }
}
