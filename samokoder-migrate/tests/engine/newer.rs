//! An older build on a database that a newer one moved ahead: rolled back, or in a rolling deploy.

use samokoder_migrate::{
    Code, NewerDatabase, Set,
    report::Current,
    revision::{Point, Target},
    verb,
};

use crate::support::{Given, World, worlds};

const OUTSIDE: &str = "-- samokoder: no-transaction\n";

/// The older build has the first `count` of four migrations.
fn build(count: usize) -> Set {
    let outside = |script: &str| format!("{OUTSIDE}{script}");
    let all = [
        (
            "a",
            "CREATE TABLE a (id int)".to_owned(),
            "DROP TABLE a".to_owned(),
        ),
        (
            "b",
            "CREATE TABLE b (id int)".to_owned(),
            "DROP TABLE b".to_owned(),
        ),
        (
            "c",
            outside("CREATE INDEX CONCURRENTLY i ON b (id); CREATE INDEX CONCURRENTLY j ON b (id)"),
            outside("DROP INDEX CONCURRENTLY i; DROP INDEX CONCURRENTLY j"),
        ),
        (
            "d",
            "CREATE TABLE d (id int)".to_owned(),
            "SET search_path = pg_catalog; DROP TABLE public.d; -- gone".to_owned(),
        ),
    ];
    all.iter()
        .take(count)
        .fold(Given::new(), |given, (name, up, down)| {
            given.migration(name, up, down)
        })
        .seed("s", "INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING")
        .set()
}

fn back(set: &Set) -> verb::Run<'_, Point> {
    verb::run_to(set, Target::Head).newer_database(NewerDatabase::Downgrade)
}

#[test]
fn takes_a_newer_database_back_by_the_scripts_that_are_stored_in_it() {
    for mut world in worlds() {
        world.up(&build(4)).unwrap();
        let old = build(2);
        let report = world.client.run(back(&old)).unwrap();
        let shown = report.to_string();
        let lines: Vec<&str> = shown
            .lines()
            .map(|line| line.split(" (").next().unwrap_or_default())
            .collect();
        assert_eq!(
            lines,
            [
                "warning: the database is at 004_d, 2 migrations ahead of this build's head, 002_b",
                "downgraded 004_d",
                "downgraded 003_c",
                "seeded s",
                "the database is at 002_b",
            ]
        );
        let versions: Vec<_> = report
            .steps()
            .iter()
            .map(|step| step.version.map(|version| version.to_string()))
            .collect();
        assert_eq!(versions, [Some("4".into()), Some("3".into()), None]);
        assert_eq!(world.history(), ["001_a", "002_b"]);
        assert!(!world.exists("d") && !world.exists("i") && world.exists("b"));
        assert_eq!(world.client.value("SHOW search_path"), "\"$user\", public");
        assert_eq!(world.client.run(back(&old)).unwrap().steps(), []);
        assert_eq!(world.up(&build(4)).unwrap().steps().len(), 2);
    }
}

#[test]
fn goes_further_down_by_scripts_of_its_own() {
    for mut world in worlds() {
        world.up(&build(4)).unwrap();
        let old = build(2);
        let downgrade =
            |steps| verb::downgrade::<Point>(&old, steps).newer_database(NewerDatabase::Downgrade);
        let report = world.client.run(downgrade(1)).unwrap();
        assert_eq!(world.history(), ["001_a", "002_b", "003_c"]);
        let Current::Unknown { version, label } = report.current() else {
            panic!("{:?}", report.current());
        };
        assert_eq!((version.as_str(), label.as_str()), ("3", "003_c"));
        let report = world.client.run(downgrade(2)).unwrap();
        assert_eq!(report.current(), Point(1));
        assert_eq!(world.history(), ["001_a"]);

        world.up(&build(4)).unwrap();
        let to =
            verb::downgrade_to(&old, Target::At(Point(0))).newer_database(NewerDatabase::Downgrade);
        assert_eq!(world.client.run(to).unwrap().steps().len(), 4);
        assert_eq!(world.history(), [""; 0]);
    }
}

