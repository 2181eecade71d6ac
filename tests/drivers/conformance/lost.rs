//! A connection that is killed while a run is at work.

use std::thread;

use samokoder_migrate::{revision::Target, verb};

use crate::support::{eventually, set, worlds};

const ASLEEP: &str = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

#[test]
fn a_connection_that_is_killed_in_the_middle_is_told_and_the_next_run_finishes() {
    for mut world in worlds() {
        world
            .admin
            .execute("CREATE TABLE pause (seconds float8); INSERT INTO pause VALUES (60)");
        let set = set(&[
            ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
            (
                "b",
                "CREATE TABLE b (id int); SELECT pg_sleep(seconds) FROM pause",
                "DROP TABLE b",
            ),
        ]);
        let (client, admin) = (&mut world.client, &mut world.admin);
        let error = thread::scope(|scope| {
            let running = scope.spawn(|| {
                client
                    .run(samokoder_migrate::verb::run_to(
                        &set,
                        samokoder_migrate::revision::Target::Head,
                    ))
                    .unwrap_err()
            });
            let pid = eventually("a sleep", || admin.column(ASLEEP).pop());
            admin.execute(&format!("SELECT pg_terminate_backend({pid})"));
            running.join().unwrap()
        });
        assert_eq!(error.code().as_str(), "SM0705", "{error:?}");
        let said = error.rendered();
        assert!(said.contains("connect again and run again"), "{said}");
        world.admin.execute("UPDATE pause SET seconds = 0");
        world.client = world.connect();
        assert_eq!(world.history(), ["001_a"]);
        assert!(!world.exists("b"));
        world.up(&set).unwrap();
        assert_eq!(world.history(), ["001_a", "002_b"]);
    }
}
