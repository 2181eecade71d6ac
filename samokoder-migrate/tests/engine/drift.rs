//! A history that is not what this build would have written.

use samokoder_migrate::{
    Code, Kind, Set,
    revision::{Point, Target},
    verb,
};

use crate::support::{set, worlds};

fn with(up: &str, down: &str) -> Set {
    set(&[
        ("a", up, down),
        ("b", "CREATE TABLE b (id int)", "DROP TABLE b"),
        ("c", "CREATE TABLE c (id int)", "DROP TABLE c"),
    ])
}

const UP: &str = "CREATE TABLE a (id int)";

#[test]
fn stores_each_downgrade_as_it_is() {
    let down = "DROP TABLE a; -- 'quotes' \\ and \"more\"\n";
    let set = with(UP, down);
    for mut world in worlds() {
        world.up(&set).unwrap();
        assert_eq!(
            world.admin.rows("SELECT downgrade, downgrade_path, downgrade_outside, encode(checksum, 'hex'), encode(downgrade_checksum, 'hex') FROM samokoder_migrate.history WHERE position = 1"),
            [[
                down.to_owned(),
                "migrations/001_a.down.sql".to_owned(),
                "f".to_owned(),
                set.migrations()[0].upgrade().checksum().to_string(),
                set.migrations()[0].downgrade().script().unwrap().checksum().to_string(),
            ]]
        );
    }
}

#[test]
fn a_mended_downgrade_is_stored_by_the_next_run_with_an_event() {
    let (old, mended) = (with(UP, "SELECT 1"), with(UP, "DROP TABLE a"));
    for mut world in worlds() {
        world.up_to(&old, 2).unwrap();
        let report = world.up_to(&mended, 2).unwrap();
        assert_eq!(report.steps().len(), 1);
        assert_eq!(report.steps()[0].kind, Kind::Refresh);
        assert_eq!(
            world
                .admin
                .column("SELECT downgrade FROM samokoder_migrate.history ORDER BY position"),
            ["DROP TABLE a", "DROP TABLE b"]
        );
        assert_eq!(
            world.events().last().unwrap(),
            "refresh-downgrades done 002_b"
        );
        assert!(world.up_to(&mended, 2).unwrap().is_noop());
        // And with other work: the refresh, the upgrade.
        assert_eq!(world.up(&old).unwrap().steps().len(), 2);
        // A downgrade runs what this build has.
        world.down_to(&mended, 0).unwrap();
        assert!(!world.exists("a"));
    }
}

#[test]
fn an_edited_upgrade_is_refused_and_its_file_named() {
    let (old, edited) = (
        with(UP, "DROP TABLE a"),
        with("CREATE TABLE a (id bigint)", "DROP TABLE a"),
    );
    for mut world in worlds() {
        world.up_to(&old, 2).unwrap();
        for error in [
            world.up(&edited).unwrap_err(),
            world.down_to(&edited, 0).unwrap_err(),
            world.client.verify(verb::verify(&edited)).unwrap_err(),
        ] {
            assert_eq!(error.code().as_str(), "SM0603");
            assert_eq!(error.diagnostic().path(), Some("migrations/001_a.up.sql"));
            let said = error.rendered();
            for part in [
                "001_a was edited after it was applied",
                "the two histories differ from the first migration on; nothing was done",
                "put the file back",
            ] {
                assert!(said.contains(part), "{said}");
            }
        }
        assert_eq!(world.history(), ["001_a", "002_b"]);
        let status = world.client.status(verb::status(&edited)).unwrap();
        assert!(
            status
                .problem()
                .unwrap()
                .contains("parts from this build's after base")
        );
        // A stamp takes the build's word for it.
        world
            .client
            .run(verb::stamp(&edited, Target::At(Point(2))))
            .unwrap();
        world.up(&edited).unwrap();
    }
}

#[test]
fn another_branchs_migration_is_refused_and_both_are_named() {
    let ours = with(UP, "DROP TABLE a");
    let theirs = set(&[("a", UP, "DROP TABLE a"), ("x", "SELECT 1", "SELECT 1")]);
    for mut world in worlds() {
        world.up(&theirs).unwrap();
        let error = world.up(&ours).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0603");
        let said = error.rendered();
        for part in [
            "the database has 002_x where this build has 002_b",
            "the two histories agree up to 001_a",
        ] {
            assert!(said.contains(part), "{said}");
        }
        assert!(!world.exists("b"));
    }
}

#[test]
fn a_row_deleted_by_hand_is_told() {
    let set = with(UP, "DROP TABLE a");
    for mut world in worlds() {
        world.up_to(&set, 2).unwrap();
        world
            .admin
            .execute("DELETE FROM samokoder_migrate.history WHERE position = 1");
        for error in [
            world.up(&set).unwrap_err(),
            world.down_to(&set, 0).unwrap_err(),
            world.client.verify(verb::verify(&set)).unwrap_err(),
        ] {
            assert_eq!(error.code().as_str(), "SM0801");
            let said = error.rendered();
            assert!(said.contains("no row for position 1, 001_a"), "{said}");
        }
        assert!(!world.exists("c"));
        world
            .client
            .run(verb::stamp(&set, Target::At(Point(2))))
            .unwrap();
        world.up(&set).unwrap();
    }
}

#[test]
fn a_row_deleted_at_the_end_runs_its_migration_again() {
    let set = set(&[
        ("a", "CREATE TABLE IF NOT EXISTS a (id int)", "DROP TABLE a"),
        ("b", "CREATE TABLE IF NOT EXISTS b (id int)", "DROP TABLE b"),
    ]);
    for mut world in worlds() {
        world.up(&set).unwrap();
        world
            .admin
            .execute("DELETE FROM samokoder_migrate.history WHERE position = 2");
        assert_eq!(world.up(&set).unwrap().steps().len(), 1);
    }
}

#[test]
fn a_checksum_altered_by_hand_is_told() {
    let set = with(UP, "DROP TABLE a");
    for mut world in worlds() {
        world.up_to(&set, 2).unwrap();
        world
            .admin
            .execute("UPDATE samokoder_migrate.history SET checksum = '\\x00' WHERE position = 2");
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0603");
    }
}

#[test]
fn tables_of_another_format_are_left_alone() {
    let set = with(UP, "DROP TABLE a");
    for mut world in worlds() {
        world.up_to(&set, 2).unwrap();
        world
            .admin
            .execute("COMMENT ON TABLE samokoder_migrate.history IS 'samokoder-migrate format 99'");
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0706");
        assert!(error.rendered().contains("format 99"));
    }
}

#[test]
fn a_table_that_was_dropped_by_hand_is_not_made_anew() {
    let set = with(UP, "DROP TABLE a");
    for table in ["history", "seed", "unfinished", "event"] {
        for mut world in worlds() {
            world.up(&set).unwrap();
            world
                .admin
                .execute(&format!("DROP TABLE samokoder_migrate.{table}"));
            let error = world.up(&set).unwrap_err();
            assert_eq!(error.code(), Code::Drift, "{error:?}");
            assert!(
                error
                    .rendered()
                    .contains(&format!("\"samokoder_migrate\".{table}")),
                "{error:?}"
            );
            assert_eq!(
                world.admin.column(&format!(
                    "SELECT to_regclass('samokoder_migrate.{table}') IS NULL"
                )),
                ["t"]
            );
        }
    }
}
