//! What others do beside a run, and in the midst of one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use samokoder_migrate::{Set, event::Event, revision::Target, verb};

use crate::support::{Client, Driver, Given, World, set, worlds};

const OUTSIDE: &str = "-- samokoder: no-transaction\n";

/// Has something done on a connection of its own, just before the message of that number, from 1.
fn before_message(
    world: &World,
    number: usize,
    sql: &str,
) -> impl Fn(&Event<'_>) + Send + Sync + 'static + use<> {
    let (url, sql) = (world.database.url(), sql.to_owned());
    let sent = Arc::new(AtomicUsize::new(0));
    move |event| {
        if !matches!(event, Event::Sent { .. }) || sent.fetch_add(1, Ordering::SeqCst) + 1 != number
        {
            return;
        }
        let (url, sql) = (url.clone(), sql.clone());
        // The listener may be called inside an async runtime.
        let other = thread::spawn(move || Client::connect(Driver::Blocking, &url).execute(&sql));
        other.join().unwrap();
    }
}

/// Three migrations, of which the second runs outside a transaction.
fn three_messages() -> Set {
    Given::new()
        .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
        .migration(
            "b",
            &format!("{OUTSIDE}CREATE INDEX CONCURRENTLY i ON a (id)"),
            &format!("{OUTSIDE}DROP INDEX CONCURRENTLY i"),
        )
        .migration("c", "CREATE TABLE c (id int)", "DROP TABLE c")
        .set()
}

#[test]
fn a_schema_dropped_between_two_messages_is_told_and_not_made_anew() {
    let set = three_messages();
    for (message, stands) in [(2, "001_a stands"), (3, "001_a to 002_b stand")] {
        for mut world in worlds() {
            let drop = before_message(&world, message, "DROP SCHEMA samokoder_migrate CASCADE");
            let run = verb::run_to(&set, Target::Head).on_event(drop);
            let error = world.client.run(run).unwrap_err();
            let said = error.rendered();
            assert_eq!(error.code().as_str(), "SM0801", "{said}");
            for part in [
                "the history is gone",
                "while the run was at work",
                stands,
                "stamp",
            ] {
                assert!(said.contains(part), "no {part:?} in\n{said}");
            }
            if (message, world.driver) == (3, Driver::Async) {
                assert!(said.contains("003_c was rolled back"), "{said}");
            }
            // An empty history in its place would say that nothing ever happened.
            assert!(!world.exists("samokoder_migrate.history"));
            assert!(world.exists("a") && !world.exists("c"));
            assert_eq!(world.locks(), [""; 0]);
            // What it says to do.
            let at = if message == 2 { 1 } else { 2 };
            let stamp = verb::stamp(&set, Target::At(samokoder_migrate::revision::Point(at)));
            world.client.run(stamp).unwrap();
            assert_eq!(world.up(&set).unwrap().steps().len(), 3 - at);
            world.down_to(&set, 0).unwrap();
        }
    }
}

#[test]
fn a_table_dropped_between_two_messages_is_told_as_well() {
    let set = three_messages();
    for table in ["history", "event", "unfinished"] {
        for mut world in worlds() {
            let drop = before_message(&world, 3, &format!("DROP TABLE samokoder_migrate.{table}"));
            let run = verb::run_to(&set, Target::Head).on_event(drop);
            let error = world.client.run(run).unwrap_err();
            let said = error.rendered();
            assert_eq!(error.code().as_str(), "SM0801", "{table}: {said}");
            assert!(said.contains("001_a to 002_b stand"), "{table}: {said}");
            assert!(!world.exists(&format!("samokoder_migrate.{table}")));
            assert!(!world.exists("c"));
        }
    }
}

#[test]
fn an_event_trigger_that_writes_a_log_sees_our_tables_and_does_not_stop_them() {
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", "CREATE TABLE b (id int)", "DROP TABLE b"),
    ]);
    for mut world in worlds() {
        // As a platform does it: what is new is given to its roles.
        let role = world.role("api", "");
        world.admin.execute(&format!(
            "CREATE TABLE ddl_log (tag text, path text);
             CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
             BEGIN
                INSERT INTO public.ddl_log VALUES (tg_tag, current_setting('search_path'));
                IF tg_tag = 'CREATE TABLE' THEN
                    GRANT ALL ON ALL TABLES IN SCHEMA public TO {role};
                END IF;
             END $$;
             CREATE EVENT TRIGGER log_ddl ON ddl_command_end EXECUTE FUNCTION log_ddl()"
        ));
        assert_eq!(world.up(&set).unwrap().steps().len(), 2);
        assert!(world.up(&set).unwrap().is_noop());
        assert_eq!(
            world
                .admin
                .value("SELECT count(*) FROM ddl_log WHERE tag = 'CREATE TABLE'"),
            "6"
        );
        assert_eq!(world.down_to(&set, 0).unwrap().steps().len(), 2);
        world.admin.execute("DROP EVENT TRIGGER log_ddl");
    }
}

