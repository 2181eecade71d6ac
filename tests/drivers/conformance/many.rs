//! Messages of many steps, whose statements of ours are prepared once.

use samokoder_migrate::{Code, Set, revision::Target, verb};

use crate::support::{Given, worlds};

/// Enough steps to share statements, before and after those that matter.
const AROUND: usize = 12;

fn around(own: &[(&str, &str)]) -> Set {
    let plain = |given: Given, side: &str| {
        (0..AROUND).fold(given, |given, i| {
            let up = format!("CREATE TABLE {side}_{i} (id int)");
            given.migration(
                &format!("{side}_{i}"),
                &up,
                &format!("DROP TABLE {side}_{i}"),
            )
        })
    };
    let given = own
        .iter()
        .fold(plain(Given::new(), "a"), |given, (name, up)| {
            given.migration(name, up, "SELECT 1")
        });
    plain(given, "z").set()
}

#[test]
fn a_script_may_take_away_what_is_prepared() {
    // Put together, so that nothing in its text says what it does.
    let set = around(&[(
        "tidy",
        "DO $$ BEGIN EXECUTE concat('DEALLO', 'CATE ALL'); END $$",
    )]);
    for mut world in worlds() {
        let report = world.client.run(verb::run_to(&set, Target::Head)).unwrap();
        assert_eq!(report.steps().len(), 2 * AROUND + 1);
        assert_eq!(world.history().len(), 2 * AROUND + 1);
    }
}

#[test]
fn plans_anew_where_the_history_moves_in_their_midst() {
    // When the step commits, its row is there, and is taken away.
    let set = around(&[(
        "mover",
        "CREATE TABLE IF NOT EXISTS moved (times int);
CREATE OR REPLACE FUNCTION move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM samokoder_migrate.history WHERE position = 13;
    RETURN NULL;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM moved) THEN
        CREATE CONSTRAINT TRIGGER moves AFTER INSERT ON moved DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION move();
        INSERT INTO moved VALUES (1);
    END IF;
END $$",
    )]);
    for mut world in worlds() {
        let report = world.client.run(verb::run_to(&set, Target::Head)).unwrap();
        assert_eq!(report.steps().len(), 2 * AROUND + 2, "one of them twice");
        assert_eq!(world.history().len(), 2 * AROUND + 1);
        assert_eq!(world.admin.column("SELECT count(*) FROM moved"), ["1"]);
    }
}

#[test]
fn a_step_that_fails_in_their_midst_is_named_and_those_before_it_stand() {
    let set = around(&[("broken", "SELECT 1;\nSELECT 1 / (SELECT 0)")]);
    for mut world in worlds() {
        let error = world
            .client
            .run(verb::run_to(&set, Target::Head))
            .unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        assert!(
            error.to_string().contains("013_broken.up.sql:2:1"),
            "{error}"
        );
        assert_eq!(world.history().len(), AROUND);
    }
}
