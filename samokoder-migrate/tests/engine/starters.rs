//! Many copies that start at once, and a run that finds another at work.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use samokoder_migrate::{Set, revision::Target, verb};

use crate::support::{Given, World, eventually, set, worlds};

const STARTERS: usize = 8;

/// Starts eight runs at once; returns how many steps each did.
fn start(world: &World, set: &Set) -> Vec<usize> {
    let barrier = Barrier::new(STARTERS);
    let clients: Vec<_> = (0..STARTERS).map(|_| world.connect()).collect();
    thread::scope(|scope| {
        let runs: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    let report = client.run(verb::run_to(set, Target::Head)).unwrap();
                    report.steps().len()
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

#[test]
fn of_eight_starters_one_does_the_work_and_none_fails() {
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE ran (script int)");
        let set = (0..6)
            .fold(Given::new(), |given, i| {
                given.migration(
                    &format!("m{i}"),
                    &format!("INSERT INTO ran VALUES ({i}); SELECT pg_sleep(0.01)"),
                    "SELECT 1",
                )
            })
            .seed(
                "s",
                "INSERT INTO ran SELECT 100 WHERE true ON CONFLICT DO NOTHING",
            )
            .set();
        let mut done = start(&world, &set);
        done.sort_unstable();
        assert_eq!(done, [0, 0, 0, 0, 0, 0, 0, 7]);
        assert_eq!(
            world.admin.column("SELECT script FROM ran ORDER BY 1"),
            ["0", "1", "2", "3", "4", "5", "100"]
        );
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn of_eight_starters_none_fails_where_an_index_is_built_concurrently() {
    for mut world in worlds() {
        world
            .admin
            .execute("CREATE TABLE ran (script int); CREATE TABLE t (id int)");
        let outside = "-- samokoder: no-transaction\n";
        let set = Given::new()
            .migration("a", "INSERT INTO ran VALUES (1)", "SELECT 1")
            .migration(
                "b",
                &format!("{outside}CREATE INDEX CONCURRENTLY i ON t (id); CREATE INDEX CONCURRENTLY j ON t (id); INSERT INTO ran VALUES (2)"),
                &format!("{outside}DROP INDEX CONCURRENTLY i; DROP INDEX CONCURRENTLY j"),
            )
            .migration("c", "INSERT INTO ran VALUES (3)", "SELECT 1")
            .migration(
                "d",
                &format!("{outside}CREATE INDEX CONCURRENTLY k ON t (id); INSERT INTO ran VALUES (4)"),
                &format!("{outside}DROP INDEX CONCURRENTLY k"),
            )
            .set();
        let done = start(&world, &set);
        assert_eq!(done.iter().sum::<usize>(), 4, "{done:?}");
        assert_eq!(
            world.admin.column("SELECT script FROM ran ORDER BY 1"),
            ["1", "2", "3", "4"]
        );
        assert_eq!(
            world.admin.value(
                "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid"
            ),
            "3"
        );
        assert_eq!(world.locks(), [""; 0]);
    }
}

/// The key of a schema's lock, as a run that is at work holds it.
fn key_held(world: &mut World) -> String {
    world.admin.value(
        "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
}

#[test]
fn gives_up_after_its_patience_and_names_who_holds_the_lock() {
    for mut world in worlds() {
        // A run that waits for a table in its script holds the lock.
        world.admin.execute("CREATE TABLE gate (id int)");
        let set = set(&[("a", "LOCK TABLE gate", "SELECT 1")]);
        let mut gate = world.connect();
        gate.execute("BEGIN; LOCK TABLE gate");
        let mut other = world.connect();
        let pid = other.value("SELECT pg_backend_pid()");
        let (set, world) = (&set, &mut world);
        thread::scope(|scope| {
            // Dropped with a panic here, so that the run does not wait for ever.
            let mut gate = gate;
            let run = scope.spawn(move || other.run(verb::run_to(set, Target::Head)).unwrap());
            let waits = format!(
                "SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'"
            );
            eventually("the other run", || {
                (!world.admin.column(&waits).is_empty()).then_some(())
            });
            let key = key_held(world);
            let mine = world.client.value("SELECT pg_backend_pid()");
            let World { client, admin, .. } = &mut *world;
            let began = Instant::now();
            let loser = scope.spawn(move || {
                client
                    .run(verb::run_to(set, Target::Head).wait(Duration::from_millis(700)))
                    .unwrap_err()
            });
            // Never in the lock's queue: a waiter there holds a snapshot.
            while !loser.is_finished() {
                let queued = admin.column(&format!(
                    "SELECT 1 FROM pg_locks WHERE pid = {mine} AND locktype = 'advisory' AND NOT granted"
                ));
                assert!(queued.is_empty());
            }
            let error = loser.join().unwrap();
            assert_eq!(error.code().as_str(), "SM0702", "{error:?}");
            let took = began.elapsed();
            assert!(
                took >= Duration::from_millis(700) && took < Duration::from_secs(10),
                "{took:?}"
            );
            let said = error.rendered();
            for part in [
                format!("process {pid}"),
                "samokoder-migrate 001_a".to_owned(),
                "role `postgres`".to_owned(),
                "nothing was done".to_owned(),
            ] {
                assert!(said.contains(&part), "{said}");
            }
            // One read, one try, then short reads at 20, 40, 80, 160, 320 ms and what is left.
            let messages = error.report().unwrap().round_trips();
            assert!(messages <= 12, "{messages} messages");
            gate.execute("ROLLBACK");
            run.join().unwrap();
            assert_ne!(key, "0");
        });
        assert!(world.up(set).unwrap().is_noop());
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn a_waiting_run_finds_the_work_done() {
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE gate (id int)");
        let set = set(&[("a", "LOCK TABLE gate; CREATE TABLE a (id int)", "SELECT 1")]);
        let mut gate = world.connect();
        gate.execute("BEGIN; LOCK TABLE gate");
        let mut other = world.connect();
        let others = other.value("SELECT pg_backend_pid()");
        let mine = world.client.value("SELECT pg_backend_pid()");
        let set = &set;
        let World { client, admin, .. } = &mut world;
        let (first, second) = thread::scope(|scope| {
            // Dropped with a panic here, so that the run does not wait for ever.
            let mut gate = gate;
            let first = scope.spawn(move || other.run(verb::run_to(set, Target::Head)).unwrap());
            let waits = format!(
                "SELECT 1 FROM pg_stat_activity WHERE pid = {others} AND wait_event_type = 'Lock'"
            );
            eventually("the first run", || admin.column(&waits).pop());
            let second = scope.spawn(move || client.run(verb::run_to(set, Target::Head)).unwrap());
            // It has asked who holds the lock, so it has been told that another is at work.
            eventually("the second run's wait", || {
                (!admin
                    .column(&format!(
                        "SELECT 1 FROM pg_stat_activity WHERE pid = {mine} AND query LIKE '%pg_locks%'"
                    ))
                    .is_empty())
                .then_some(())
            });
            gate.execute("ROLLBACK");
            (first.join().unwrap(), second.join().unwrap())
        });
        assert_eq!(first.steps().len(), 1);
        assert!(second.is_noop());
    }
}
