//! Names and literals that try to end what we write around them.

use samokoder_migrate::{revision::Target, verb};

use crate::support::{Given, worlds};

const HOSTILE: [&str; 9] = [
    "a'b",
    "a\"b",
    "a\\b",
    "a\\'b",
    "a$$b",
    "$samokoder$",
    "имя",
    "two  words",
    "'); DROP TABLE one; --",
];

#[test]
fn takes_hostile_names_of_sets_schemas_files_and_seeds() {
    for mut world in worlds() {
        for scs in ["on", "off"] {
            world
                .client
                .execute(&format!("SET standard_conforming_strings = {scs}"));
            for (i, name) in HOSTILE.iter().enumerate() {
                let table = format!("t_{i}_{scs}");
                let given = Given::new()
                    .named(&format!("{name} {scs}"))
                    .in_schema(name)
                    .migration(
                        name,
                        &format!("CREATE TABLE {table} (id int)"),
                        &format!("DROP TABLE {table}"),
                    )
                    .migration(
                        &format!("{name} outside"),
                        &format!("-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY {table}_i ON {table} (id)"),
                        &format!("-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY {table}_i"),
                    )
                    .seed(name, &format!("INSERT INTO {table} VALUES (1) ON CONFLICT DO NOTHING"));
                let set = given.set();
                let report = world.up(&set).unwrap();
                assert_eq!(report.steps().len(), 3);
                assert!(world.up(&set).unwrap().is_noop());
                let status = world.client.status(verb::status(&set)).unwrap();
                assert!(status.is_at_head());
                assert_eq!(status.applied()[0].label, format!("001_{name}"));
                assert_eq!(status.seeds()[0].path, *name);
                let schema = name.replace('"', "\"\"");
                assert_eq!(
                    world.admin.value(&format!(
                        "SELECT subject FROM \"{schema}\".event ORDER BY id DESC LIMIT 1"
                    )),
                    *name
                );
                let failing = given
                    .migration(&format!("{name} fails"), "SELECT 1 / 0", "SELECT 1")
                    .set();
                let error = world.up(&failing).unwrap_err();
                assert_eq!(
                    error.diagnostic().path().unwrap(),
                    format!("migrations/003_{name} fails.up.sql")
                );
                assert_eq!(world.down_to(&set, 0).unwrap().steps().len(), 2);
                assert!(!world.exists(&table));
            }
        }
    }
}

#[test]
fn scripts_mean_what_was_checked_where_plain_literals_take_escapes() {
    let set = Given::new()
        .migration(
            "a",
            r"CREATE TABLE a (t text); INSERT INTO a VALUES ('c:\new\'); INSERT INTO a VALUES ('x'' \ y')",
            r"INSERT INTO a VALUES ('\'); DROP TABLE a",
        )
        .migration(
            "b",
            "-- samokoder: no-transaction\nINSERT INTO a VALUES ('out\\side\\')",
            "SELECT 1",
        )
        .migration("c", "SELECT '\\'; SELECT 1/0", "SELECT 1")
        .set();
    for mut world in worlds() {
        let role = world.role("old", "SUPERUSER");
        world.admin.execute(&format!(
            "ALTER ROLE {role} SET standard_conforming_strings = off"
        ));
        world.client = world.connect_as(&role);
        world.up_to(&set, 2).unwrap();
        assert_eq!(
            world.admin.column("SELECT t FROM a"),
            [r"c:\new\", r"x' \ y", r"out\side\"]
        );
        assert_eq!(
            world.client.value("SHOW standard_conforming_strings"),
            "off"
        );
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.diagnostic().position().unwrap().to_string(), "1:13");
        assert_eq!(
            world.client.value("SHOW standard_conforming_strings"),
            "off"
        );
        world.down_to(&set, 0).unwrap();
        assert_eq!(
            world.client.value("SHOW standard_conforming_strings"),
            "off"
        );
        assert!(world.up(&set).is_err());
        let stamped = world.client.run(verb::stamp(&set, Target::Head)).unwrap();
        assert_eq!(stamped.steps().len(), 1);
        assert_eq!(
            world.client.value("SHOW standard_conforming_strings"),
            "off"
        );
    }
}

