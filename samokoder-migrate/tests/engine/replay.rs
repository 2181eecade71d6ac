//! The replay: how the blocking driver, which drops the count of statements on an error, finds one.

use samokoder_migrate::{revision::Target, testing::Server, verb};

use crate::support::{Driver, World, set, worlds};

/// Counts what ran, rolled back or not: a sequence does not roll back.
fn counted(world: &mut World) -> String {
    world
        .admin
        .value("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries")
}

const FAILS: &str =
    "SELECT nextval('tries'); CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1), (1)";

#[test]
fn runs_a_failed_steps_statements_again_only_where_nothing_else_tells_and_it_may() {
    for (may, expected) in [(true, "2"), (false, "1")] {
        for mut world in worlds() {
            world.admin.execute("CREATE SEQUENCE tries");
            let set = set(&[("a", FAILS, "SELECT 1")]);
            let run = verb::run_to(&set, Target::Head);
            let run = if may { run } else { run.without_replay() };
            let error = world.client.run(run).unwrap_err();
            assert_eq!(error.diagnostic().path(), Some("migrations/001_a.up.sql"));
            let position = error.diagnostic().position().map(|at| at.to_string());
            if world.driver == Driver::Async {
                assert_eq!(counted(&mut world), "1");
                assert_eq!(position.as_deref(), Some("2:1"));
            } else {
                assert_eq!(counted(&mut world), expected);
                assert_eq!(position.as_deref(), may.then_some("2:1"));
            }
            assert!(!world.exists("a"));
            world.client.execute("CREATE TABLE usable (id int)");
            assert!(world.exists("usable"));
        }
    }
}

#[test]
fn does_not_run_a_step_again_that_a_lock_or_the_operator_stopped() {
    for mut world in worlds() {
        world
            .admin
            .execute("CREATE SEQUENCE tries; CREATE TABLE held (id int)");
        let mut holder = world.connect();
        holder.execute("BEGIN; LOCK TABLE held");
        let set = set(&[(
            "a",
            "SELECT nextval('tries'); ALTER TABLE held ADD x int",
            "SELECT 1",
        )]);
        let run = verb::run_to(&set, Target::Head)
            .lock_timeout(std::time::Duration::from_millis(30))
            .retries(0);
        let error = world.client.run(run).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "55P03");
        assert_eq!(error.code().as_str(), "SM0701");
        assert_eq!(counted(&mut world), "1");
        holder.execute("ROLLBACK");
    }
}

#[test]
fn a_replay_leaves_no_setting_and_no_lock() {
    let server = Server::shared().unwrap();
    let mut world = World::on(server, Driver::Blocking);
    let set = set(&[(
        "a",
        "SET work_mem = '9MB'; SET ROLE pg_monitor; SELECT 1 / 0",
        "SELECT 1",
    )]);
    world.client.execute("SET work_mem = '5MB'");
    let error = world.up(&set).unwrap_err();
    assert!(error.rendered().contains("statement 3 of 3"), "{error:?}");
    assert_eq!(world.client.value("SHOW work_mem"), "5MB");
    assert_eq!(world.client.value("SHOW role"), "none");
    assert_eq!(world.locks(), [""; 0]);
}
