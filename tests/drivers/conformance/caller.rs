//! A connection that its owner is using for a transaction.

use samokoder_migrate::{revision::Target, verb};

use crate::support::{set, worlds};

#[test]
fn refuses_a_connection_with_an_open_transaction_and_leaves_it_as_it_was() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    for mut world in worlds().filter(|world| !world.driver.is_pool()) {
        world.admin.execute("CREATE TABLE mine (id int)");
        for _ in 0..2 {
            world.admin.execute("TRUNCATE mine");
            world.client.execute("BEGIN; INSERT INTO mine VALUES (1)");
            let error = world.up(&set).unwrap_err();
            assert_eq!(error.code().as_str(), "SM0703", "{error:?}");
            let error = world
                .client
                .plan(verb::plan_to(&set, Target::Head))
                .unwrap_err();
            assert_eq!(error.code().as_str(), "SM0703");
            let error = world.client.status(verb::status(&set)).unwrap_err();
            assert_eq!(error.code().as_str(), "SM0703");
            assert_eq!(world.admin.value("SELECT count(*) FROM mine"), "0");
            world.client.execute("INSERT INTO mine VALUES (2); COMMIT");
            assert_eq!(world.admin.value("SELECT count(*) FROM mine"), "2");
            assert!(!world.exists("samokoder_migrate.history"));
        }
        world.up(&set).unwrap();
    }
}

#[test]
fn refuses_a_connection_with_an_aborted_transaction_and_leaves_it_so() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    for mut world in worlds().filter(|world| !world.driver.is_pool()) {
        world.client.execute("BEGIN; CREATE TABLE mine (id int)");
        world.client.try_execute("SELECT 1 / 0").unwrap_err();
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0703", "{error:?}");
        let aborted = world.client.try_execute("SELECT 1").unwrap_err();
        assert!(
            aborted.contains("current transaction is aborted"),
            "{aborted}"
        );
        world.client.execute("ROLLBACK");
        world.up(&set).unwrap();
        assert!(world.exists("a") && !world.exists("mine"));
    }
}
