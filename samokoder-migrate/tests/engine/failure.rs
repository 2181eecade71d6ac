//! A statement that the server refuses: where, why, what stands, what was undone.

use samokoder_migrate::{Error, revision::Target, testing::Server, verb};

use crate::support::{Driver, Given, set, worlds};

/// Returns the place as a terminal shows it.
fn place(error: &Error) -> String {
    let diagnostic = error.diagnostic();
    format!(
        "{}:{}",
        diagnostic.path().unwrap(),
        diagnostic
            .position()
            .map_or_else(String::new, |position| position.to_string())
    )
}

fn assert_says(error: &Error, parts: &[&str]) {
    let said = error.rendered();
    for part in parts {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn points_at_the_word_that_the_server_points_at() {
    // Characters of one, two, three and four bytes come before the error, on its line and above.
    let up = "-- таблица 🦀\nCREATE TABLE b (id int);\n\tSELECT 'привет', '漢字 🦀🦀', nosuch FROM b; SELECT 4";
    let set = set(&[
        (
            "a",
            "CREATE TABLE a (id int); COMMENT ON TABLE a IS 'таблица 🦀'",
            "DROP TABLE a",
        ),
        ("b", up, "DROP TABLE b"),
    ]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0701");
        assert_eq!(place(&error), "migrations/002_b.up.sql:3:28");
        let (file, span) = error.diagnostic().source().unwrap();
        assert_eq!(file.slice(span), "nosuch");
        assert_says(
            &error,
            &[
                "column \"nosuch\" does not exist",
                "statement 2 of 3 (42703)",
                "002_b was rolled back",
                "001_a stands; the database is at 001_a",
                "mend the script, build, and run again",
            ],
        );
        assert!(!world.exists("b"));
        assert_eq!(world.history(), ["001_a"]);
        assert_eq!(
            world.events(),
            ["upgrade done 001_a", "upgrade failed 002_b 42703"]
        );
        let message = world
            .admin
            .value("SELECT message FROM samokoder_migrate.event WHERE outcome = 'failed'");
        assert_eq!(message, error.to_string());
    }
}

#[test]
fn finds_the_statement_where_the_server_gives_no_position() {
    let set = set(&[(
        "b",
        "CREATE TABLE b (id int PRIMARY KEY); INSERT INTO b VALUES (1);\nINSERT INTO b VALUES (2);\n  INSERT INTO b\n VALUES (1); SELECT 4",
        "DROP TABLE b",
    )]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(place(&error), "migrations/001_b.up.sql:3:3");
        assert_says(
            &error,
            &[
                "duplicate key value violates unique constraint",
                "statement 4 of 5 (23505)",
                "detail: Key (id)=(1) already exists.",
                "001_b was rolled back",
                "no step of this run stands; the database is at base",
            ],
        );
        assert_eq!(
            error.server().unwrap().constraint.as_deref(),
            Some("b_pkey")
        );
        assert!(!world.exists("b"));
    }
}

#[test]
fn shows_the_servers_detail_hint_and_context() {
    let set = set(&[(
        "f",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n  RAISE EXCEPTION 'too many' USING DETAIL = 'there are 7', HINT = 'take one away', ERRCODE = 'P0042';\nEND $$;\nSELECT f();",
        "DROP FUNCTION f",
    )]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(place(&error), "migrations/001_f.up.sql:5:1");
        assert_says(
            &error,
            &[
                "too many",
                "P0042",
                "detail: there are 7",
                "hint: take one away",
                "context: PL/pgSQL function f() line 3 at RAISE",
            ],
        );
    }
}

#[test]
fn says_what_stands_when_the_third_of_five_in_a_message_fails_and_goes_on_from_there() {
    let with = |third: &str| {
        Given::new()
            .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
            .migration("b", "CREATE TABLE b (id int)", "DROP TABLE b")
            .migration(
                "c",
                &format!("CREATE TABLE c (id int); {third}"),
                "DROP TABLE c",
            )
            .migration("d", "CREATE TABLE d (id int)", "DROP TABLE d")
            .migration("e", "CREATE TABLE e (id int)", "DROP TABLE e")
            .seed(
                "s",
                "INSERT INTO e SELECT 1 WHERE NOT EXISTS (SELECT FROM e)",
            )
            .set()
    };
    let (broken, mended) = (
        with("SELECT 1 / (SELECT count(*) FROM c)"),
        with("SELECT 1"),
    );
    for mut world in worlds() {
        let error = world.up(&broken).unwrap_err();
        assert_says(
            &error,
            &[
                "003_c was rolled back",
                "001_a to 002_b stand; the database is at 002_b",
                "statement 2 of 2 (22012)",
            ],
        );
        let report = error.report().unwrap();
        let stands: Vec<&str> = report
            .steps()
            .iter()
            .map(|step| step.subject.as_str())
            .collect();
        assert_eq!(stands, ["001_a", "002_b"]);
        assert_eq!(
            report.current().known().unwrap(),
            samokoder_migrate::revision::Point(2)
        );
        assert_eq!(world.history(), ["001_a", "002_b"]);
        assert!(!world.exists("c") && !world.exists("d"));
        let report = world.up(&mended).unwrap();
        let done: Vec<&str> = report
            .steps()
            .iter()
            .map(|step| step.subject.as_str())
            .collect();
        assert_eq!(done, ["003_c", "004_d", "005_e", "s"]);
        assert_eq!(
            world.events(),
            [
                "upgrade done 001_a",
                "upgrade done 002_b",
                "upgrade failed 003_c 22012",
                "upgrade done 003_c",
                "upgrade done 004_d",
                "upgrade done 005_e",
                "seed done s"
            ]
        );
    }
}

#[test]
fn points_at_syntax_that_only_this_server_does_not_know() {
    // The build takes PostgreSQL 19's grammar; nothing of the message runs.
    let version = Server::shared().unwrap().version();
    let (newer, word, column) = if version < 18 {
        (
            "CREATE TABLE b (id int, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL)",
            "VIRTUAL",
            64,
        )
    } else {
        ("REPACK a", "REPACK", 1)
    };
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", &format!("SELECT 1;\n{newer};"), "SELECT 1"),
    ]);
    for mut world in worlds() {
        if version >= 19 {
            world.up(&set).unwrap();
            continue;
        }
        let error = world.up(&set).unwrap_err();
        assert_eq!(place(&error), format!("migrations/002_b.up.sql:2:{column}"));
        assert_says(
            &error,
            &[
                &format!("syntax error at or near \"{word}\""),
                "42601",
                "no step of this run stands; the database is at base",
            ],
        );
        assert!(!world.exists("a"));
        // The failure is recorded although nothing else is.
        assert_eq!(world.events(), ["upgrade failed 002_b 42601"]);
        world.up_to(&set, 1).unwrap();
    }
}

