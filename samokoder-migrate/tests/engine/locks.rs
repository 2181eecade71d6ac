//! Steps that lose a lock: to somebody who holds it, or in a deadlock.

use std::{thread, time::Duration};

use samokoder_migrate::{Code, revision::Target, verb};

use crate::support::{World, eventually, set, worlds};

const SHORT: Duration = Duration::from_millis(100);

fn sessions_that_wait(world: &mut World) -> Option<String> {
    world
        .admin
        .column(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
             AND wait_event <> 'advisory'",
        )
        .pop()
}

#[test]
fn a_step_that_lost_a_lock_is_tried_again_and_those_before_it_are_not() {
    for mut world in worlds() {
        world
            .admin
            .execute("CREATE TABLE gate (id int); CREATE TABLE ran (step int)");
        let set = set(&[
            ("a", "INSERT INTO ran VALUES (1)", "SELECT 1"),
            (
                "b",
                "LOCK TABLE gate; INSERT INTO ran VALUES (2)",
                "SELECT 1",
            ),
            ("c", "INSERT INTO ran VALUES (3)", "SELECT 1"),
        ]);
        let mut gate = world.connect();
        gate.execute("BEGIN; LOCK TABLE gate");
        let mut client = world.connect();
        let report = thread::scope(|scope| {
            // Dropped with a panic here, so that the run does not wait for ever.
            let mut gate = gate;
            let run = scope.spawn(|| {
                let run = verb::run_to(&set, Target::Head).lock_timeout(SHORT);
                client.run(run).unwrap()
            });
            let first = eventually("a wait", || sessions_that_wait(&mut world));
            // The first step stands while the second is tried.
            eventually("another attempt", || {
                let gone = sessions_that_wait(&mut world).is_none();
                gone.then_some(first.clone())
            });
            assert_eq!(world.history(), ["001_a"]);
            eventually("another wait", || sessions_that_wait(&mut world));
            gate.execute("ROLLBACK");
            run.join().unwrap()
        });
        let attempts: Vec<u32> = report.steps().iter().map(|step| step.attempts).collect();
        assert_eq!((attempts[0], attempts[2]), (1, 1));
        assert!(attempts[1] > 1, "{attempts:?}");
        assert!(
            report
                .to_string()
                .contains(&format!("at attempt {}", attempts[1]))
        );
        assert_eq!(
            world.admin.column("SELECT step FROM ran ORDER BY 1"),
            ["1", "2", "3"]
        );
        assert_eq!(world.events().len(), 3);
    }
}

#[test]
fn a_lock_that_is_never_had_ends_the_run_after_so_many_attempts() {
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE gate (id int)");
        let set = set(&[("a", "LOCK TABLE gate", "SELECT 1")]);
        let mut gate = world.connect();
        gate.execute("BEGIN; LOCK TABLE gate");
        let attempts = |world: &mut World, retries| {
            let run = verb::run_to(&set, Target::Head)
                .lock_timeout(SHORT)
                .retries(retries);
            let error = world.client.run(run).unwrap_err();
            assert_eq!(error.code(), Code::StatementFailed);
            assert_eq!(error.server().unwrap().sqlstate, "55P03");
            error.rendered()
        };
        let once = attempts(&mut world, 0);
        assert!(!once.contains("attempt"), "{once}");
        let thrice = attempts(&mut world, 2);
        assert!(
            thrice.contains("the lock was not had at 3 attempts"),
            "{thrice}"
        );
        // Only the last attempt is a failure.
        assert_eq!(world.events(), ["upgrade failed 001_a 55P03"; 2]);
    }
}

#[test]
fn one_of_two_in_a_deadlock_is_tried_again() {
    for mut world in worlds() {
        world
            .admin
            .execute("CREATE TABLE a (id int); CREATE TABLE b (id int)");
        let set = set(&[(
            "x",
            "LOCK TABLE a; SELECT pg_sleep(0.05); LOCK TABLE b",
            "SELECT 1",
        )]);
        let (mut other, mut client) = (world.connect(), world.connect());
        // The other gives way later than the run.
        other.execute("SET deadlock_timeout = '1min'; BEGIN; LOCK TABLE b");
        let report = thread::scope(|scope| {
            let run = scope.spawn(|| client.run(verb::run_to(&set, Target::Head)).unwrap());
            eventually("a wait", || sessions_that_wait(&mut world));
            other.execute("LOCK TABLE a; COMMIT");
            run.join().unwrap()
        });
        assert!(report.steps()[0].attempts > 1);
        assert_eq!(world.history(), ["001_x"]);
    }
}

#[test]
fn where_nobody_says_how_long_to_wait_for_a_lock_it_is_five_seconds() {
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE seen (was text)");
        let see = "INSERT INTO seen SELECT current_setting('lock_timeout')";
        let outside = format!("-- samokoder: no-transaction\n{see}");
        let set = set(&[("a", see, "SELECT 1"), ("b", &outside, "SELECT 1")]);
        let seen = |world: &mut World| {
            world.up(&set).unwrap();
            let seen = world.admin.column("SELECT was FROM seen");
            assert_eq!(
                world.client.value("SHOW lock_timeout"),
                world.connect().value("SHOW lock_timeout")
            );
            world.down_to(&set, 0).unwrap();
            world.admin.execute("TRUNCATE seen");
            seen
        };
        assert_eq!(seen(&mut world), ["5s", "0"]);
        world.database_default("lock_timeout = '2s'");
        assert_eq!(seen(&mut world), ["2s", "2s"]);
    }
}

#[test]
fn nothing_is_begun_after_the_deadline() {
    for mut world in worlds() {
        let slow = "-- samokoder: no-transaction\nSELECT pg_sleep(0.2)";
        let set = set(&[
            ("a", slow, "SELECT 1"),
            ("b", "CREATE TABLE t (id int)", "DROP TABLE t"),
            ("c", "SELECT pg_sleep(60)", "SELECT 1"),
        ]);
        let run = |time| verb::run_to(&set, Target::Head).deadline(Duration::from_millis(time));
        // The first script alone takes longer; but nothing ends what is sent already.
        let error = world.client.run(run(1)).unwrap_err();
        assert_eq!(error.code(), Code::DeadlinePassed);
        assert!(!world.exists("samokoder_migrate.history"));

        let error = world.client.run(run(1_000)).unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed);
        assert_eq!(error.server().unwrap().sqlstate, "57014");
        assert!(
            error.rendered().contains("the run's 1 s are over"),
            "{}",
            error.rendered()
        );
        assert_eq!(world.history(), ["001_a", "002_b"]);
    }
}

#[test]
fn a_deadline_ends_the_retries_too() {
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE gate (id int)");
        let set = set(&[("a", "LOCK TABLE gate", "SELECT 1")]);
        let mut gate = world.connect();
        gate.execute("BEGIN; LOCK TABLE gate");
        let run = verb::run_to(&set, Target::Head)
            .lock_timeout(SHORT)
            .retries(u32::MAX)
            .deadline(Duration::from_millis(500));
        let error = world.client.run(run).unwrap_err();
        assert!(matches!(
            error.code(),
            Code::DeadlinePassed | Code::StatementFailed
        ));
        assert_eq!(error.report().unwrap().steps(), []);
    }
}
