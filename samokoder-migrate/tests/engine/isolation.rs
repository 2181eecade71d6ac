//! Databases whose defaults for transactions are not READ COMMITTED READ WRITE.

use std::thread;

use samokoder_migrate::{revision::Target, verb};

use crate::support::{World, set, worlds};

const DEFAULTS: [&str; 3] = [
    "default_transaction_isolation = 'repeatable read'",
    "default_transaction_isolation = 'serializable'",
    "default_transaction_read_only = on",
];

fn each_default(test: impl Fn(&mut World)) {
    for default in DEFAULTS {
        for mut world in worlds() {
            world
                .admin
                .execute("CREATE TABLE ran (at timestamptz DEFAULT now())");
            world.database_default(default);
            test(&mut world);
        }
    }
}

#[test]
fn two_runners_at_once_run_a_script_once() {
    each_default(|world| {
        let set = set(&[
            ("a", "INSERT INTO ran DEFAULT VALUES", "SELECT 1"),
            ("b", "INSERT INTO ran DEFAULT VALUES", "SELECT 1"),
        ]);
        let clients = [world.connect(), world.connect(), world.connect()];
        let done: Vec<usize> = thread::scope(|scope| {
            let runs = clients.map(|mut client| {
                let set = &set;
                scope.spawn(move || {
                    let report = client.run(verb::run_to(set, Target::Head)).unwrap();
                    report.steps().len()
                })
            });
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(done.iter().sum::<usize>(), 2, "{done:?}");
        assert_eq!(world.admin.value("SELECT count(*) FROM ran"), "2");
        assert!(world.up(&set).unwrap().is_noop());
    });
}

#[test]
fn the_guard_sees_what_was_committed_after_its_transaction_began() {
    each_default(|world| {
        let set = set(&[("a", "INSERT INTO ran DEFAULT VALUES", "SELECT 1")]);
        let plan = world
            .client
            .plan(verb::plan_to(&set, Target::Head))
            .unwrap();
        let message = &plan.scripts()[0];
        let begin = "BEGIN ISOLATION";
        let step = &message[message.rfind(begin).unwrap()..];
        let (before, guard) = step.split_at(step.find("DO $").unwrap());
        let mut late = world.connect();
        // Whatever snapshot this transaction keeps is taken here, before the other run.
        late.execute(before);
        world.up(&set).unwrap();
        assert_eq!(late.refused(guard), "SM709");
        late.execute("ROLLBACK");
        assert_eq!(world.admin.value("SELECT count(*) FROM ran"), "1");
    });
}
