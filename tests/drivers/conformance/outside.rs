//! A script outside a transaction: statement by statement, and on from where it stopped.

use samokoder_migrate::{Set, verb};

use crate::support::{Given, worlds};

fn set() -> Set {
    Given::new()
        .migration(
            "t",
            "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)",
            "DROP TABLE t",
        )
        .migration(
            "i",
            "-- samokoder: no-transaction\nCREATE TABLE other (id int);\nCREATE UNIQUE INDEX CONCURRENTLY u ON t (id);\nCREATE INDEX CONCURRENTLY i ON t (id)",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY i; DROP INDEX CONCURRENTLY u; DROP TABLE other",
        )
        .migration("after", "CREATE TABLE after (id int)", "DROP TABLE after")
        .set()
}

const LOCKS: &str = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

#[test]
fn goes_on_at_the_statement_that_was_refused_and_gives_back_the_session() {
    let set = set();
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0701");
        assert_eq!(error.server().unwrap().sqlstate, "23505");
        assert_eq!(error.diagnostic().position().unwrap().to_string(), "3:1");
        assert_eq!(world.admin.column(LOCKS), [""; 0]);
        let status = world.client.status(verb::status(&set)).unwrap();
        assert!(status.problem().unwrap().contains("002_i was begun"));
        world.admin.execute("TRUNCATE t");
        let report = world.up(&set).unwrap();
        assert_eq!(report.steps().len(), 2);
        assert!(world.exists("i") && world.exists("u") && world.exists("after"));
        world.down_to(&set, 0).unwrap();
        assert_eq!(world.history(), [""; 0]);
        assert_eq!(world.admin.column(LOCKS), [""; 0]);
    }
}