#[test]
fn an_event_trigger_that_gives_our_tables_away_does_not_get_its_way() {
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", "CREATE TABLE b (id int)", "DROP TABLE b"),
    ]);
    for mut world in worlds() {
        let role = world.role("api", "");
        world.admin.execute(&format!(
            "CREATE FUNCTION give() RETURNS event_trigger LANGUAGE plpgsql AS $$
             DECLARE made record;
             BEGIN
                FOR made IN SELECT * FROM pg_catalog.pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' LOOP
                    EXECUTE format('GRANT ALL ON %s TO {role}', made.object_identity);
                END LOOP;
             END $$;
             CREATE EVENT TRIGGER give ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION give()"
        ));
        assert_eq!(world.up_to(&set, 1).unwrap().steps().len(), 1);
        assert_eq!(world.up(&set).unwrap().steps().len(), 1);
        for table in ["history", "seed", "unfinished", "event"] {
            let may = world.admin.value(&format!(
                "SELECT has_table_privilege('{role}', 'samokoder_migrate.{table}', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')"
            ));
            assert_eq!(may, "f", "{table}");
        }
        world.admin.execute("DROP EVENT TRIGGER give");
    }
}

#[test]
fn an_event_trigger_that_forbids_is_told_in_its_own_words() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    for mut world in worlds() {
        world.admin.execute(
            "CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$
             BEGIN
                RAISE EXCEPTION 'no % on a Friday', tg_tag USING HINT = 'come back on Monday';
             END $$;
             CREATE EVENT TRIGGER forbid ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION forbid()",
        );
        let error = world.up(&set).unwrap_err();
        let said = error.rendered();
        assert_eq!(error.code().as_str(), "SM0706", "{said}");
        for part in [
            "no CREATE TABLE on a Friday",
            "come back on Monday",
            "forbid() line 3",
            "nothing was done",
        ] {
            assert!(said.contains(part), "no {part:?} in\n{said}");
        }
        assert!(!world.exists("samokoder_migrate.history"));
        world.admin.execute("ALTER EVENT TRIGGER forbid DISABLE");
        world.up(&set).unwrap();
        world.admin.execute("DROP EVENT TRIGGER forbid");
    }
}

/// Sets that do alike, in one schema or in one each.
fn sets(schemas: [&str; 2]) -> [Set; 2] {
    ["billing", "mail"].map(|name| {
        let schema = schemas[usize::from(name == "mail")];
        (0..6)
            .fold(Given::new().named(name).in_schema(schema), |given, i| {
                let table = format!("{name}_{i}");
                given
                    .migration(
                        &table,
                        &format!("CREATE TABLE {table} (id int)"),
                        &format!("DROP TABLE {table}"),
                    )
                    .migration(
                        &format!("{table}_i"),
                        &format!("{OUTSIDE}CREATE INDEX CONCURRENTLY {table}_i ON {table} (id)"),
                        &format!("{OUTSIDE}DROP INDEX CONCURRENTLY {table}_i"),
                    )
            })
            .set()
    })
}

#[test]
fn two_sets_at_once_in_one_schema_or_in_one_each_do_not_disturb_each_other() {
    for schemas in [
        ["samokoder_migrate"; 2],
        ["billing_history", "mail_history"],
    ] {
        let sets = sets(schemas);
        for mut world in worlds() {
            for goal in [Target::Head, Target::BASE] {
                let clients = [
                    world.connect(),
                    world.connect(),
                    world.connect(),
                    world.connect(),
                ];
                let done: Vec<usize> = thread::scope(|scope| {
                    let runs: Vec<_> = clients
                        .into_iter()
                        .enumerate()
                        .map(|(i, mut client)| {
                            let set = &sets[i % 2];
                            scope.spawn(move || {
                                let run = verb::run_to(set, goal).allow_downgrade();
                                client.run(run).unwrap().steps().len()
                            })
                        })
                        .collect();
                    runs.into_iter().map(|run| run.join().unwrap()).collect()
                });
                assert_eq!(done.iter().sum::<usize>(), 24, "{done:?}");
            }
            for schema in schemas {
                assert_eq!(
                    world
                        .admin
                        .value(&format!("SELECT count(*) FROM {schema}.history")),
                    "0"
                );
            }
            assert_eq!(world.locks(), [""; 0]);
        }
    }
}

#[test]
fn a_set_in_doubt_does_not_stand_in_the_way_of_another_in_its_schema() {
    let [billing, mail] = sets(["samokoder_migrate"; 2]);
    for mut world in worlds() {
        world.up_to(&billing, 1).unwrap();
        // As a run leaves it that was killed before its second migration was done.
        world.admin.execute(
            "INSERT INTO samokoder_migrate.unfinished (set_name, position, version, label, direction, checksum, statement, statements, outcome, run)
             SELECT h.set_name, 2, '2', '002_billing_0_i', 'upgrade', h.checksum, 1, 1, 'begun', h.run FROM samokoder_migrate.history AS h",
        );
        assert_eq!(world.up(&mail).unwrap().steps().len(), 12);
        // Nor does its own go on over a script that is not the one that was begun.
        assert_eq!(world.up(&billing).unwrap_err().code().as_str(), "SM0606");
        assert_eq!(world.down_to(&mail, 0).unwrap().steps().len(), 12);
    }
}
