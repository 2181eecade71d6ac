//! What a script sets must not outlive it.

use std::collections::BTreeMap;

use samokoder_migrate::{Set, revision::Target, testing::Server, verb};

use crate::support::{Client, Given, World, worlds};

/// Scripts that leave settings changed; `ROLE` is a role that everybody may become.
const LEAKS: [&str; 25] = [
    "SET search_path = ''",
    "SET search_path TO leaked, public",
    "SELECT pg_catalog.set_config('search_path', '', false)",
    "SET LOCAL search_path = leaked",
    "SET ROLE ROLE",
    "SET SESSION AUTHORIZATION ROLE",
    "SET SESSION AUTHORIZATION ROLE; SET ROLE ROLE",
    "SET SESSION AUTHORIZATION ROLE; SET ROLE NONE",
    "SET session_replication_role = replica",
    "SET session_replication_role = replica; SET ROLE ROLE",
    "SET client_encoding = 'LATIN1'",
    "SET NAMES 'LATIN1'",
    "SET application_name = 'leaked'",
    "SET synchronous_commit = remote_write",
    "SET lock_timeout = '9s'",
    "SET LOCAL lock_timeout = '9s'; SET LOCAL work_mem = '9MB'; SET LOCAL application_name = 'leaked'",
    "SET work_mem = '9MB'; SET LOCAL work_mem = '5MB'",
    "SET ROLE ROLE; SET LOCAL ROLE NONE",
    "SET TIME ZONE 'Asia/Tokyo'",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY",
    "SET default_transaction_read_only = on",
    "RESET work_mem",
    "SET samokoder_test.mine = 'leaked'",
    // What pg_dump begins with.
    "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
     SET client_encoding = 'UTF8'; SET standard_conforming_strings = on;
     SELECT pg_catalog.set_config('search_path', '', false);
     SET check_function_bodies = false; SET xmloption = content; SET client_min_messages = warning;
     SET row_security = off; SET default_tablespace = ''; SET default_table_access_method = heap",
    "SET standard_conforming_strings = off",
];

/// The caller's own, which are to be there afterwards.
const MINE: &str = "SET search_path = mine, public; SET lock_timeout = '7s'; SET statement_timeout = '57s';
    SET application_name = 'my service'; SET work_mem = '5MB'; SET client_min_messages = error;
    SET synchronous_commit = local; SET TimeZone = 'Europe/Madrid'; SET check_function_bodies = on;
    SET xmloption = document; SET idle_in_transaction_session_timeout = '44s'; SET extra_float_digits = 2;
    SET samokoder_test.mine = 'mine'; SET row_security = on";

const SNAPSHOT: &str = "SELECT name, setting FROM pg_catalog.pg_settings
    UNION ALL SELECT n, pg_catalog.current_setting(n, true) FROM pg_catalog.unnest(ARRAY['role', 'session_authorization', 'samokoder_test.mine']) AS n
    UNION ALL SELECT 'current_user', current_user UNION ALL SELECT 'session_user', session_user";

/// Returns the scripts that this server takes.
fn leaks() -> Vec<&'static str> {
    let mut leaks = LEAKS.to_vec();
    if Server::shared().unwrap().version() >= 14 {
        leaks.push("SET client_connection_check_interval = '9s'");
    }
    leaks
}

type Settings = BTreeMap<String, String>;

