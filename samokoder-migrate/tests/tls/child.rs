//! `from_env` in a process of its own, whose environment is its own.

use std::{env, process::Command};

use samokoder_migrate::{
    Set,
    revision::{Point, Target},
    set::{DEFAULT_SCHEMA, DEFAULT_SET},
    verb,
};
use samokoder_migrate_core::{
    check::{Options, check},
    folder::Folder,
};

/// The variable in which this program, run again, is told to connect.
const CHILD: &str = "SAMOKODER_TEST_TLS";

/// Runs `from_env`, and returns what it says: of the connection, or why there is none.
///
/// `home` is a folder without certificates, but for what a test puts there.
pub(crate) fn from_env(url: &str, home: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "child::connects", "--nocapture"])
        .env(CHILD, "1")
        .env("DATABASE_URL", url)
        .env("HOME", home)
        .env_remove("PGSSLMODE")
        .env_remove("PGSSLROOTCERT")
        .env_remove("SSL_CERT_FILE")
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains(url), "{said}");
    said
}

/// A set whose run fails with what the server sees of the connection, and so leaves nothing.
fn set() -> Set {
    let up = "DO $$ BEGIN RAISE EXCEPTION 'seen: %', (SELECT concat_ws(' ', s.ssl, s.version, a.usename) FROM pg_stat_ssl AS s
        JOIN pg_stat_activity AS a USING (pid) WHERE s.pid = pg_backend_pid()); END $$";
    let folder = Folder::new("migrations")
        .file("001_see.up.sql", up)
        .file("001_see.down.sql", "SELECT 1");
    let checked = check(&folder, None, &Options::default());
    let history = checked
        .history
        .unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    Set::of_history(&history, DEFAULT_SET, DEFAULT_SCHEMA)
}

#[test]
fn connects() {
    if env::var_os(CHILD).is_none() {
        // Without TLS anywhere, so that what the others see is not of this test alone.
        let database = samokoder_migrate::testing::Server::shared()
            .unwrap()
            .database()
            .unwrap();
        let said = from_env(&database.url(), "/nonexistent", &[]);
        assert!(said.contains("seen: f postgres"), "{said}");
        return;
    }
    let error = verb::run_to::<Point>(&set(), Target::Head)
        .from_env()
        .unwrap_err();
    eprintln!("{error:?}");
}
