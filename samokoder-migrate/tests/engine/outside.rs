//! Scripts outside a transaction: a mark, a statement, a mark, and what is left when that stops.

use std::{sync::mpsc, thread, time::Duration};

use samokoder_migrate::{
    Set,
    event::Event,
    revision::{Point, Target},
    verb,
};

use crate::support::{Given, World, eventually, worlds};

const OUTSIDE: &str = "-- samokoder: no-transaction\n";

fn outside(up: &str, down: &str) -> Set {
    Given::new()
        .migration(
            "before",
            "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)",
            "DROP TABLE t",
        )
        .migration(
            "index",
            &format!("{OUTSIDE}{up}"),
            &format!("{OUTSIDE}{down}"),
        )
        .migration("after", "CREATE TABLE after (id int)", "DROP TABLE after")
        .set()
}

fn valid_indexes(world: &mut World) -> Vec<String> {
    world.admin.column(
        "SELECT concat_ws(' ', c.relname, i.indisvalid) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
         WHERE i.indrelid = to_regclass('public.t') ORDER BY 1",
    )
}

#[test]
fn builds_and_drops_indexes_concurrently_between_other_steps() {
    let set = outside(
        "CREATE INDEX CONCURRENTLY i ON t (id);\nCREATE INDEX CONCURRENTLY j ON t (id);",
        "DROP INDEX CONCURRENTLY i; DROP INDEX CONCURRENTLY j",
    );
    for mut world in worlds() {
        let report = world.up(&set).unwrap();
        assert_eq!(report.steps().len(), 3);
        assert!(report.steps().iter().all(|step| step.duration.is_some()));
        assert_eq!(valid_indexes(&mut world), ["i t", "j t"]);
        assert_eq!(world.history(), ["001_before", "002_index", "003_after"]);
        assert!(world.unfinished().is_empty());
        assert_eq!(world.locks(), [""; 0]);
        let report = world.down_to(&set, 1).unwrap();
        assert_eq!(report.steps().len(), 2);
        assert!(valid_indexes(&mut world).is_empty());
        assert_eq!(world.locks(), [""; 0]);
        world.up(&set).unwrap();
        world.down_to(&set, 0).unwrap();
        assert!(world.history().is_empty());
    }
}