#[test]
fn temporary_types_and_operators_of_the_callers_are_not_in_the_way() {
    let given = Given::new()
        .migration("a", "CREATE TABLE public.a (id int)", "DROP TABLE public.a")
        .migration(
            "b",
            "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON public.a (id)",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY public.i",
        );
    let (set, failing) = (
        given.set(),
        given
            .clone()
            .migration("c", "SELECT 1 / 0", "SELECT 1")
            .set(),
    );
    for mut world in worlds() {
        world.client.execute(
            "CREATE TEMP TABLE text (x int); CREATE TEMP TABLE bytea (x int); CREATE TEMP TABLE float8 (x int);
             CREATE SCHEMA evil;
             CREATE FUNCTION evil.stop(pg_catalog.text, pg_catalog.text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE ''hijacked''; END';
             CREATE FUNCTION evil.stop(int, int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE ''hijacked''; END';
             CREATE FUNCTION evil.stop(timestamptz, timestamptz) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE ''hijacked''; END';
             CREATE FUNCTION evil.stop(oid, oid) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE ''hijacked''; END'",
        );
        let types = ["text", "int", "timestamptz", "oid"];
        for kind in types.map(|kind| {
            if kind == "text" {
                "pg_catalog.text"
            } else {
                kind
            }
        }) {
            for operator in ["=", "<>"] {
                world.admin.execute(&format!(
                    "CREATE OPERATOR evil.{operator} (FUNCTION = evil.stop, LEFTARG = {kind}, RIGHTARG = {kind})"
                ));
            }
        }
        world.client.execute("SET search_path = evil, pg_catalog");
        world.up(&set).unwrap();
        world.client.status(verb::status(&set)).unwrap();
        world.client.verify(verb::verify(&set)).unwrap();
        let error = world.up(&failing).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "22012");
        world.down_to(&set, 0).unwrap();
        assert_eq!(world.client.value("SHOW search_path"), "evil, pg_catalog");
    }
}

#[test]
fn functions_and_operators_of_the_callers_are_not_in_the_way_of_a_message_of_many_steps() {
    let set = (0..20)
        .fold(Given::new(), |given, i| {
            given.migration(
                &format!("m{i}"),
                &format!("CREATE TABLE public.t{i} (id pg_catalog.int4)"),
                &format!("DROP TABLE public.t{i}"),
            )
        })
        .set();
    let functions = [
        "set_config(text, text, bool)",
        "current_setting(text)",
        "current_setting(text, bool)",
        "substr(text, int)",
        "clock_timestamp()",
        "encode(bytea, text)",
        "concat(text)",
        "concat(text, text)",
        "concat_ws(text, int, text, text)",
        "pg_try_advisory_xact_lock(bigint)",
        "unnest(text[])",
        "unnest(bool[])",
    ];
    let operands = [
        ["text", "text"],
        ["int", "int"],
        ["int", "numeric"],
        ["numeric", "numeric"],
        ["bigint", "int"],
    ];
    for mut world in worlds() {
        world.admin.execute("CREATE SCHEMA evil");
        for function in functions {
            world.admin.execute(&format!(
                "CREATE FUNCTION evil.{function} RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''hijacked''; END'"
            ));
        }
        for [left, right] in operands {
            world.admin.execute(&format!(
                "CREATE FUNCTION evil.stop({left}, {right}) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE ''hijacked''; END'"
            ));
            for operator in ["=", "<>", "<", ">=", "+", "-", "*", "~~", "||"] {
                world.admin.execute(&format!(
                    "CREATE OPERATOR evil.{operator} (FUNCTION = evil.stop, LEFTARG = {left}, RIGHTARG = {right})"
                ));
            }
        }
        world.client.execute(
            "CREATE TEMP TABLE text (x int); CREATE TEMP TABLE numeric (x int); SET search_path = evil, pg_catalog",
        );
        world.up(&set).unwrap();
        assert_eq!(world.history().len(), 20);
        world.down_to(&set, 0).unwrap();
        assert_eq!(world.history(), [""; 0]);
        assert_eq!(
            world
                .client
                .value("SELECT pg_catalog.current_setting('search_path')"),
            "evil, pg_catalog"
        );
    }
}
