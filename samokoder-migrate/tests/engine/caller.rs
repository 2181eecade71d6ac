//! A connection that its owner is using for a transaction.

use samokoder_migrate::{revision::Target, verb};

use crate::support::{set, worlds};

#[test]
fn refuses_a_connection_with_an_open_transaction_and_leaves_it_as_it_was() {
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE mine (id int)");
        let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
        for isolation in ["READ COMMITTED", "SERIALIZABLE"] {
            world.admin.execute("TRUNCATE mine");
            world.client.execute(&format!(
                "BEGIN ISOLATION LEVEL {isolation}; INSERT INTO mine VALUES (1)"
            ));
            let error = world.up(&set).unwrap_err();
            assert_eq!(error.code().as_str(), "SM0703");
            let error = world
                .client
                .plan(verb::plan_to(&set, Target::Head))
                .unwrap_err();
            assert_eq!(error.code().as_str(), "SM0703");
            let error = world.client.status(verb::status(&set)).unwrap_err();
            assert_eq!(error.code().as_str(), "SM0703");
            assert_eq!(world.admin.value("SELECT count(*) FROM mine"), "0");
            assert!(!world.exists("samokoder_migrate.history"));
            world.client.execute("INSERT INTO mine VALUES (2); COMMIT");
            assert_eq!(world.admin.value("SELECT count(*) FROM mine"), "2");
        }
        world.up(&set).unwrap();
    }
}

#[test]
fn refuses_a_connection_with_an_aborted_transaction_and_leaves_it_so() {
    for mut world in worlds() {
        let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
        world.client.execute("BEGIN");
        assert_eq!(world.client.refused("SELECT 1/0"), "22012");
        assert_eq!(world.up(&set).unwrap_err().code().as_str(), "SM0703");
        assert_eq!(world.client.refused("SELECT 1"), "25P02");
        world.client.execute("ROLLBACK");
        world.up(&set).unwrap();
    }
}

#[test]
fn does_not_abort_an_open_transaction_by_reading_what_it_may_not() {
    for mut world in worlds() {
        let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
        world.up(&set).unwrap();
        let role = world.role("app", "");
        world.client = world.connect_as(&role);
        world.client.execute("BEGIN; CREATE TEMP TABLE t (id int)");
        assert_eq!(world.up(&set).unwrap_err().code().as_str(), "SM0703");
        world.client.execute("INSERT INTO t VALUES (1); COMMIT");
        // Outside a transaction the server's own words come through.
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0706");
        assert_eq!(error.server().unwrap().sqlstate, "42501");
    }
}
