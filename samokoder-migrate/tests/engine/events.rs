//! What a run tells while it is at work.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use samokoder_migrate::{
    event::Event,
    report::StepReport,
    revision::{Point, Target},
    verb::{self, Run},
};

use crate::support::{eventually, set, worlds};

const SHORT: Duration = Duration::from_millis(100);

/// What was told, a line an event.
type Told = Arc<Mutex<Vec<String>>>;

/// Writes down what a run tells.
fn heard(run: Run<'_, Point>) -> (Run<'_, Point>, Told) {
    let told = Told::default();
    let heard = Arc::clone(&told);
    let run = run.on_event(move |event| heard.lock().unwrap().push(line(event)));
    (run, told)
}

fn line(event: &Event<'_>) -> String {
    let subjects = |steps: &[samokoder_migrate::Step]| {
        let subjects: Vec<&str> = steps.iter().map(|step| step.subject.as_str()).collect();
        subjects.join(" ")
    };
    match event {
        Event::Planned { steps, .. } => format!("planned {}", subjects(steps)),
        Event::Sent { steps } => format!("sent {}", subjects(steps)),
        Event::Done(step) => format!("done {} {}", step.subject, step.attempts),
        Event::Waiting { holder, .. } => {
            format!(
                "waiting for {}",
                holder.map_or("nobody", |holder| &holder.application)
            )
        }
        Event::Retrying {
            subject, attempt, ..
        } => format!("retrying {subject} {attempt}"),
        Event::Failed(error) => format!("failed {}", error.code()),
        _ => "something else".to_owned(),
    }
}

#[test]
fn steps_are_told_as_they_stand_also_those_before_a_failure() {
    for mut world in worlds() {
        let set = set(&[
            ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
            (
                "b",
                "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON a (id)",
                "DROP INDEX i",
            ),
            ("c", "CREATE TABLE c (id int)", "DROP TABLE c"),
            ("d", "SELECT 1 / 0", "SELECT 1"),
        ]);
        let (run, told) = heard(verb::run_to(&set, Target::Head));
        world.client.run(run).unwrap_err();
        let expected = [
            "planned 001_a 002_b 003_c 004_d",
            "sent 001_a",
            "done 001_a 1",
            "sent 002_b",
            "done 002_b 1",
            "sent 003_c 004_d",
            "done 003_c 1",
            "failed SM0701",
        ];
        assert_eq!(*told.lock().unwrap(), expected);
        let (run, told) = heard(verb::run_to(&set, Target::At(Point(3))));
        assert!(world.client.run(run).unwrap().is_noop());
        assert_eq!(*told.lock().unwrap(), [""; 0]);
    }
}

#[test]
fn who_is_waited_for_is_told_while_it_is_waited() {
    for mut world in worlds() {
        let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
        let mut other = world.connect();
        other.execute("SET application_name = 'other'");
        other.execute("BEGIN; SELECT pg_advisory_xact_lock(7110866458241123279)");
        let (run, told) = heard(verb::run_to(&set, Target::Head));
        let client = &mut world.client;
        thread::scope(|scope| {
            // Dropped with a panic here, so that the run does not wait for ever.
            let mut other = other;
            let run = scope.spawn(|| client.run(run).unwrap());
            let waits = || {
                let told = told.lock().unwrap();
                told.contains(&"waiting for other".to_owned()).then_some(())
            };
            eventually("a wait", waits);
            other.execute("ROLLBACK");
            run.join().unwrap()
        });
        assert_eq!(told.lock().unwrap().last().unwrap(), "done 001_a 1");
    }
}

#[test]
fn a_lost_lock_is_told_with_the_next_attempt() {
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE gate (id int)");
        let set = set(&[("a", "LOCK TABLE gate", "SELECT 1")]);
        let mut gate = world.connect();
        gate.execute("BEGIN; LOCK TABLE gate");
        let run = verb::run_to(&set, Target::Head)
            .lock_timeout(SHORT)
            .retries(2);
        let (run, told) = heard(run);
        world.client.run(run).unwrap_err();
        let expected = [
            "planned 001_a",
            "sent 001_a",
            "retrying 001_a 2",
            "planned 001_a",
            "sent 001_a",
            "retrying 001_a 3",
            "planned 001_a",
            "sent 001_a",
            "failed SM0701",
        ];
        assert_eq!(*told.lock().unwrap(), expected);
    }
}

#[test]
fn each_step_is_told_with_its_own_duration_also_over_several_messages() {
    let slow = "SELECT pg_sleep(0.2)";
    let outside = "-- samokoder: no-transaction\nVACUUM";
    let set = set(&[
        ("a", slow, "SELECT 1"),
        ("b", "SELECT 1", "SELECT 1"),
        ("c", outside, outside),
        ("d", "SELECT 1", "SELECT 1"),
        ("e", slow, "SELECT 1"),
    ]);
    for mut world in worlds() {
        let report = world.up(&set).unwrap();
        let is_slow = |step: &StepReport| step.duration.unwrap() >= Duration::from_millis(200);
        let slow: Vec<bool> = report.steps().iter().map(is_slow).collect();
        assert_eq!(slow[..2], [true, false]);
        assert_eq!(slow[3..], [false, true]);
    }
}
