//! What reaches the server's disk, and when; what a client that goes away leaves running.

use std::{sync::Arc, time::Duration};

use samokoder_migrate::{event::Event, revision::Target, testing::Server, verb};

use crate::support::{Driver, World, set, worlds};

#[test]
fn all_but_the_last_commit_of_a_message_leave_the_flush_to_it() {
    let note = "INSERT INTO seen VALUES (current_setting('synchronous_commit'), current_setting('client_connection_check_interval', true))";
    let set = set(&[
        ("a", note, "SELECT 1"),
        ("b", note, "SELECT 1"),
        ("c", note, "SELECT 1"),
    ]);
    for mut world in worlds() {
        world
            .admin
            .execute("CREATE TABLE seen (flush text, watch text)");
        world.client.execute("SET synchronous_commit = on");
        world.up(&set).unwrap();
        assert_eq!(
            world.admin.column("SELECT flush FROM seen"),
            ["off", "off", "on"]
        );
        assert_eq!(world.client.value("SHOW synchronous_commit"), "on");
        // The server looks whether the client is still there.
        if Server::shared().unwrap().version() >= 14 {
            assert_eq!(
                world.admin.column("SELECT DISTINCT watch FROM seen"),
                ["2s"]
            );
        }
    }
}

#[test]
fn a_failure_is_recorded_by_a_commit_that_is_flushed() {
    // A trigger of the script's own, since one that was there before would be refused.
    let set = set(&[
        (
            "a",
            "CREATE TABLE seen (outcome text, flush text);
             CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO public.seen VALUES (NEW.outcome, current_setting(''synchronous_commit'')); RETURN NULL; END';
             CREATE TRIGGER note AFTER INSERT ON samokoder_migrate.event FOR EACH ROW EXECUTE FUNCTION note()",
            "SELECT 1",
        ),
        ("b", "SELECT 1 / 0", "SELECT 1"),
    ]);
    for mut world in worlds() {
        world.client.execute("SET synchronous_commit = off");
        world
            .client
            .run(verb::run_to(&set, Target::Head))
            .unwrap_err();
        assert_eq!(
            world.admin.rows("SELECT outcome, flush FROM seen"),
            [["done", "off"], ["failed", "on"]]
        );
        assert_eq!(world.client.value("SHOW synchronous_commit"), "off");
    }
}

#[test]
fn what_is_told_of_is_on_disk_also_where_a_later_step_is_refused() {
    // What is committed without a flush is lost in a crash, unless something else writes it in time.
    let server = Server::builder()
        .durable()
        .setting("fsync", "off")
        .setting("wal_writer_delay", "10s")
        .start()
        .unwrap();
    let server = Arc::new(server);
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", "CREATE TABLE b (id int)", "DROP TABLE b"),
        ("c", "LOCK TABLE gate", "SELECT 1"),
    ]);
    for driver in [Driver::Blocking, Driver::Async] {
        for refused in ["SM0701", "a lost lock"] {
            let mut world = World::on(&server, driver);
            let mut gate = world.connect();
            if refused == "a lost lock" {
                gate.execute("CREATE TABLE gate (id int); BEGIN; LOCK TABLE gate");
            }
            world.client.execute("SET synchronous_commit = off");
            let crash = Arc::clone(&server);
            let run = verb::run_to(&set, Target::Head)
                .lock_timeout(Duration::from_millis(50))
                .on_event(move |event| {
                    if matches!(event, Event::Done(step) if step.subject == "002_b") {
                        crash.stop_immediate();
                    }
                });
            let error = world.client.run(run).unwrap_err();
            server.restart().unwrap();
            world.admin = world.connect();
            assert_eq!(world.history(), ["001_a", "002_b"], "{refused}");
            assert!(world.exists("b"));
            assert_eq!(error.report().unwrap().steps().len(), 2);
        }
    }
}
