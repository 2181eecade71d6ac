//! Other runs, and locks that others hold.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use samokoder_migrate::{event::Event, revision::Target, verb};

use crate::support::{Admin, eventually, set, worlds};

/// Takes the lock that runs take turns by.
const LOCK: &str = "SELECT pg_advisory_lock(7110866458241123279)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7110866458241123279)";

#[test]
fn waits_for_another_run_and_then_does_its_own() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    for mut world in worlds() {
        world.admin.execute(LOCK);
        let error = world
            .client
            .run(verb::run_to(&set, Target::Head).wait(Duration::ZERO))
            .unwrap_err();
        assert_eq!(error.code().as_str(), "SM0702");
        assert!(
            error.rendered().contains("the lock is held by process"),
            "{error:?}"
        );
        let (tell, told) = mpsc::channel();
        let tell = Mutex::new(tell);
        let run = verb::run_to(&set, Target::Head).on_event(move |event| {
            if let Event::Waiting {
                holder: Some(holder),
                ..
            } = event
            {
                drop(tell.lock().unwrap().send(holder.pid.clone()));
            }
        });
        let pid = world.admin.value("SELECT pg_backend_pid()");
        let (client, admin) = (&mut world.client, &mut world.admin);
        thread::scope(|scope| {
            let running = scope.spawn(|| client.run(run).unwrap());
            assert_eq!(told.recv().unwrap(), pid);
            admin.execute(UNLOCK);
            assert_eq!(running.join().unwrap().steps().len(), 1);
        });
        assert!(world.exists("a"));
    }
}

#[test]
fn tries_a_step_that_lost_a_lock_again() {
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        (
            "b",
            "LOCK TABLE gate; CREATE TABLE b (id int)",
            "DROP TABLE b",
        ),
    ]);
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE gate (id int)");
        world.admin.execute("BEGIN; LOCK TABLE gate");
        let (tell, told) = mpsc::channel();
        let tell = Mutex::new(tell);
        let run = verb::run_to(&set, Target::Head)
            .lock_timeout(Duration::from_millis(50))
            .on_event(move |event| {
                if let Event::Retrying { subject, .. } = event {
                    drop(tell.lock().unwrap().send((*subject).to_owned()));
                }
            });
        let (client, admin) = (&mut world.client, &mut world.admin);
        let report = thread::scope(|scope| {
            let running = scope.spawn(|| client.run(run).unwrap());
            assert_eq!(told.recv().unwrap(), "002_b");
            admin.execute("COMMIT");
            running.join().unwrap()
        });
        assert_eq!(report.steps()[0].attempts, 1);
        assert!(report.steps()[1].attempts > 1);
        assert_eq!(world.history(), ["001_a", "002_b"]);
    }
}

#[test]
fn tries_the_step_that_a_deadlock_ended_again() {
    let set = set(&[(
        "a",
        "SET LOCAL deadlock_timeout = '10ms'; LOCK TABLE one; SELECT pg_advisory_xact_lock(1); LOCK TABLE two",
        "SELECT 1",
    )]);
    for mut world in worlds() {
        world.admin.execute(
            "CREATE TABLE one (id int); CREATE TABLE two (id int); SELECT pg_advisory_lock(1)",
        );
        let mut other = Admin::connect(&world.database.url());
        other.execute("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE two");
        let retried = Arc::new(Mutex::new(0));
        let count = Arc::clone(&retried);
        let run = verb::run_to(&set, Target::Head).on_event(move |event| {
            if let Event::Retrying { .. } = event {
                *count.lock().unwrap() += 1;
            }
        });
        let (client, admin) = (&mut world.client, &mut world.admin);
        thread::scope(|scope| {
            let running = scope.spawn(|| client.run(run).unwrap());
            eventually("a run before the gate", || {
                admin
                    .column("SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
                    .pop()
            });
            scope.spawn(|| other.execute("LOCK TABLE one; COMMIT"));
            eventually("another that waits for the run", || {
                admin
                    .column(
                        "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'one'::regclass",
                    )
                    .pop()
            });
            // The run now asks for what the other holds.
            admin.execute("SELECT pg_advisory_unlock(1)");
            running.join().unwrap();
        });
        assert_eq!(*retried.lock().unwrap(), 1);
    }
}