#[test]
fn a_downgrade_and_a_seed_that_fail_are_named() {
    let set = Given::new()
        .migration(
            "a",
            "CREATE TABLE a (id int)",
            "SELECT 1;\nDROP TABLE nosuch",
        )
        .migration("b", "CREATE TABLE b (id int)", "DROP TABLE b")
        .seed("s", "INSERT INTO a VALUES (1 / 0) ON CONFLICT DO NOTHING")
        .set();
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.diagnostic().path(), Some("seeds/s.sql"));
        assert_says(
            &error,
            &[
                "s was rolled back",
                "001_a to 002_b stand; the database is at 002_b",
                "mend the seed",
            ],
        );
        let error = world.client.run(verb::downgrade(&set, 2)).unwrap_err();
        assert_eq!(
            place(&error).split(':').next(),
            Some("migrations/001_a.down.sql")
        );
        assert_says(
            &error,
            &[
                "table \"nosuch\" does not exist",
                "001_a was rolled back",
                "002_b stands; the database is at 001_a",
                "mend the downgrade",
            ],
        );
        assert_eq!(world.history(), ["001_a"]);
    }
}

#[test]
fn a_statement_timeout_is_a_failure_that_names_its_step() {
    let set = set(&[(
        "a",
        "CREATE TABLE a (id int);\nSELECT pg_sleep(60)",
        "DROP TABLE a",
    )]);
    for mut world in worlds() {
        let run = verb::run_to(&set, Target::Head)
            .statement_timeout(std::time::Duration::from_millis(50));
        let error = world.client.run(run).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "57014");
        // The blocking driver does not tell, and a timeout is not tried again.
        let expected = match world.driver {
            Driver::Blocking => "migrations/001_a.up.sql:",
            Driver::Async => "migrations/001_a.up.sql:2:1",
        };
        assert_eq!(place(&error), expected);
        assert!(!world.exists("a"));
    }
}

#[test]
fn a_role_that_may_not_create_the_history_is_told_so() {
    let set = set(&[("a", "SELECT 1", "SELECT 1")]);
    for mut world in worlds() {
        let role = world.role("app", "");
        world.client = world.connect_as(&role);
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0706");
        assert_says(
            &error,
            &[
                "permission denied for database",
                "CREATE on the database",
                "42501",
            ],
        );
    }
}
