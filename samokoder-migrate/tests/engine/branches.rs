//! Two teams' branches, and rows that somebody wrote by hand.

use samokoder_migrate::{
    Current, Set,
    revision::{Point, Target},
    verb,
};

use crate::support::{Given, World, worlds};

const ALPHA: (&str, &str, &str) = ("alpha", "CREATE TABLE alpha (id int)", "DROP TABLE alpha");
const BETA: (&str, &str, &str) = ("beta", "CREATE TABLE beta (id int)", "DROP TABLE beta");

/// A set of the first migration and of others at versions of their own.
fn branch(rest: &[(u32, (&str, &str, &str))]) -> Set {
    rest.iter()
        .fold(
            Given::new().migration("base", "CREATE TABLE base (id int)", "DROP TABLE base"),
            |given, (version, (name, up, down))| given.at(*version, name, up, down),
        )
        .set()
}

/// Expects that up, down and verify are refused alike, and returns what is said.
fn refusals(world: &mut World, set: &Set, code: &str) -> String {
    let errors = [
        world.up(set).unwrap_err(),
        world.down_to(set, 0).unwrap_err(),
        world
            .client
            .plan(verb::plan_to(set, Target::Head))
            .unwrap_err(),
        world.client.verify(verb::verify(set)).unwrap_err(),
    ];
    for error in &errors {
        assert_eq!(error.code().as_str(), code, "{error:?}");
        assert_eq!(
            error.rendered(),
            errors[0].rendered(),
            "the verbs say different things"
        );
    }
    errors[0].rendered()
}

fn assert_says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn branches_merged_in_another_order_are_told_by_their_names_and_renumbering_mends_it() {
    let deployed = branch(&[(3, BETA)]);
    let merged = branch(&[(2, ALPHA), (3, BETA)]);
    let renumbered = branch(&[(3, BETA), (4, ALPHA)]);
    for mut world in worlds() {
        world.up(&deployed).unwrap();
        let said = refusals(&mut world, &merged, "SM0603");
        assert_says(
            &said,
            &[
                "this build puts 002_alpha before 003_beta, which is applied",
                "the two histories agree up to 001_base; nothing was done",
                "give it a version above that of 003_beta",
            ],
        );
        assert_eq!(world.history(), ["001_base", "003_beta"]);
        let report = world.up(&renumbered).unwrap();
        assert_eq!(report.steps()[0].subject, "004_alpha");
        assert_eq!(world.down_to(&renumbered, 0).unwrap().steps().len(), 3);
    }
}

#[test]
fn a_branch_that_was_deployed_and_is_not_in_this_build_is_named() {
    let theirs = branch(&[(2, ALPHA), (4, ("gamma", "SELECT 1", "SELECT 1"))]);
    let ours = branch(&[(3, BETA)]);
    for mut world in worlds() {
        world.up(&theirs).unwrap();
        let said = refusals(&mut world, &ours, "SM0603");
        assert_says(
            &said,
            &[
                "the database has 002_alpha where this build has 003_beta",
                "this build does not have 002_alpha, 004_gamma",
                "the two histories agree up to 001_base; nothing was done",
                "merge the branch that they are from",
            ],
        );
        assert!(!world.exists("beta"));
    }
}

#[test]
fn two_branches_that_took_one_version_are_told_apart() {
    let theirs = branch(&[(2, ALPHA)]);
    let ours = branch(&[(2, BETA)]);
    for mut world in worlds() {
        world.up(&theirs).unwrap();
        let said = refusals(&mut world, &ours, "SM0603");
        assert_says(
            &said,
            &[
                "the database has 002_alpha where this build has 002_beta",
                "both have version 2",
                "nothing was done",
            ],
        );
    }
}

#[test]
fn a_database_in_the_middle_of_a_branch_goes_on_by_the_branch_and_by_what_holds_it() {
    let all = branch(&[(2, ALPHA), (3, BETA), (5, ("late", "SELECT 1", "SELECT 1"))]);
    let other = branch(&[(2, ALPHA), (4, ("other", "SELECT 1", "SELECT 1"))]);
    for mut world in worlds() {
        world.up_to(&all, 2).unwrap();
        // The two branches agree so far, so either may go on, and then the other may not.
        world
            .client
            .plan(verb::plan_to(&other, Target::Head))
            .unwrap();
        world.up_to(&all, 3).unwrap();
        let said = refusals(&mut world, &other, "SM0603");
        assert_says(
            &said,
            &["the database has 003_beta where this build has 004_other"],
        );
        assert_eq!(world.up(&all).unwrap().steps().len(), 1);
    }
}

