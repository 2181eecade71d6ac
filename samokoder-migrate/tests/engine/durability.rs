//! What reaches the server's disk, and when; what a client that goes away leaves running.

use samokoder_migrate::{revision::Target, testing::Server, verb};

use crate::support::{set, worlds};

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
