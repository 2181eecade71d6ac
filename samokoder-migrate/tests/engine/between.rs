//! What gets in between two steps of one message.

use std::thread;

use samokoder_migrate::{
    Report,
    revision::{Point, Target},
    verb,
};

use crate::support::{Given, World, eventually, worlds};

/// The lock of the schema `samokoder_migrate`, as FORMATS.md has it.
const LOCK: &str = "7110866458241123279";

/// How long the session that got in between keeps the lock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// Until the run, which a step lets wait for half a second, is seen to have given way.
    UntilAsked,
    /// No longer than it must: the run's second step finds the lock free in time.
    NoLonger,
}

/// How many steps there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Length {
    /// The two that matter.
    Short,
    /// So many more that the message's statements of ours are prepared once.
    Long,
}

/// How many more.
const MORE: usize = 20;

/// Runs two steps, or more. Another session waits in the lock's queue while the first runs, so it has the
/// lock when that commits, and does `meddle`.
fn meddled(world: &mut World, length: Length, meddle: &str, keeps: Keeps) -> Report<Point> {
    world
        .admin
        .execute("CREATE TABLE gate (id int); CREATE TABLE ran (step int)");
    let more = match length {
        Length::Short => 0,
        Length::Long => MORE,
    };
    let two = Given::new()
        .migration(
            "a",
            "LOCK TABLE gate; INSERT INTO ran VALUES (1)",
            "SELECT 1",
        )
        .migration("b", "INSERT INTO ran VALUES (2)", "SELECT 1");
    let set = (0..more)
        .fold(two, |given, i| {
            given.migration(&format!("more_{i}"), "SELECT 1", "SELECT 1")
        })
        .set();
    let (mut gate, mut other) = (world.connect(), world.connect());
    gate.execute("BEGIN; LOCK TABLE gate");
    let mine = world.client.value("SELECT pg_backend_pid()");
    let others = other.value("SELECT pg_backend_pid()");
    let World { client, admin, .. } = world;
    thread::scope(|scope| {
        // Dropped with a panic here, so that the run does not wait for ever.
        let mut gate = gate;
        let run = scope.spawn(|| client.run(verb::run_to(&set, Target::Head)).unwrap());
        let waits = |pid: &str| {
            format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'")
        };
        eventually("the first step", || admin.column(&waits(&mine)).pop());
        let meddler = scope.spawn(move || {
            other.execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK})"));
            other
        });
        eventually("the other's wait", || admin.column(&waits(&others)).pop());
        gate.execute("ROLLBACK");
        let mut other = meddler.join().unwrap();
        other.execute(meddle);
        let asks = format!(
            "SELECT 1 FROM pg_stat_activity WHERE pid = {mine} AND query LIKE '%pg_locks%'"
        );
        if keeps == Keeps::UntilAsked {
            eventually("the run's question", || admin.column(&asks).pop());
        }
        other.execute("COMMIT");
        run.join().unwrap()
    })
}

#[test]
fn a_step_that_finds_the_lock_taken_waits_and_goes_on() {
    for (length, steps) in [(Length::Short, 2), (Length::Long, 2 + MORE)] {
        for mut world in worlds() {
            let report = meddled(&mut world, length, "SELECT 1", Keeps::UntilAsked);
            assert_eq!(report.steps().len(), steps);
            assert_eq!(world.admin.column("SELECT step FROM ran"), ["1", "2"]);
            let events = world.events();
            assert_eq!(events.len(), steps);
            assert_eq!(events[..2], ["upgrade done 001_a", "upgrade done 002_b"]);
        }
    }
}

#[test]
fn a_step_that_finds_the_history_elsewhere_plans_anew() {
    let meddle = "DELETE FROM samokoder_migrate.history";
    for (length, steps) in [(Length::Short, 2), (Length::Long, 2 + MORE)] {
        for keeps in [Keeps::NoLonger, Keeps::UntilAsked] {
            for mut world in worlds() {
                let report = meddled(&mut world, length, meddle, keeps);
                assert_eq!(report.steps().len(), 1 + steps, "the first of them twice");
                assert_eq!(world.admin.column("SELECT step FROM ran"), ["1", "1", "2"]);
                assert_eq!(world.history().len(), steps);
            }
        }
    }
}
