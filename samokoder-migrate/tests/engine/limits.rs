//! What runs out: the disk, connections, a role's time.

use samokoder_migrate::{
    Error, Report, Result,
    revision::{Point, Target},
    testing::Server,
    verb,
};

use crate::support::{Driver, World, set, worlds};

fn assert_says(error: &Error, parts: &[&str]) {
    let said = error.rendered();
    for part in parts {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

/// Has every write to a table's file fail with ENOSPC, until the table's file is put back.
///
/// The file of a table without rows is empty, so nothing is lost with it. `/dev/full` can be opened
/// and sought as that file was, and takes nothing.
#[cfg(target_os = "linux")]
struct FullDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl FullDisk {
    fn under(world: &mut World, table: &str) -> Self {
        let path = world.admin.value("SHOW data_directory")
            + "/"
            + &world
                .admin
                .value(&format!("SELECT pg_relation_filepath('{table}')"));
        let file = std::path::PathBuf::from(path);
        assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
        std::fs::rename(&file, file.with_extension("kept")).unwrap();
        std::os::unix::fs::symlink("/dev/full", &file).unwrap();
        // Sessions keep files open.
        world.client = world.connect();
        Self(file)
    }

    fn make_room(self, world: &mut World) {
        std::fs::rename(self.0.with_extension("kept"), self.0).unwrap();
        world.client = world.connect();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_in_the_middle_of_a_message_undoes_one_step_and_the_next_run_goes_on() {
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        (
            "b",
            "CREATE TABLE b (id int);\nINSERT INTO kept SELECT generate_series(1, 1000)",
            "DROP TABLE b",
        ),
        ("c", "CREATE TABLE c (id int)", "DROP TABLE c"),
    ]);
    for mut world in worlds() {
        world.admin.execute("CREATE TABLE kept (id int)");
        let full = FullDisk::under(&mut world, "kept");
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "53100");
        assert_says(
            &error,
            &[
                "No space left on device",
                "migrations/002_b.up.sql",
                "002_b was rolled back",
                "001_a stands; the database is at 001_a",
                "make room on the server's disk, and run again: it goes on here",
            ],
        );
        assert!(!error.rendered().contains("mend the script"));
        assert_eq!(world.history(), ["001_a"]);
        assert_eq!(
            world.events(),
            ["upgrade done 001_a", "upgrade failed 002_b 53100"]
        );
        full.make_room(&mut world);
        assert_eq!(world.up(&set).unwrap().steps().len(), 2);
        assert_eq!(world.admin.value("SELECT count(*) FROM kept"), "1000");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn where_the_disk_has_no_room_for_the_history_the_step_is_undone_and_that_is_said() {
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", "CREATE TABLE b (id int)", "DROP TABLE b"),
    ]);
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        // A table that is emptied has a new file.
        world.admin.execute("TRUNCATE samokoder_migrate.event");
        let full = FullDisk::under(&mut world, "samokoder_migrate.event");
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "53100");
        assert_says(
            &error,
            &[
                "002_b was rolled back",
                "no step of this run stands; the database is at 001_a",
                "the failure could not be recorded",
                "make room on the server's disk",
            ],
        );
        if world.driver == Driver::Async {
            // The blocking driver does not tell where the server stopped.
            let part = "it is what records the step that was refused, not the script";
            assert_says(&error, &[part]);
        }
        assert_eq!(world.history(), ["001_a"]);
        assert!(!world.exists("b"));
        full.make_room(&mut world);
        assert_eq!(world.up(&set).unwrap().steps().len(), 1);
    }
}

#[test]
fn a_limit_on_temporary_files_is_told_with_what_to_raise() {
    let set = set(&[(
        "a",
        "CREATE TABLE a AS SELECT g FROM generate_series(1, 400000) AS g ORDER BY md5(g::text)",
        "DROP TABLE a",
    )]);
    for mut world in worlds() {
        world.database_default("temp_file_limit = '1MB'");
        world.client.execute("SET work_mem = '64kB'");
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "53400");
        assert_says(
            &error,
            &[
                "temp_file_limit",
                "001_a was rolled back",
                "raise the limit that the message names",
            ],
        );
    }
}

#[test]
fn out_of_connections_is_told_as_that() {
    let mut world = World::new(Driver::Blocking);
    let role = world.role("many", "CONNECTION LIMIT 0");
    let said = crate::connect::from_env(Some(&world.url_of(&role)));
    for part in [
        "[SM0707]",
        "too many connections for role",
        "53300",
        "let more connect",
    ] {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

/// Runs as a role that has a setting of its own.
fn run_with(world: &mut World, setting: &str, script: &str) -> Result<Report<Point>> {
    let set = set(&[
        ("a", "CREATE TABLE public.a (id int)", "DROP TABLE public.a"),
        ("b", script, "SELECT 1"),
    ]);
    let role = world.role("hurried", "SUPERUSER");
    world
        .admin
        .execute(&format!("ALTER ROLE {role} SET {setting}"));
    world.client = world.connect_as(&role);
    world.client.run(verb::run_to(&set, Target::Head))
}

#[test]
fn a_statement_timeout_of_the_roles_is_told_with_where_to_give_more_time() {
    for mut world in worlds() {
        let error = run_with(
            &mut world,
            "statement_timeout = '300ms'",
            "SELECT pg_sleep(60)",
        )
        .unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "57014");
        assert_says(
            &error,
            &[
                "002_b was rolled back",
                "001_a stands",
                "`-- samokoder: statement-timeout 10min`",
            ],
        );
        assert_eq!(world.history(), ["001_a"]);
    }
    // A script's own is what counts.
    for mut world in worlds() {
        let script = "-- samokoder: statement-timeout 10min\nSELECT pg_sleep(0.5)";
        run_with(&mut world, "statement_timeout = '300ms'", script).unwrap();
    }
}

#[test]
fn timeouts_of_idle_sessions_do_not_end_a_run() {
    // Long enough between messages, and in one, for either to strike.
    let script = "SELECT pg_sleep(0.2);\nSELECT 1";
    for mut world in worlds() {
        run_with(
            &mut world,
            "idle_in_transaction_session_timeout = '50ms'",
            script,
        )
        .unwrap();
    }
    if Server::shared().unwrap().version() >= 14 {
        for mut world in worlds() {
            run_with(&mut world, "idle_session_timeout = '2s'", script).unwrap();
        }
    }
}

#[test]
fn a_transaction_timeout_ends_the_session_and_what_stands_is_told() {
    // Known from 17 on; elsewhere the operator's hand does the same.
    let is_known = Server::shared().unwrap().version() >= 17;
    for mut world in worlds() {
        let (setting, script) = if is_known {
            ("transaction_timeout = '400ms'", "SELECT pg_sleep(60)")
        } else {
            (
                "work_mem = '4MB'",
                "SELECT pg_terminate_backend(pg_backend_pid())",
            )
        };
        let error = run_with(&mut world, setting, script).unwrap_err();
        let said = error.rendered();
        assert_eq!(error.code().as_str(), "SM0705", "{said}");
        let (sqlstate, advice) = if is_known {
            ("(25P04)", "raise `transaction_timeout` for the role")
        } else {
            ("(57P01)", "connect again and run again")
        };
        assert_says(
            &error,
            &[
                "the server had refused",
                sqlstate,
                advice,
                "each step is either applied and recorded, or neither",
            ],
        );
        world.client = world.connect();
        assert_eq!(world.history(), ["001_a"]);
        assert_eq!(world.events(), ["upgrade done 001_a"]);
    }
}