#[test]
fn does_not_go_back_unless_it_is_told_to_nor_past_what_has_no_way_back() {
    for mut world in worlds() {
        let newer = Given::new()
            .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
            .migration(
                "b",
                "CREATE TABLE b (id int)",
                "-- samokoder: irreversible \"they pay for it\"",
            )
            .migration("c", "CREATE TABLE c (id int)", "DROP TABLE c")
            .set();
        let older = Given::new()
            .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
            .set();
        world.up(&newer).unwrap();
        assert!(world.up(&older).unwrap().is_noop());
        let error = world.client.run(back(&older)).unwrap_err();
        assert_eq!(error.code(), Code::Irreversible);
        let text = error.rendered();
        assert!(
            text.contains("no way back past 002_b: they pay for it"),
            "{text}"
        );
        assert_eq!(world.history(), ["001_a", "002_b", "003_c"]);
    }
}

#[test]
fn a_stored_script_that_fails_is_told_with_its_statement_and_what_stands() {
    for mut world in worlds() {
        world.up(&build(4)).unwrap();
        let old = build(2);
        world
            .admin
            .execute("DROP INDEX j; CREATE VIEW v AS SELECT 1 FROM d");
        let error = world.client.run(back(&old)).unwrap_err();
        let text = error.rendered();
        assert!(text.contains("004_d.down.sql:1:31"), "{text}");
        assert_eq!(world.history().len(), 4);

        world.admin.execute("DROP VIEW v");
        let error = world.client.run(back(&old)).unwrap_err();
        let text = error.rendered();
        assert!(text.contains("index \"j\" does not exist"), "{text}");
        assert_eq!(world.history(), ["001_a", "002_b", "003_c"]);
        assert_eq!(error.report().unwrap().steps().len(), 1);
        // It goes on at the statement that was refused.
        world.admin.execute("CREATE INDEX j ON b (id)");
        world.client.run(back(&old)).unwrap();
        assert_eq!(world.history(), ["001_a", "002_b"]);
    }
}

#[test]
fn runs_what_it_read_or_nothing() {
    for mut world in worlds() {
        world.up(&build(4)).unwrap();
        let old = build(2);
        let preview = world.client.plan(back(&old).dry_run()).unwrap();
        world.admin.execute(
            "UPDATE samokoder_migrate.history SET downgrade = 'DROP TABLE a' WHERE position = 4",
        );
        for script in preview.scripts().iter().take(1) {
            assert_eq!(world.client.refused(script), "SM709");
            world.client.execute("ROLLBACK");
        }
        // Its statements are not where the history says.
        let error = world.client.run(back(&old)).unwrap_err();
        assert_eq!(error.code(), Code::Drift);
        assert!(world.exists("a") && world.exists("d"));
    }
}

#[test]
fn a_stored_script_runs_only_where_the_history_is_in_trusted_hands() {
    for mut world in worlds() {
        world.up(&build(4)).unwrap();
        let role = world.role("writer", "");
        world.admin.execute(&format!(
            "GRANT UPDATE (downgrade) ON samokoder_migrate.history TO {role}"
        ));
        let error = world.client.run(back(&build(2))).unwrap_err();
        assert_eq!(error.code(), Code::Untrusted);
        assert_eq!(world.history().len(), 4);
    }
}

#[test]
fn in_a_rolling_deploy_old_and_new_builds_start_side_by_side() {
    for mut world in worlds() {
        let (old, new) = (build(2), build(4));
        world.up(&old).unwrap();
        // A new copy, then an old one that restarts, then a new one.
        assert_eq!(world.up(&new).unwrap().steps().len(), 2);
        let report = world.up(&old).unwrap();
        assert_eq!(report.warnings().len(), 1);
        assert_eq!(world.history().len(), 4);
        assert!(world.up(&new).unwrap().is_noop());
        // The deploy is rolled back for good.
        let at = |world: &mut World, set| {
            world.client.run(back(set)).unwrap();
            world.history().len()
        };
        assert_eq!(at(&mut world, &old), 2);
        assert_eq!(at(&mut world, &new), 4);
    }
}

#[test]
fn a_seed_asked_for_by_name_takes_no_newer_database_back() {
    for mut world in worlds() {
        world.up(&build(4)).unwrap();
        let old = build(2);
        let seed = verb::seed::<Point>(&old, 0).newer_database(NewerDatabase::Downgrade);
        assert_eq!(
            world.client.run(seed).unwrap_err().code(),
            Code::NewerDatabase
        );
        assert_eq!(world.history(), ["001_a", "002_b", "003_c", "004_d"]);
    }
}
