//! The session after a run: its settings, its role and its search path are as they were before.

use crate::support::{set, worlds};

const SEEN: &str = "SELECT concat_ws('|', current_setting('search_path'), current_user, session_user,
    current_setting('lock_timeout'), current_setting('statement_timeout'), current_setting('application_name'),
    current_setting('standard_conforming_strings'), current_setting('client_min_messages'), current_setting('myapp.tenant'))";

#[test]
fn settings_and_role_and_search_path_are_as_before() {
    let set = set(&[
        (
            "a",
            "SET search_path = pg_temp; SET ROLE pg_monitor; SET lock_timeout = '7s'; SET client_min_messages = error; SELECT 1",
            "SELECT 1",
        ),
        (
            "b",
            "-- samokoder: no-transaction\nSET search_path = pg_temp;\nSET ROLE pg_monitor;\nSELECT 1",
            "SELECT 1",
        ),
        ("c", "SET ROLE pg_monitor; SELECT 1 / 0", "SELECT 1"),
    ]);
    for mut world in worlds() {
        world
            .admin
            .execute("CREATE TABLE seen (n serial, what text)");
        let pause = format!("INSERT INTO public.seen (what) {SEEN}");
        world.client.execute(
            "SET search_path = \"Ж ж\", public; SET lock_timeout = '1234ms'; SET statement_timeout = '54321ms'; SET application_name = 'the app';
             SET myapp.tenant = 'x'; SET standard_conforming_strings = off; SET client_min_messages = warning",
        );
        world.client.execute(&pause);
        world.up(&set).unwrap_err();
        world.client.execute(&pause);
        world.down_to(&set, 0).unwrap();
        world.client.execute(&pause);
        let seen = world.admin.column("SELECT what FROM seen ORDER BY n");
        assert!(
            seen[0]
                .contains("\"Ж ж\", public|postgres|postgres|1234ms|54321ms|the app|off|warning|x"),
            "{seen:?}"
        );
        assert_eq!((&seen[1], &seen[2]), (&seen[0], &seen[0]));
    }
}
