//! What an operator sees while a step runs.

use std::thread;

use samokoder_migrate::{revision::Target, verb};

use crate::support::{Given, World, eventually, worlds};

#[test]
fn a_step_is_named_in_pg_stat_activity_while_it_runs() {
    let set = Given::new()
        .migration("a", "SELECT 1", "SELECT 1")
        .migration("slow", "LOCK TABLE gate", "SELECT 1")
        .migration(
            "outside",
            "-- samokoder: no-transaction\nINSERT INTO gate VALUES (1)",
            "-- samokoder: no-transaction\nSELECT 1",
        )
        .set();
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE gate (id int)");
        world.client.execute("SET application_name = 'my service'");
        let pid = world.client.value("SELECT pg_backend_pid()");
        for (position, name) in [(2, "002_slow"), (3, "003_outside")] {
            let mut gate = world.connect();
            gate.execute("BEGIN; LOCK TABLE gate");
            let World { client, admin, .. } = &mut world;
            let set = &set;
            thread::scope(|scope| {
                // Dropped with a panic here, so that the run does not wait for ever.
                let mut gate = gate;
                let run = scope.spawn(move || {
                    let target = Target::At(samokoder_migrate::revision::Point(position));
                    client.run(verb::run_to(set, target)).unwrap()
                });
                let sql = format!(
                    "SELECT application_name FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'"
                );
                let seen = eventually("the step", || admin.column(&sql).pop());
                assert_eq!(seen, format!("samokoder-migrate {name}"));
                gate.execute("ROLLBACK");
                run.join().unwrap();
            });
            assert_eq!(world.client.value("SHOW application_name"), "my service");
        }
    }
}
