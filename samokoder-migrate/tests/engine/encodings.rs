//! Databases and sessions in other encodings than UTF8.

use samokoder_migrate::{Error, revision::Target, testing::Server, verb};

use crate::support::{Client, Driver, Given, World, set, worlds};

/// Runs a test in a database of an encoding.
fn in_encoding(encoding: &str, test: impl Fn(&mut World, &mut Client)) {
    for driver in [Driver::Blocking, Driver::Async] {
        let server = Server::shared().unwrap();
        let mut world = World::on(server, driver);
        let name = format!("{}_{}", world.database.name(), encoding.to_lowercase());
        world.admin.execute(&format!(
            "CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        ));
        let url = world
            .database
            .url()
            .replace(&format!("/{}", world.database.name()), &format!("/{name}"));
        let mut admin = Client::connect(Driver::Blocking, &url);
        world.client = Client::connect(driver, &url);
        test(&mut world, &mut admin);
        world.client = world.connect();
        drop(admin);
        world
            .admin
            .execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}

fn assert_says(error: &Error, parts: &[&str]) {
    let said = error.rendered();
    for part in parts {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn what_the_databases_encoding_has_is_kept_and_taken_back() {
    let set = Given::new()
        .named("größe")
        .in_schema("über \"uns\"")
        .migration(
            "café",
            "CREATE TABLE \"café\" (\"größe\" text DEFAULT 'ñ'); INSERT INTO \"café\" VALUES ('é')",
            "DROP TABLE \"café\" -- é",
        )
        .seed("señor", "INSERT INTO \"café\" SELECT 'ü' WHERE NOT EXISTS (SELECT FROM \"café\" WHERE \"größe\" = 'ü')")
        .set();
    for encoding in ["LATIN1", "SQL_ASCII", "WIN1252"] {
        in_encoding(encoding, |world, admin| {
            assert_eq!(world.up(&set).unwrap().steps().len(), 2);
            assert!(world.up(&set).unwrap().is_noop());
            let status = world.client.status(verb::status(&set)).unwrap();
            assert_eq!(status.applied()[0].label, "001_café");
            assert_eq!(
                admin.column("SELECT \"größe\" FROM \"café\" ORDER BY 1"),
                ["é", "ü"]
            );
            assert_eq!(
                admin.value("SELECT downgrade FROM \"über \"\"uns\"\"\".history"),
                "DROP TABLE \"café\" -- é"
            );
            world.down_to(&set, 0).unwrap();
        });
    }
}

#[test]
fn a_character_that_the_databases_encoding_lacks_is_pointed_at_and_nothing_runs() {
    let set = set(&[
        ("a", "CREATE TABLE a (t text)", "DROP TABLE a"),
        (
            "b",
            "INSERT INTO a VALUES ('é');\n  INSERT INTO a VALUES ('цена')",
            "SELECT 1",
        ),
    ]);
    in_encoding("LATIN1", |world, admin| {
        for again in [false, true] {
            let error = world.up(&set).unwrap_err();
            assert_eq!(error.server().unwrap().sqlstate, "22P05");
            assert_says(
                &error,
                &[
                    "[SM0701]",
                    "migrations/002_b.up.sql:2:26",
                    "no step of this run stands",
                    "this database's encoding does not have it",
                ],
            );
            let there = admin.value("SELECT to_regclass('a') IS NOT NULL");
            assert_eq!(there, if again { "t" } else { "f" });
            if !again {
                world.up_to(&set, 1).unwrap();
            }
        }
    });
}

#[test]
fn a_session_whose_client_encoding_is_another_is_refused_before_a_byte_is_read_wrongly() {
    let set = Given::new()
        .named("набор")
        .migration(
            "a",
            "CREATE TABLE a (t text); INSERT INTO a VALUES ('é')",
            "DROP TABLE a",
        )
        .set();
    for mut world in worlds() {
        for encoding in ["LATIN1", "WIN1251", "EUC_JP", "SQL_ASCII"] {
            world
                .client
                .execute(&format!("SET client_encoding = '{encoding}'"));
            let errors = [
                world.up(&set).unwrap_err(),
                world.client.status(verb::status(&set)).unwrap_err(),
                world.client.verify(verb::verify(&set)).unwrap_err(),
                world
                    .client
                    .plan(verb::plan_to(&set, Target::Head))
                    .unwrap_err(),
            ];
            for error in errors {
                assert_eq!(error.code().as_str(), "SM0706");
                assert_says(
                    &error,
                    &[
                        "client_encoding",
                        "nothing was done",
                        "RESET client_encoding",
                    ],
                );
            }
            assert_eq!(world.client.value("SHOW client_encoding"), encoding);
        }
        world.client.execute("RESET client_encoding");
        world.up(&set).unwrap();
        assert_eq!(world.admin.value("SELECT t FROM a"), "é");
    }
}

#[test]
fn bytes_that_are_no_text_are_an_error_and_no_panic() {
    let set = set(&[("a", "CREATE TABLE a (t text)", "DROP TABLE a")]);
    in_encoding("SQL_ASCII", |world, admin| {
        world.up(&set).unwrap();
        admin.execute(
            "UPDATE samokoder_migrate.history SET label = convert_from('\\xff', 'SQL_ASCII')",
        );
        let error = world.client.status(verb::status(&set)).unwrap_err();
        assert_says(
            &error,
            &["0xff", "a row of the history", "nothing was done"],
        );
        // What decides is not the label.
        assert!(world.up(&set).unwrap().is_noop());
    });
}
