//! Seeds that are files of rows: loaded by COPY, upserted by their key.

use std::{
    env, fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use samokoder_migrate::{
    Error, Report, Result, Set,
    event::Event,
    revision::{Point, Target},
    status::SeedState,
    verb,
};

use crate::support::{Driver, Given, World, worlds};

/// A folder of seeds, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("samokoder rows {}-{number}", std::process::id()));
        fs::create_dir_all(path.join("dev")).unwrap();
        Self(path)
    }

    fn with(text: &str) -> Self {
        Self::new().write(text)
    }

    fn write(self, text: &str) -> Self {
        fs::write(self.0.join("cities.csv"), text).unwrap();
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

const CITIES: &str = "-- samokoder: copy \"cities.csv\" into app.cities key (id)";
const TABLE: &str = "CREATE SCHEMA app; CREATE TABLE app.cities (id bigint PRIMARY KEY, name text NOT NULL, \"Big?\" boolean DEFAULT false, at timestamptz NOT NULL DEFAULT now())";

fn given(directive: &str, header: &str) -> Given {
    Given::new()
        .migration("cities", TABLE, "DROP SCHEMA app CASCADE")
        .migration("other", "CREATE TABLE other (id int)", "DROP TABLE other")
        .seed("cities", directive)
        .file("cities.csv", &format!("{header}\n"))
}

fn set() -> Set {
    given(CITIES, "id,name").set()
}

fn run(world: &mut World, set: &Set, folder: &Folder) -> Result<Report<Point>> {
    let run = verb::run_to(set, Target::Head).seed_files(&folder.0);
    world.client.run(run)
}

fn cities(world: &mut World) -> Vec<String> {
    world
        .admin
        .column("SELECT concat_ws('|', id, name, \"Big?\"::text) FROM app.cities ORDER BY id")
}

fn assert_says(error: &Error, code: &str, parts: &[&str]) {
    let said = error.rendered();
    assert_eq!(error.code().as_str(), code, "{said}");
    for part in parts {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn loads_rows_once_and_again_when_the_file_was_changed() {
    let set = set();
    let folder = Folder::with("id,name\n1,Madrid\n2,\"Ciudad \"\"Real\"\"\"\n");
    for mut world in worlds() {
        let report = run(&mut world, &set, &folder).unwrap();
        let subjects: Vec<&str> = report.steps().iter().map(|s| s.subject.as_str()).collect();
        assert_eq!(subjects, ["001_cities", "002_other", "cities"]);
        assert!(report.steps().iter().all(|step| step.duration.is_some()));
        assert_eq!(
            cities(&mut world),
            ["1|Madrid|false", "2|Ciudad \"Real\"|false"]
        );
        let again = run(&mut world, &set, &folder).unwrap();
        assert_eq!((again.steps().len(), again.round_trips()), (0, 1));

        // What is there and is not in the file stays, and other columns stay as they are.
        world.admin.execute(
            "INSERT INTO app.cities VALUES (9, 'by hand'); UPDATE app.cities SET \"Big?\" = true WHERE id = 1",
        );
        let versions = world
            .admin
            .column("SELECT xmin FROM app.cities WHERE id IN (1, 2) ORDER BY id");
        let changed = Folder::with("id,name\r\n1,Madrid\r\n2,Toledo\r\n3,Ávila\r\n");
        assert_eq!(run(&mut world, &set, &changed).unwrap().steps().len(), 1);
        assert_eq!(
            cities(&mut world),
            [
                "1|Madrid|true",
                "2|Toledo|false",
                "3|Ávila|false",
                "9|by hand|false"
            ]
        );
        // A row that is as it was is not written again.
        let now = world
            .admin
            .column("SELECT xmin FROM app.cities WHERE id IN (1, 2) ORDER BY id");
        assert_eq!(
            (now[0] == versions[0], now[1] == versions[1]),
            (true, false)
        );
        assert!(run(&mut world, &set, &changed).unwrap().is_noop());
        assert_eq!(
            world.events().last().unwrap(),
            "seed done cities",
            "{:?}",
            world.events()
        );
        // A downgrade forgets the seed, and the next run loads it again.
        world.down_to(&set, 1).unwrap();
        assert_eq!(run(&mut world, &set, &changed).unwrap().steps().len(), 2);
        let asked = verb::seed(&set, 0).seed_files(&changed.0);
        assert_eq!(world.client.run(asked).unwrap().steps().len(), 1);
        assert!(!world.exists("pg_temp.samokoder_rows"));
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn takes_keys_of_several_columns_odd_names_and_types_without_equality() {
    let directive = "-- samokoder: copy \"cities.csv\" into \"Odd\".\"T\" key (\"Land\", \"No. \")";
    let header = "\"No. \",\"a\"\"b\",Land,json,id";
    let set = Given::new()
        .migration(
            "odd",
            "CREATE SCHEMA \"Odd\"; CREATE TABLE \"Odd\".\"T\" (id bigint GENERATED BY DEFAULT AS IDENTITY, \"No. \" int, \"Land\" text, \"a\"\"b\" text, json json, UNIQUE (\"No. \", \"Land\"))",
            "DROP SCHEMA \"Odd\" CASCADE",
        )
        .seed("cities", directive)
        .file("cities.csv", &format!("{header}\n"))
        .set();
    for mut world in worlds() {
        for (json, id) in [("{}", 7), ("{\"\"a\"\":1}", 8)] {
            let folder = Folder::with(&format!("{header}\n1,x,ES,\"{json}\",{id}\n2,,ES,,10\n"));
            run(&mut world, &set, &folder).unwrap();
            assert_eq!(
                world
                    .admin
                    .value("SELECT id FROM \"Odd\".\"T\" WHERE \"No. \" = 1"),
                id.to_string()
            );
        }
        assert_eq!(
            world
                .admin
                .value("SELECT count(*) FROM \"Odd\".\"T\" WHERE \"a\"\"b\" IS NULL"),
            "1"
        );
    }
}

#[test]
fn a_key_alone_is_loaded_and_left_as_it_is() {
    let set = Given::new()
        .migration("t", "CREATE TABLE t (id int PRIMARY KEY)", "DROP TABLE t")
        .seed(
            "cities",
            "-- samokoder: copy \"cities.csv\" into t key (id)",
        )
        .file("cities.csv", "id\n")
        .set();
    for mut world in worlds() {
        for text in ["id\n1\n2\n", "id\n2\n3\n", "id\n"] {
            run(&mut world, &set, &Folder::with(text)).unwrap();
        }
        assert_eq!(
            world.admin.column("SELECT id FROM t ORDER BY id"),
            ["1", "2", "3"]
        );
    }
}

#[test]
fn a_row_that_does_not_fit_is_told_with_its_line_and_nothing_of_the_file_stands() {
    let set = set();
    let cases = [
        ("id,name\n1,a\nx,b\n", ":3", "invalid input syntax", "22P02"),
        (
            "id,name\n1,a\n2,b\n3\n",
            ":4",
            "missing data for column",
            "22P04",
        ),
        (
            "id,name\n1,a\n2,\n",
            ":3",
            "null value in column \"name\"",
            "23502",
        ),
        (
            "id,name\n,a\n",
            ":2",
            "null value in column \"id\"",
            "23502",
        ),
        (
            "id,name\n1,\"a\n",
            ":3",
            "unterminated CSV quoted field",
            "22P04",
        ),
    ];
    for mut world in worlds() {
        for (index, (text, line, message, sqlstate)) in cases.iter().enumerate() {
            let error = run(&mut world, &set, &Folder::with(text)).unwrap_err();
            assert_eq!(&error.server().unwrap().sqlstate, sqlstate);
            assert_says(
                &error,
                "SM0701",
                &[
                    &format!("seeds/cities.csv{line}"),
                    message,
                    "cities was rolled back",
                    "the database is at 002_other",
                    "mend the file, and run again: it goes on here",
                ],
            );
            assert!(cities(&mut world).is_empty());
            assert_eq!(world.history().len(), 2);
            assert_eq!(
                world.events()[2 + index],
                format!("seed failed cities {sqlstate}")
            );
        }
        run(&mut world, &set, &Folder::with("id,name\n1,a\n")).unwrap();
        assert_eq!(cities(&mut world), ["1|a|false"]);
    }
}

#[test]
fn what_only_the_table_refuses_is_told_with_the_servers_detail() {
    let set = Given::new()
        .migration(
            "t",
            "CREATE TABLE t (id int PRIMARY KEY, n int CHECK (n > 0))",
            "DROP TABLE t",
        )
        .seed(
            "cities",
            "-- samokoder: copy \"cities.csv\" into t key (id)",
        )
        .file("cities.csv", "id,n\n")
        .set();
    for mut world in worlds() {
        let error = run(&mut world, &set, &Folder::with("id,n\n1,1\n2,-2\n")).unwrap_err();
        assert_says(
            &error,
            "SM0701",
            &[
                "violates check constraint",
                "Failing row contains (2, -2)",
                "seeds/cities.sql",
                "cities was rolled back",
            ],
        );
        let error = run(&mut world, &set, &Folder::with("id,n\n1,1\n1,2\n")).unwrap_err();
        assert_says(
            &error,
            "SM0701",
            &["cannot affect row a second time", "hint:"],
        );
        assert_eq!(world.admin.value("SELECT count(*) FROM t"), "0");
    }
}

#[test]
fn a_file_that_is_not_there_or_is_another_is_refused_before_anything_is_done() {
    let set = set();
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_says(
            &error,
            "SM0609",
            &["cities.csv", "nothing was", "`.seed_files("],
        );
        let error = run(&mut world, &set, &Folder::new()).unwrap_err();
        assert_says(
            &error,
            "SM0609",
            &[
                "cities.csv` cannot be read",
                "nothing was",
                "put it where the program runs",
            ],
        );
        let error = run(&mut world, &set, &Folder::with("name,id\nx,1\n")).unwrap_err();
        assert_says(
            &error,
            "SM0609",
            &["the first line of", "nothing was done", "build again"],
        );
        assert!(!world.exists("samokoder_migrate.history"));
        // Below head no seed runs, so no file is needed.
        world.up_to(&set, 1).unwrap();
        world.down_to(&set, 0).unwrap();
        world.client.status(verb::status(&set)).unwrap();
    }
}

#[test]
fn the_folder_of_the_build_is_used_where_no_other_is_named() {
    let folder = Folder::with("id,name\n1,a\n");
    let set = set().with_seed_folder(folder.0.to_str().unwrap());
    for mut world in worlds() {
        world.up(&set).unwrap();
        assert_eq!(cities(&mut world), ["1|a|false"]);
        let other = Folder::with("id,name\n1,b\n");
        run(&mut world, &set, &other).unwrap();
        assert_eq!(cities(&mut world), ["1|b|false"]);
    }
}

#[test]
fn the_status_says_whether_the_file_was_changed() {
    let set = set();
    let folder = Folder::with("id,name\n1,a\n");
    for mut world in worlds() {
        let state = |world: &mut World, folder: &Folder| {
            let status = verb::status(&set).seed_files(&folder.0);
            world.client.status(status).unwrap().seeds()[0].state
        };
        assert_eq!(state(&mut world, &folder), SeedState::Never);
        run(&mut world, &set, &folder).unwrap();
        assert_eq!(state(&mut world, &folder), SeedState::Ran);
        let changed = Folder::with("id,name\n1,b\n");
        assert_eq!(state(&mut world, &changed), SeedState::Changed);
        assert_eq!(state(&mut world, &Folder::new()), SeedState::Unread);
        // A change of the table or the key counts as well.
        let other = given(&CITIES.replace("(id)", "(\"id\")"), "id,name").set();
        let status = verb::status(&other).seed_files(&folder.0);
        let status = world.client.status(status).unwrap();
        assert_eq!(status.seeds()[0].state, SeedState::Changed);
    }
}

#[test]
fn a_file_changed_while_the_run_is_at_work_is_not_recorded_as_what_it_was() {
    let set = set();
    for mut world in worlds() {
        let folder = Folder::with("id,name\n1,a\n");
        let file = folder.0.join("cities.csv");
        let change = move |event: &Event<'_>| {
            if let Event::Sent { steps } = event
                && steps.iter().any(|step| step.subject == "cities")
            {
                fs::write(&file, "id,name\n1,b\n").unwrap();
            }
        };
        let made = verb::run_to(&set, Target::Head)
            .seed_files(&folder.0)
            .on_event(change);
        let error = world.client.run(made).unwrap_err();
        assert_says(
            &error,
            "SM0609",
            &[
                "was changed while the run was at work",
                "cities was rolled back",
                "at 002_other",
            ],
        );
        assert!(cities(&mut world).is_empty());
        run(&mut world, &set, &folder).unwrap();
        assert_eq!(cities(&mut world), ["1|b|false"]);
    }
}

#[test]
fn two_starters_load_it_once() {
    let set = set();
    let lines: Vec<String> = (0..20_000).map(|i| format!("{i},city {i}")).collect();
    let folder = Folder::with(&format!("id,name\n{}\n", lines.join("\n")));
    for mut world in worlds() {
        let clients = [world.connect(), world.connect(), world.connect()];
        let loaded: Vec<usize> = thread::scope(|scope| {
            let runs = clients.map(|mut client| {
                let (set, folder) = (&set, &folder);
                scope.spawn(move || {
                    let run = verb::run_to(set, Target::Head).seed_files(&folder.0);
                    let report = client.run(run).unwrap();
                    report
                        .steps()
                        .iter()
                        .filter(|s| s.subject == "cities")
                        .count()
                })
            });
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(loaded.iter().sum::<usize>(), 1, "{loaded:?}");
        assert_eq!(
            world.admin.value("SELECT count(*) FROM app.cities"),
            "20000"
        );
        assert_eq!(
            world
                .events()
                .iter()
                .filter(|event| event.as_str() == "seed done cities")
                .count(),
            1
        );
    }
}

#[test]
fn its_timeouts_and_the_callers_settings_hold() {
    let directive = format!("{CITIES}\n-- samokoder: statement-timeout 300ms");
    let set = given(&directive, "id,name").set();
    let folder = Folder::with("id,name\n1,a\n");
    for mut world in worlds() {
        run(&mut world, &set, &Folder::with("id,name\n")).unwrap();
        world
            .client
            .execute("SET search_path = app; SET work_mem = '5MB'");
        world.admin.execute(
            "CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_sleep(60); RETURN NEW; END';
             CREATE TRIGGER slow BEFORE INSERT ON app.cities FOR EACH ROW EXECUTE FUNCTION public.slow()",
        );
        let error = run(&mut world, &set, &folder).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "57014");
        world.admin.execute("DROP TRIGGER slow ON app.cities");
        run(&mut world, &set, &folder).unwrap();
        assert_eq!(world.client.value("SHOW search_path"), "app");
        assert_eq!(world.client.value("SHOW work_mem"), "5MB");
        assert_eq!(world.client.value("SHOW statement_timeout"), "0");
    }
}

#[test]
fn a_plan_shows_what_would_be_sent_and_sends_nothing() {
    let set = set();
    let folder = Folder::with("id,name\n1,a\n");
    let mut world = World::new(Driver::Blocking);
    run(&mut world, &set, &Folder::with("id,name\n")).unwrap();
    let plan = verb::plan_to(&set, Target::Head);
    assert!(world.client.plan(plan).is_err());
    let plan = verb::run_to(&set, Target::Head)
        .seed_files(&folder.0)
        .dry_run();
    let preview = world.client.plan(plan).unwrap();
    assert_eq!(preview.to_string(), "seed cities\n");
    let printed = preview.scripts().join("\n");
    for part in [
        "CREATE TEMPORARY TABLE samokoder_rows ON COMMIT DROP AS SELECT \"id\", \"name\" FROM \"app\".\"cities\"",
        "\\copy pg_temp.samokoder_rows (\"id\", \"name\") FROM 'seeds/cities.csv' WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')",
        "ON CONFLICT (\"id\") DO UPDATE SET \"name\" = EXCLUDED.\"name\"",
    ] {
        assert!(printed.contains(part), "no {part:?} in\n{printed}");
    }
    assert!(cities(&mut world).is_empty());
}