fn settings(client: &mut Client) -> Settings {
    client
        .rows(SNAPSHOT)
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

fn differences(before: &Settings, after: &Settings) -> Vec<String> {
    before
        .iter()
        .filter(|(name, value)| after.get(*name) != Some(value))
        .map(|(name, value)| format!("{name}: {value} -> {:?}", after.get(name)))
        .collect()
}

/// What the engine itself sets while a step runs.
const OURS: [&str; 3] = [
    "application_name",
    "synchronous_commit",
    "client_connection_check_interval",
];

/// A world whose client has settings of its own, and is a superuser that acts as another role.
fn mine(world: &mut World) -> String {
    let role = world.role("other", "");
    let me = world.role("me", "SUPERUSER");
    world.admin.execute(&format!(
        "CREATE SCHEMA mine; GRANT {role} TO {me}; CREATE TABLE public.seen (step text, name text, setting text); GRANT ALL ON public.seen TO PUBLIC"
    ));
    world.client.execute(MINE);
    if Server::shared().unwrap().version() >= 14 {
        world
            .client
            .execute("SET client_connection_check_interval = '4s'");
    }
    world.client.execute(&format!("SET ROLE {me}"));
    role
}

fn probe(name: &str) -> String {
    format!("INSERT INTO public.seen SELECT '{name}', s.* FROM ({SNAPSHOT}) AS s")
}

#[test]
fn puts_back_what_a_script_set_for_the_next_step_and_for_the_caller() {
    for mut world in worlds() {
        let role = mine(&mut world);
        let mut given = Given::new();
        for (i, leak) in leaks().iter().enumerate() {
            let leak = leak.replace("ROLE ROLE", &format!("ROLE {role}"));
            let leak = leak.replace("AUTHORIZATION ROLE", &format!("AUTHORIZATION {role}"));
            given = given
                .migration(&format!("leak_{i}"), &leak, &leak)
                .migration(&format!("probe_{i}"), &probe(&i.to_string()), "SELECT 1");
        }
        let set = given.set();
        let before = settings(&mut world.client);
        world.up(&set).unwrap();
        assert_eq!(differences(&before, &settings(&mut world.client)), [""; 0]);
        for (i, leak) in leaks().iter().enumerate() {
            let seen: Settings = world
                .admin
                .rows(&format!(
                    "SELECT name, setting FROM public.seen WHERE step = '{i}'"
                ))
                .into_iter()
                .map(|row| (row[0].clone(), row[1].clone()))
                .filter(|(name, _)| !OURS.contains(&name.as_str()))
                .collect();
            let mut expected = before.clone();
            expected.retain(|name, _| !OURS.contains(&name.as_str()));
            // What a step that is open sees of itself.
            expected.retain(|name, _| !name.starts_with("transaction_"));
            assert_eq!(differences(&expected, &seen), [""; 0], "after {leak}");
        }
        world.down_to(&set, 0).unwrap();
        assert_eq!(differences(&before, &settings(&mut world.client)), [""; 0]);
    }
}

/// Sends each script alone, outside a transaction and so that it is refused, too.
#[test]
fn puts_back_what_a_script_outside_a_transaction_set_and_what_a_failed_one_did() {
    for mut world in worlds() {
        let role = mine(&mut world);
        let before = settings(&mut world.client);
        let mut applied = 0;
        let mut given = Given::new();
        for (i, leak) in leaks().iter().enumerate() {
            // Refused outside a transaction by the server, with a warning, or meaningless there.
            if leak.contains("SET LOCAL") {
                continue;
            }
            let leak = leak.replace("ROLE ROLE", &format!("ROLE {role}"));
            let leak = leak.replace("AUTHORIZATION ROLE", &format!("AUTHORIZATION {role}"));
            let failing = given
                .clone()
                .migration("fails", &format!("{leak}; SELECT 1 / 0"), "SELECT 1")
                .set();
            assert_eq!(
                world.up(&failing).unwrap_err().server().unwrap().sqlstate,
                "22012"
            );
            assert_eq!(
                differences(&before, &settings(&mut world.client)),
                [""; 0],
                "after the failed {leak}"
            );
            given = given.migration(
                &format!("leak_{i}"),
                &format!("-- samokoder: no-transaction\n{leak}; SELECT 'я'; SELECT 2"),
                &format!("-- samokoder: no-transaction\n{leak}; SELECT 2"),
            );
            applied += 1;
            let set = given.set();
            let report = world
                .up(&set)
                .unwrap_or_else(|error| panic!("{leak}: {error:?}"));
            assert_eq!(report.steps().len(), 1);
            assert_eq!(
                differences(&before, &settings(&mut world.client)),
                [""; 0],
                "after {leak}"
            );
            let failing = given
                .clone()
                .migration(
                    "fails",
                    &format!("-- samokoder: no-transaction\n{leak}; SELECT 1 / 0"),
                    "SELECT 1",
                )
                .set();
            world.up(&failing).unwrap_err();
            assert_eq!(
                differences(&before, &settings(&mut world.client)),
                [""; 0],
                "after the failed {leak}, outside"
            );
            world.client.run(verb::stamp(&set, Target::Head)).unwrap();
        }
        assert!(applied > 20);
    }
}

#[test]
fn a_timeout_of_the_callers_outlives_two_runs_outside_a_transaction() {
    let set = Given::new()
        .migration(
            "a",
            "-- samokoder: no-transaction\n-- samokoder: lock-timeout 300ms\nSELECT 1",
            "-- samokoder: no-transaction\nSELECT 1",
        )
        .set();
    for mut world in worlds() {
        world.up(&set).unwrap();
        world.client.execute("SET lock_timeout = '7s'");
        world.down_to(&set, 0).unwrap();
        assert_eq!(world.client.value("SHOW lock_timeout"), "7s");
    }
}

#[test]
fn a_runs_timeouts_hold_for_its_scripts_and_a_scripts_own_come_first() {
    let script = |name: &str| {
        format!(
            "INSERT INTO seen VALUES ('{name}', current_setting('lock_timeout'), current_setting('statement_timeout'))"
        )
    };
    let set: Set = Given::new()
        .migration("a", &script("a"), "SELECT 1")
        .migration(
            "b",
            &format!(
                "-- samokoder: lock-timeout 300ms\n-- samokoder: statement-timeout 4000ms\n{}",
                script("b")
            ),
            "SELECT 1",
        )
        .migration(
            "c",
            &format!("-- samokoder: no-transaction\n{}", script("c")),
            "SELECT 1",
        )
        .set();
    for mut world in worlds() {
        world
            .admin
            .execute("CREATE TABLE seen (script text, lock text, statement text)");
        world
            .client
            .run(
                verb::run_to(&set, Target::Head)
                    .lock_timeout(std::time::Duration::from_secs(2))
                    .statement_timeout(std::time::Duration::from_secs(30)),
            )
            .unwrap();
        assert_eq!(
            world
                .admin
                .column("SELECT concat_ws(' ', script, lock, statement) FROM seen ORDER BY script"),
            ["a 2s 30s", "b 300ms 4s", "c 2s 30s"]
        );
        assert_eq!(world.client.value("SHOW lock_timeout"), "0");
        assert_eq!(world.client.value("SHOW statement_timeout"), "0");
    }
}

#[test]
fn puts_back_the_callers_settings_where_a_script_resets_all() {
    let outside = "-- samokoder: no-transaction\n";
    for mut world in worlds() {
        let role = mine(&mut world);
        // The server does not list a caller's own placeholders, so those stay reset.
        world.client.execute("RESET samokoder_test.mine");
        let before = settings(&mut world.client);
        let set = Given::new()
            .migration("a", &format!("SET ROLE {role}; RESET ALL"), "RESET ALL")
            .migration("probe", &probe("a"), "SELECT 1")
            .migration(
                "b",
                &format!("{outside}SET ROLE {role}; RESET ALL; SELECT 1"),
                "SELECT 1",
            )
            .migration(
                "c",
                &format!("{outside}SET work_mem = '9MB'; SELECT 1; RESET ALL"),
                "SELECT 1",
            )
            .migration(
                "d",
                "SET work_mem = '9MB'; RESET ALL; SET lock_timeout = 1",
                "SELECT 1",
            );
        let failing = set
            .clone()
            .migration("e", "RESET ALL; SELECT 1 / 0", "SELECT 1")
            .set();
        let set = set.set();
        for position in 1..=5 {
            let report = world.up_to(&set, position).unwrap();
            assert!(report.steps().iter().all(|step| step.duration.is_some()));
            assert_eq!(
                differences(&before, &settings(&mut world.client)),
                [""; 0],
                "{position}"
            );
        }
        world.up(&failing).unwrap_err();
        assert_eq!(differences(&before, &settings(&mut world.client)), [""; 0]);
        world.down_to(&set, 0).unwrap();
        assert_eq!(differences(&before, &settings(&mut world.client)), [""; 0]);
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn a_script_that_discards_all_leaves_the_session_fresh_and_unlocked() {
    let set = Given::new()
        .migration(
            "a",
            "-- samokoder: no-transaction\nSET work_mem = '9MB'; DISCARD ALL; SELECT 1",
            "-- samokoder: no-transaction\nDISCARD ALL",
        )
        .migration("b", "CREATE TABLE b (id int)", "DROP TABLE b")
        .set();
    for mut world in worlds() {
        let before = settings(&mut world.client);
        world.up(&set).unwrap();
        assert_eq!(differences(&before, &settings(&mut world.client)), [""; 0]);
        world.down_to(&set, 0).unwrap();
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn a_role_that_is_no_superuser_is_itself_again_after_a_script_that_chose_another() {
    let outside = "-- samokoder: no-transaction\n";
    for mut world in worlds() {
        let (owner, other) = (world.role("owner", ""), world.role("other", ""));
        let name = world.database.name().to_owned();
        world.admin.execute(&format!(
            "GRANT CREATE ON DATABASE {name} TO {owner}; GRANT ALL ON SCHEMA public TO {owner}, {other}; GRANT {other} TO {owner}"
        ));
        world.client = world.connect_as(&owner);
        let before = settings(&mut world.client);
        let set = Given::new()
            .migration("a", &format!("SET ROLE {other}; CREATE TABLE a (id int)"), &format!("SET ROLE {other}; DROP TABLE a"))
            .migration("b", "CREATE TABLE b (id int)", "DROP TABLE b")
            .migration(
                "c",
                &format!("{outside}SET ROLE {other}; CREATE INDEX CONCURRENTLY i ON a (id); RESET ALL; SELECT 1"),
                &format!("{outside}SET ROLE {other}; DROP INDEX CONCURRENTLY i"),
            )
            .set();
        world.up(&set).unwrap();
        assert_eq!(differences(&before, &settings(&mut world.client)), [""; 0]);
        assert_eq!(
            world.admin.column(
                "SELECT tableowner FROM pg_tables WHERE tablename IN ('a', 'b') ORDER BY tablename"
            ),
            [other, owner]
        );
        world.down_to(&set, 0).unwrap();
        assert_eq!(differences(&before, &settings(&mut world.client)), [""; 0]);
    }
}