#[test]
fn goes_on_at_the_statement_that_was_refused() {
    let set = outside(
        "CREATE TABLE other (id int);\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON t (id);\nCREATE INDEX CONCURRENTLY i ON t (id)",
        "SELECT 1",
    );
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0701");
        assert_eq!(error.server().unwrap().sqlstate, "23505");
        let position = error.diagnostic().position().unwrap().to_string();
        assert_eq!(position, "3:1");
        let said = error.rendered();
        for part in [
            "002_index runs outside a transaction; its first statement stands",
            "001_before stands; the database is at 001_before",
            "remove the cause, in the database, not in the script, and run again: it goes on at this statement",
            "the invalid index public.u that it left was dropped",
            "to change the script, undo by hand what stands of it, and stamp 001_before",
        ] {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(world.unfinished(), ["002_index upgrade 2 3 refused"]);
        assert_eq!(world.locks(), [""; 0]);
        assert_eq!(
            world.events().last().unwrap(),
            "upgrade failed 002_index 23505"
        );
        let status = world.client.status(verb::status(&set)).unwrap();
        let problem = status.problem().unwrap();
        assert!(
            problem.contains("002_index was begun outside a transaction"),
            "{problem}"
        );
        // Refused again as long as the cause is there.
        assert!(valid_indexes(&mut world).is_empty());
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "23505");
        assert_eq!(world.unfinished(), ["002_index upgrade 2 3 refused"]);
        world.admin.execute("TRUNCATE t");
        let report = world.up(&set).unwrap();
        assert_eq!(report.steps().len(), 2);
        assert!(world.exists("other") && world.exists("after"));
        assert_eq!(valid_indexes(&mut world), ["i t", "u t"]);
        assert!(world.unfinished().is_empty());
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn nothing_is_unfinished_where_the_first_statement_was_refused() {
    let set = outside(
        "CREATE UNIQUE INDEX CONCURRENTLY u ON t (id);\nCREATE TABLE other (id int)",
        "DROP INDEX CONCURRENTLY nosuch; DROP TABLE other",
    );
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "23505");
        let said = error.rendered();
        assert!(said.contains("none of its statements stands"), "{said}");
        assert!(valid_indexes(&mut world).is_empty());
        assert!(world.unfinished().is_empty());
        assert_eq!(world.locks(), [""; 0]);
        world.admin.execute("TRUNCATE t");
        world.up(&set).unwrap();
        // On the way down too: the other ways stay open.
        let error = world.down_to(&set, 1).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "42704");
        assert_eq!(world.history(), ["001_before", "002_index"]);
        world.up(&set).unwrap();
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn takes_a_mended_script_whose_first_statement_was_refused() {
    let broken = outside(
        "CREATE INDEX CONCURRENTLY i ON t (nosuch)",
        "DROP INDEX CONCURRENTLY i",
    );
    let mended = outside(
        "CREATE INDEX CONCURRENTLY i ON t (id)",
        "DROP INDEX CONCURRENTLY i",
    );
    let inside = Given::new()
        .migration(
            "before",
            "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)",
            "DROP TABLE t",
        )
        .migration("index", "CREATE INDEX i ON t (id)", "DROP INDEX i")
        .set();
    for set in [&mended, &inside] {
        for mut world in worlds() {
            assert_eq!(
                world.up(&broken).unwrap_err().server().unwrap().sqlstate,
                "42703"
            );
            world.up(set).unwrap();
            assert_eq!(valid_indexes(&mut world), ["i t"]);
            assert!(world.unfinished().is_empty());
        }
    }
}

#[test]
fn does_not_go_on_with_another_script_or_past_the_refused_one() {
    let set = outside(
        "CREATE TABLE other (id int); CREATE INDEX CONCURRENTLY i ON t (nosuch)",
        "DROP TABLE other",
    );
    let edited = outside(
        "CREATE TABLE another (id int); CREATE INDEX CONCURRENTLY i ON t (id)",
        "DROP TABLE other",
    );
    for mut world in worlds() {
        world.up(&set).unwrap_err();
        let error = world.up(&edited).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0606");
        let said = error.rendered();
        for part in [
            "the upgrade 002_index, which runs outside a transaction, was not finished",
            "statement 2 of 2 was refused, those before it stand",
            "a run goes on there only with the script as it was then, and before anything else",
            "stamp 002_index",
            "stamp 001_before",
        ] {
            assert!(said.contains(part), "{said}");
        }
        assert!(!world.exists("another"));
        assert_eq!(
            world.down_to(&set, 0).unwrap_err().code().as_str(),
            "SM0606"
        );
        assert_eq!(
            world
                .client
                .verify(verb::verify(&set))
                .unwrap_err()
                .code()
                .as_str(),
            "SM0606"
        );
        world
            .client
            .run(verb::stamp(&edited, Target::At(Point(2))))
            .unwrap();
        assert!(world.unfinished().is_empty());
        world.up(&edited).unwrap();
        assert!(world.exists("after"));
    }
}

