//! A message of many steps, whose statements of ours are prepared once: it does what one of few does.

use samokoder_migrate::{Code, Set};

use crate::support::{Given, World, worlds};

/// Enough steps to share, so many before and after those that matter.
const AROUND: usize = 12;

/// Small migrations around some of a test's own.
fn set(own: &[(&str, &str, &str)]) -> Set {
    let around = |given: Given, side: &str| {
        (0..AROUND).fold(given, |given, i| {
            given.migration(
                &format!("{side}_{i}"),
                &format!("CREATE TABLE {side}_{i} (id int)"),
                &format!("DROP TABLE {side}_{i}"),
            )
        })
    };
    let given = own
        .iter()
        .fold(around(Given::new(), "a"), |given, (name, up, down)| {
            given.migration(name, up, down)
        });
    around(given, "z").set()
}

/// What the history and the events hold, without what differs from run to run.
fn recorded(world: &mut World) -> Vec<String> {
    let mut rows = world.admin.column(
        "SELECT (to_jsonb(h) - 'applied_at' - 'duration_ms' - 'run')::text FROM samokoder_migrate.history AS h ORDER BY position",
    );
    rows.extend(world.admin.column(
        "SELECT (to_jsonb(e) - 'id' - 'at' - 'duration_ms' - 'run')::text FROM samokoder_migrate.event AS e ORDER BY id",
    ));
    rows
}

fn prepared(world: &mut World) -> Vec<String> {
    world
        .client
        .column("SELECT name FROM pg_prepared_statements WHERE name LIKE 'samokoder%'")
}

#[test]
fn records_what_single_steps_record_and_leaves_nothing_prepared() {
    let set = set(&[("it's \\ odd", "SELECT 'it''s'", "SELECT 2")]);
    let count = set.migrations().len();
    for (mut many, mut few) in worlds().into_iter().zip(worlds()) {
        let plan = many.client.plan(samokoder_migrate::verb::plan_to(
            &set,
            samokoder_migrate::revision::Target::Head,
        ));
        assert!(
            plan.unwrap()
                .scripts()
                .concat()
                .contains("PREPARE samokoder")
        );
        let report = many.up(&set).unwrap();
        assert_eq!(report.steps().len(), count);
        assert!(report.steps().iter().all(|step| step.duration.is_some()));
        assert_eq!(prepared(&mut many), [""; 0]);
        for position in 1..=count {
            few.up_to(&set, position).unwrap();
        }
        assert_eq!(recorded(&mut many), recorded(&mut few));
        many.down_to(&set, 0).unwrap();
        assert_eq!(prepared(&mut many), [""; 0]);
        for position in (0..count).rev() {
            few.down_to(&set, position).unwrap();
        }
        assert_eq!(recorded(&mut many), recorded(&mut few));
    }
}

#[test]
fn a_step_that_fails_in_their_midst_leaves_those_before_it_and_nothing_prepared() {
    let set = set(&[("broken", "SELECT 1;\nSELECT 1 / (SELECT 0)", "SELECT 2")]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        assert!(
            error.to_string().contains("013_broken.up.sql:2:1"),
            "{error}"
        );
        assert_eq!(world.history().len(), AROUND);
        assert!(world.exists("a_11") && !world.exists("z_0"));
        assert_eq!(prepared(&mut world), [""; 0]);
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
    }
}

#[test]
fn what_an_earlier_message_left_prepared_is_taken_away() {
    let set = set(&[]);
    for mut world in worlds() {
        world
            .client
            .execute("PREPARE samokoder_run_begin (int) AS SELECT $1");
        world.up(&set).unwrap();
        assert_eq!(world.history().len(), set.migrations().len());
    }
}

#[test]
fn a_script_may_deallocate_all() {
    // Put together, so that nothing in their text says what they do.
    let tidy = "DO $$ BEGIN EXECUTE concat('DEALLO', 'CATE ALL'); END $$";
    let set = set(&[("tidy", tidy, tidy)]);
    for mut world in worlds() {
        let report = world.up(&set).unwrap();
        assert_eq!(report.steps().len(), set.migrations().len());
        assert_eq!(world.history().len(), set.migrations().len());
        let report = world.down_to(&set, 0).unwrap();
        assert_eq!(report.steps().len(), set.migrations().len());
        assert_eq!(world.history(), [""; 0]);
    }
}

#[test]
fn what_a_script_sets_in_their_midst_is_put_back() {
    let set = set(&[
        // Put together, so that what they set is not seen beforehand.
        (
            "role",
            "DO $$ BEGIN EXECUTE concat('SET R', 'OLE pg_monitor'); END $$",
            "SELECT 1",
        ),
        (
            "path",
            "DO $$ BEGIN EXECUTE concat('SET search', '_path = pg_temp'); END $$",
            "SELECT 1",
        ),
        (
            "encoding",
            "DO $$ BEGIN EXECUTE concat('SET client', '_encoding = LATIN1'); END $$",
            "SELECT 1",
        ),
    ]);
    for mut world in worlds() {
        world.up(&set).unwrap();
        let now = "SELECT concat_ws(' ', current_setting('role'), current_setting('search_path'), current_setting('client_encoding'), current_setting('application_name'))";
        let fresh = world.connect().value(now);
        assert_eq!(world.client.value(now), fresh);
        assert_eq!(world.history().len(), set.migrations().len());
    }
}
