//! What each verb does, and what it refuses.

use samokoder_migrate::{
    Current, Error, Kind, NewerDatabase, Report, Set,
    revision::{Point, Target},
    verb,
};

use crate::support::{Given, set, worlds};

fn three() -> Set {
    set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", "CREATE TABLE b (id int)", "DROP TABLE b"),
        ("c", "CREATE TABLE c (id int)", "DROP TABLE c"),
    ])
}

fn at(report: &Report<Point>) -> Point {
    report.current().known().unwrap()
}

fn assert_refused(error: &Error, code: &str, parts: &[&str]) {
    let said = error.rendered();
    assert_eq!(error.code().as_str(), code, "{said}");
    for part in parts {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn moves_up_and_down_and_up_again() {
    let set = three();
    for mut world in worlds() {
        let report = world.up_to(&set, 2).unwrap();
        assert_eq!(at(&report), Point(2));
        let report = world.up(&set).unwrap();
        assert_eq!(at(&report), Point(3));
        assert_eq!(
            report.to_string().replace(char::is_numeric, ""),
            "upgraded _c ( ms)\nthe database is at _c"
        );
        assert_eq!(world.history(), ["001_a", "002_b", "003_c"]);
        let report = world.client.run(verb::downgrade(&set, 2)).unwrap();
        assert_eq!(at(&report), Point(1));
        let subjects: Vec<_> = report
            .steps()
            .iter()
            .map(|step| (step.kind, step.subject.as_str()))
            .collect();
        assert_eq!(
            subjects,
            [(Kind::Downgrade, "003_c"), (Kind::Downgrade, "002_b")]
        );
        assert!(world.exists("a") && !world.exists("b") && !world.exists("c"));
        let report = world.down_to(&set, 0).unwrap();
        assert_eq!(at(&report), Point(0));
        assert!(world.history().is_empty());
        assert!(!world.exists("a"));
        assert_eq!(at(&world.up(&set).unwrap()), Point(3));
        assert!(world.down_to(&set, 3).unwrap().is_noop());
        assert!(
            world
                .client
                .run(verb::downgrade(&set, 0))
                .unwrap()
                .is_noop()
        );
    }
}

#[test]
fn a_start_with_nothing_to_do_is_one_wait_and_a_cold_apply_is_two() {
    let set = three();
    for mut world in worlds() {
        let cold = world.up(&set).unwrap();
        assert_eq!((cold.steps().len(), cold.round_trips()), (3, 2));
        let noop = world.up(&set).unwrap();
        assert_eq!((noop.steps().len(), noop.round_trips()), (0, 1));
        assert_eq!(noop.to_string(), "nothing to do, the database is at 003_c");
        let down = world.down_to(&set, 0).unwrap();
        assert_eq!((down.steps().len(), down.round_trips()), (3, 2));
    }
}

#[test]
fn run_to_goes_down_only_when_allowed_and_lists_what_it_would_undo() {
    let set = three();
    for mut world in worlds() {
        world.up(&set).unwrap();
        let error = world.up_to(&set, 1).unwrap_err();
        assert_refused(
            &error,
            "SM0601",
            &[
                "001_a is below 003_c",
                "going there would undo 003_c, 002_b",
                "allow_downgrade",
            ],
        );
        assert_eq!(world.history().len(), 3);
        let run = verb::run_to(&set, Target::At(Point(1))).allow_downgrade();
        assert_eq!(at(&world.client.run(run).unwrap()), Point(1));
        assert_eq!(world.history(), ["001_a"]);
    }
}

#[test]
fn refuses_to_pass_an_irreversible_migration_before_anything_is_undone() {
    let set = Given::new()
        .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
        .irreversible("b", "SELECT 1")
        .migration("c", "CREATE TABLE c (id int)", "DROP TABLE c")
        .set();
    for mut world in worlds() {
        world.up(&set).unwrap();
        let error = world.down_to(&set, 0).unwrap_err();
        assert_refused(
            &error,
            "SM0602",
            &[
                "no way back past 002_b: it drops what nothing brings back",
                "nothing was done; the database is at 003_c",
            ],
        );
        assert!(world.exists("c"));
        world.down_to(&set, 2).unwrap();
        assert!(!world.exists("c"));
    }
}

#[test]
fn refuses_to_go_up_by_a_downgrade_or_below_base() {
    let set = three();
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let error = world.down_to(&set, 2).unwrap_err();
        assert_refused(
            &error,
            "SM0607",
            &["002_b is above 001_a", "`run_to` goes up"],
        );
        let error = world.client.run(verb::downgrade(&set, 2)).unwrap_err();
        assert_refused(
            &error,
            "SM0607",
            &[
                "2 migrations cannot be taken back: 1 is applied",
                "downgrade_to",
            ],
        );
        assert_eq!(world.history(), ["001_a"]);
    }
}

#[test]
fn refuses_a_point_that_the_set_does_not_have() {
    let set = three();
    for mut world in worlds() {
        let nowhere = Target::At(Point(4));
        for run in [
            verb::run_to(&set, nowhere),
            verb::downgrade_to(&set, nowhere),
            verb::stamp(&set, nowhere),
        ] {
            let error = world.client.run(run).unwrap_err();
            assert_refused(&error, "SM0605", &["position 4", "003_c"]);
        }
        assert!(!world.exists("samokoder_migrate.history"));
    }
}

#[test]
fn stamps_up_and_down_without_running_anything() {
    let set = three();
    for mut world in worlds() {
        let report = world
            .client
            .run(verb::stamp(&set, Target::At(Point(2))))
            .unwrap();
        assert_eq!(at(&report), Point(2));
        assert_eq!(report.steps()[0].kind, Kind::Stamp);
        assert_eq!(world.history(), ["001_a", "002_b"]);
        assert!(!world.exists("a"));
        assert!(
            world
                .client
                .run(verb::stamp(&set, Target::At(Point(2))))
                .unwrap()
                .is_noop()
        );
        let report = world.up(&set).unwrap();
        assert_eq!(report.steps().len(), 1);
        world.client.run(verb::stamp(&set, Target::BASE)).unwrap();
        assert!(world.history().is_empty());
        assert!(world.exists("c"));
        assert_eq!(
            world.events(),
            ["stamp done 002_b", "upgrade done 003_c", "stamp done base"]
        );
    }
}

#[test]
fn status_says_where_the_database_is_and_writes_nothing() {
    let set = Given::new()
        .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
        .migration("b", "CREATE TABLE b (id int)", "DROP TABLE b")
        .seed(
            "s",
            "INSERT INTO a SELECT 1 WHERE NOT EXISTS (SELECT FROM a)",
        )
        .set();
    for mut world in worlds() {
        let status = world.client.status(verb::status(&set)).unwrap();
        assert_eq!(status.current(), Current::Known(Point(0)));
        assert_eq!(status.pending(), [Point(1), Point(2)]);
        assert!(!world.exists("samokoder_migrate.history"));
        assert_eq!(
            world
                .admin
                .value("SELECT count(*) FROM pg_namespace WHERE nspname = 'samokoder_migrate'"),
            "0"
        );
        world.up_to(&set, 1).unwrap();
        let status = world.client.status(verb::status(&set)).unwrap();
        assert_eq!(status.current(), Current::Known(Point(1)));
        assert_eq!(status.applied()[0].label, "001_a");
        assert!(status.applied()[0].duration_ms.is_some());
        assert!(!status.is_at_head());
        let shown = status.to_string();
        for line in ["current: 001_a", "head:    002_b", "(not run)"] {
            assert!(shown.contains(line), "{shown}");
        }
        world.up(&set).unwrap();
        // A role that may read and no more, on a connection that may not write.
        let reader = world.role("reader", "");
        world.admin.execute(&format!(
            "GRANT USAGE ON SCHEMA samokoder_migrate TO {reader}; GRANT SELECT ON ALL TABLES IN SCHEMA samokoder_migrate TO {reader}"
        ));
        let mut reader = world.connect_as(&reader);
        reader.execute("SET default_transaction_read_only = on");
        let status = reader.status(verb::status(&set)).unwrap();
        assert!(status.is_at_head());
        reader.verify(verb::verify(&set)).unwrap();
        let noop = reader.run(verb::run_to(&set, Target::Head)).unwrap();
        assert!(noop.is_noop());
    }
}

#[test]
fn verify_says_what_stands_in_the_way() {
    let (set, short) = (
        three(),
        Given::new()
            .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
            .set(),
    );
    for mut world in worlds() {
        assert!(
            !world
                .client
                .verify(verb::verify(&set))
                .unwrap()
                .is_at_head()
        );
        world.up(&set).unwrap();
        assert!(
            world
                .client
                .verify(verb::verify(&set))
                .unwrap()
                .is_at_head()
        );
        let error = world.client.verify(verb::verify(&short)).unwrap_err();
        assert_refused(
            &error,
            "SM0604",
            &["003_c, 2 migrations ahead of this build's head, 001_a"],
        );
    }
}

#[test]
fn accepts_a_database_that_is_ahead_with_a_warning_unless_told_to_refuse() {
    let (set, short) = (
        three(),
        Given::new()
            .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
            .set(),
    );
    for mut world in worlds() {
        world.up(&set).unwrap();
        let report = world.up(&short).unwrap();
        assert!(report.is_noop());
        assert_eq!(
            report.warnings(),
            ["the database is at 003_c, 2 migrations ahead of this build's head, 001_a"]
        );
        assert_eq!(
            report.current(),
            Current::Unknown {
                version: "3".to_owned(),
                label: "003_c".to_owned()
            }
        );
        let run = verb::run_to(&short, Target::Head).newer_database(NewerDatabase::Refuse);
        let error = world.client.run(run).unwrap_err();
        assert_refused(
            &error,
            "SM0604",
            &["does not know 002_b, 003_c; nothing was done"],
        );
        for run in [
            verb::downgrade(&short, 1),
            verb::downgrade_to(&short, Target::BASE),
            verb::run_to(&short, Target::BASE).allow_downgrade(),
        ] {
            assert_refused(&world.client.run(run).unwrap_err(), "SM0604", &[]);
        }
        let status = world.client.status(verb::status(&short)).unwrap();
        assert!(status.problem().unwrap().contains("2 ahead"));
        assert_eq!(world.history().len(), 3);
    }
}

#[test]
fn runs_for_a_role_that_owns_the_schema_and_may_not_create_others() {
    let set = three();
    for mut world in worlds() {
        let owner = world.role("owner", "");
        world.admin.execute(&format!(
            "CREATE SCHEMA samokoder_migrate AUTHORIZATION {owner}; GRANT CREATE ON SCHEMA public TO {owner}"
        ));
        world.client = world.connect_as(&owner);
        world.up(&set).unwrap();
        world.down_to(&set, 1).unwrap();
        assert_eq!(world.client.refused("CREATE SCHEMA other"), "42501");
        assert_eq!(world.history(), ["001_a"]);
    }
}

#[test]
fn a_plan_says_what_would_be_done_and_does_nothing() {
    let set = three();
    for mut world in worlds() {
        let plan = world
            .client
            .plan(verb::plan_to(&set, Target::At(Point(2))))
            .unwrap();
        assert_eq!(plan.to_string(), "upgrade 001_a\nupgrade 002_b\n");
        assert!(!world.exists("samokoder_migrate.history"));
        world.up(&set).unwrap();
        let plan = world
            .client
            .plan(verb::downgrade(&set, 1).dry_run())
            .unwrap();
        assert_eq!(plan.to_string(), "downgrade 003_c\n");
        let plan = world
            .client
            .plan(verb::plan_to(&set, Target::Head))
            .unwrap();
        assert_eq!(plan.to_string(), "nothing to do\n");
        assert!(plan.scripts().is_empty());
    }
}