#[test]
fn another_run_waits_while_an_index_is_being_built() {
    let set = outside(
        "CREATE INDEX CONCURRENTLY i ON t (id)",
        "DROP INDEX CONCURRENTLY i",
    );
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let mut holder = world.connect();
        holder.execute("BEGIN; INSERT INTO t VALUES (3)");
        let mut other = world.connect();
        let pid = world.client.value("SELECT pg_backend_pid()");
        let World { client, admin, .. } = &mut world;
        thread::scope(|scope| {
            // Dropped with a panic here, so that the run does not wait for ever.
            let mut holder = holder;
            let run = scope.spawn(|| client.run(verb::run_to(&set, Target::Head)).unwrap());
            let waits = format!(
                "SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX CONCURRENTLY%'"
            );
            eventually("the index build", || admin.column(&waits).pop());
            let error = other
                .run(verb::run_to(&set, Target::Head).wait(Duration::from_millis(50)))
                .unwrap_err();
            assert_eq!(error.code().as_str(), "SM0702", "{error:?}");
            let said = error.rendered();
            assert!(
                said.contains(&format!(
                    "process {pid} (application `samokoder-migrate 002_index`"
                )),
                "{said}"
            );
            // Whoever waits is told how far it is.
            let (tell, told) = mpsc::channel();
            let wait = verb::run_to::<Point>(&set, Target::Head)
                .wait(Duration::from_millis(50))
                .on_event(move |event| {
                    if let Event::Building { holder, progress } = event {
                        tell.send(format!("{} {progress}", holder.pid)).unwrap();
                    }
                });
            other.run(wait).unwrap_err();
            assert_eq!(
                told.iter().next().unwrap(),
                format!("{pid} waiting for writers before build, 0 %")
            );
            // Nor does a stamp take what is being built for interrupted.
            let stamp = verb::stamp(&set, Target::At(Point(2))).wait(Duration::from_millis(50));
            assert_eq!(other.run(stamp).unwrap_err().code().as_str(), "SM0702");
            holder.execute("ROLLBACK");
            assert_eq!(run.join().unwrap().steps().len(), 2);
        });
        assert_eq!(valid_indexes(&mut world), ["i t"]);
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn the_lock_is_gone_also_when_the_record_itself_fails() {
    // The script writes the row that the step's own end would write.
    let set = outside(
        "INSERT INTO samokoder_migrate.history (set_name, position, version, name, label, checksum, downgrade_checksum, downgrade_outside, run)
         VALUES ('main', 2, '2', 'x', 'x', '', '', false, '')",
        "SELECT 1",
    );
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "23505", "{error:?}");
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn marks_are_ours_whatever_role_and_settings_the_script_chose() {
    for mut world in worlds() {
        let role = world.role("weak", "");
        world
            .admin
            .execute(&format!("GRANT CREATE ON SCHEMA public TO {role}"));
        let set = Given::new()
            .migration(
                "имя",
                &format!("{OUTSIDE}SET ROLE {role};\nSET default_transaction_read_only = off;\nSET search_path = public;\nCREATE TABLE t (id int);\nCREATE INDEX CONCURRENTLY i ON t (id);\nSET client_encoding = 'LATIN1';\nCOMMENT ON TABLE t IS 'имя'"),
                &format!("{OUTSIDE}SET ROLE {role}; DROP INDEX CONCURRENTLY i; DROP TABLE t"),
            )
            .set();
        world.up(&set).unwrap();
        assert_eq!(world.history(), ["001_имя"]);
        assert_eq!(
            world
                .admin
                .value("SELECT tableowner FROM pg_tables WHERE tablename = 't'"),
            role
        );
        assert_eq!(
            world.admin.value("SELECT obj_description('t'::regclass)"),
            "имя"
        );
        assert_eq!(world.client.value("SHOW role"), "none");
        world.down_to(&set, 0).unwrap();
        assert!(!world.exists("t"));
        assert_eq!(world.client.value("SHOW role"), "none");
    }
}

#[test]
fn a_stale_downgrade_does_not_stand_in_the_way_of_going_on() {
    let first = outside(
        "SELECT 1; CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON t (id)",
        "SELECT 1",
    );
    let mended = Given::new()
        .migration(
            "before",
            "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)",
            "DROP TABLE IF EXISTS t",
        )
        .migration(
            "index",
            &format!(
                "{OUTSIDE}SELECT 1; CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON t (id)"
            ),
            &format!("{OUTSIDE}SELECT 1"),
        )
        .set();
    for mut world in worlds() {
        world.up(&first).unwrap_err();
        world.admin.execute("TRUNCATE t");
        let report = world.up(&mended).unwrap();
        assert_eq!(report.steps().len(), 2);
        assert!(world.unfinished().is_empty());
    }
}
