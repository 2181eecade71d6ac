//! The session that a script outside a transaction needs, on connections without a pooler.

use samokoder_migrate::Set;

use crate::support::{Given, World, set, worlds};

fn outside() -> Set {
    Given::new()
        .migration("t", "CREATE TABLE t (id int)", "DROP TABLE t")
        .migration(
            "i",
            "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON t (id)",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY i",
        )
        .set()
}

/// Returns what the session holds that could tell that it was looked at.
fn traces(world: &mut World) -> Vec<Vec<String>> {
    world.client.rows(
        "SELECT current_setting('samokoder_migrate.session', true), setting, source FROM pg_settings WHERE name = 'client_encoding'",
    )
}

#[test]
fn a_direct_connection_is_known_whatever_was_set_on_it() {
    for mut world in worlds() {
        world.client.execute("SET client_encoding = 'UTF8'");
        let before = traces(&mut world);
        world.up(&outside()).unwrap();
        assert_eq!(traces(&mut world), before);
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn one_message_sees_that_the_session_stays_and_only_where_that_matters() {
    let inside = set(&[("t", "CREATE TABLE t (id int)", "DROP TABLE t")]);
    for mut world in worlds() {
        // The state, and the step with our tables.
        assert_eq!(world.up(&inside).unwrap().round_trips(), 2);
        // The state, whether the session stays, our tables, a mark, the statement, the record.
        assert_eq!(world.up(&outside()).unwrap().round_trips(), 6);
        assert_eq!(world.up(&outside()).unwrap().round_trips(), 1);
    }
}