#[test]
fn a_row_added_by_hand_is_a_newer_build_and_nothing_runs() {
    let set = branch(&[(2, ALPHA)]);
    for mut world in worlds() {
        world.up(&set).unwrap();
        world.admin.execute(
            "INSERT INTO samokoder_migrate.history (set_name, position, version, name, label, checksum, downgrade_checksum, downgrade_outside, run)
             VALUES ('main', 3, 'by hand', 'x', 'by hand', '', '', false, '')",
        );
        let report = world.up(&set).unwrap();
        assert!(report.is_noop());
        assert!(
            report.warnings()[0].contains("at by hand, 1 migration ahead"),
            "{report}"
        );
        assert_eq!(
            report.current(),
            Current::Unknown {
                version: "by hand".to_owned(),
                label: "by hand".to_owned()
            }
        );
        let error = world.down_to(&set, 0).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0604");
        assert!(world.exists("alpha"));
        // A stamp says where the database really is.
        world
            .client
            .run(verb::stamp(&set, Target::At(Point(2))))
            .unwrap();
        assert!(world.up(&set).unwrap().is_noop());
        assert_eq!(world.history(), ["001_base", "002_alpha"]);
    }
}

#[test]
fn positions_moved_by_hand_are_told_whichever_way_they_moved() {
    let set = branch(&[(2, ALPHA), (3, BETA)]);
    let moves = [
        ("position = position + 1", "SM0801", "no row for position 1"),
        (
            "position = 9 WHERE position = 3",
            "SM0801",
            "no row for position 3",
        ),
        (
            "position = CASE position WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE 1 END",
            "SM0603",
            "003_beta",
        ),
        (
            "version = '7' WHERE position = 2",
            "SM0603",
            "the database has 002_alpha (version 7) where this build has 002_alpha",
        ),
        ("checksum = '' WHERE position = 1", "SM0603", "001_base"),
    ];
    for mut world in worlds() {
        world.up(&set).unwrap();
        world.admin.execute(
            "ALTER TABLE samokoder_migrate.history DROP CONSTRAINT history_pkey, ADD PRIMARY KEY (set_name, position) DEFERRABLE",
        );
        for (change, code, part) in moves {
            world.admin.execute(&format!(
                "CREATE TABLE kept AS SELECT * FROM samokoder_migrate.history; UPDATE samokoder_migrate.history SET {change}"
            ));
            let said = refusals(&mut world, &set, code);
            assert_says(&said, &[part, "nothing was done"]);
            let status = world.client.status(verb::status(&set)).unwrap();
            assert!(status.problem().is_some(), "{change}: {status}");
            world.admin.execute(
                "TRUNCATE samokoder_migrate.history; INSERT INTO samokoder_migrate.history SELECT * FROM kept; DROP TABLE kept",
            );
            assert!(world.up(&set).unwrap().is_noop());
        }
        // The labels are for people, and decide nothing.
        world
            .admin
            .execute("UPDATE samokoder_migrate.history SET label = 'x', name = 'y'");
        assert!(world.up(&set).unwrap().is_noop());
        world.down_to(&set, 0).unwrap();
    }
}

#[test]
fn a_column_dropped_by_hand_is_told_as_what_it_is() {
    let set = branch(&[(2, ALPHA)]);
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        for (change, undo, part) in [
            (
                "ALTER TABLE samokoder_migrate.history RENAME downgrade_checksum TO d",
                "ALTER TABLE samokoder_migrate.history RENAME d TO downgrade_checksum",
                "downgrade_checksum does not exist",
            ),
            (
                "ALTER TABLE samokoder_migrate.event RENAME outcome TO o",
                "ALTER TABLE samokoder_migrate.event RENAME o TO outcome",
                "outcome does not exist",
            ),
        ] {
            world.admin.execute(change);
            let said = refusals(&mut world, &set, "SM0801");
            assert_says(
                &said,
                &[part, "altered by hand", "nothing was done", "backup"],
            );
            world.admin.execute(undo);
        }
        world.up(&set).unwrap();
    }
}
