//! A folder of refinery's files, read by refinery and by us, and a database.

use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicUsize, Ordering},
};

use postgres::{Client, NoTls};
use refinery_core::{Runner, load_sql_migrations};
use samokoder_migrate::{
    Set,
    testing::{Database, Server},
};
use samokoder_migrate_core::{
    check::{Options, check},
    diagnostic::{Style, render_all},
    disk,
};

pub(crate) const TABLE: &str = "refinery_schema_history";

/// A folder as a project of refinery's has it, removed when dropped.
pub(crate) struct Project {
    folder: PathBuf,
}

impl Project {
    /// Makes a folder of `V1__a.sql`, each with a downgrade beside it.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("samokoder-refinery-{}-{number}", process::id()));
        fs::create_dir(&folder).unwrap();
        let project = Self { folder };
        for (stem, text) in files {
            project.write(stem, text);
        }
        project
    }

    /// Three tables.
    pub(crate) fn three() -> Self {
        Self::new(&[
            ("V1__create_a", "CREATE TABLE a (id int);\n"),
            (
                "V2__create_b",
                "-- Béta\nCREATE TABLE b (id int);\nINSERT INTO b VALUES (1), (2);",
            ),
            ("V3__create_c", "CREATE TABLE c (\n  id int\n);\n\n"),
        ])
    }

    pub(crate) fn write(&self, stem: &str, text: &str) {
        fs::write(self.folder.join(format!("{stem}.sql")), text).unwrap();
        let made = |what: &str| text.split_once(what)?.1.split(' ').next();
        let down = match (made("CREATE TABLE "), made("CREATE INDEX CONCURRENTLY ")) {
            (Some(table), _) => format!("DROP TABLE {table};\n"),
            (None, Some(index)) => format!("DROP INDEX {index};\n"),
            (None, None) => "SELECT 1;\n".to_owned(),
        };
        fs::write(self.folder.join(format!("{stem}.down.sql")), down).unwrap();
    }

    pub(crate) fn remove(&self, stem: &str) {
        fs::remove_file(self.folder.join(format!("{stem}.sql"))).unwrap();
        fs::remove_file(self.folder.join(format!("{stem}.down.sql"))).unwrap();
    }

    /// Gives each file the lines' ends of Windows.
    pub(crate) fn with_crlf(self) -> Self {
        for entry in fs::read_dir(&self.folder).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace('\n', "\r\n")).unwrap();
        }
        self
    }

    /// Makes refinery's runner as refinery's users do.
    pub(crate) fn refinery(&self) -> Runner {
        Runner::new(&load_sql_migrations(&self.folder).unwrap())
    }

    /// Runs the command, and returns its exit status, stdout and stderr.
    #[cfg(feature = "cli")]
    pub(crate) fn command(&self, database: &Database, arguments: &[&str]) -> (i32, String, String) {
        let output = process::Command::new(env!("CARGO_BIN_EXE_samokoder-migrate"))
            .args(arguments)
            .arg("--dir")
            .arg(&self.folder)
            .env("DATABASE_URL", database.url())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// Makes the set that a program embeds.
    pub(crate) fn set(&self) -> Set {
        let folder = disk::read(&self.folder, "migrations").unwrap();
        let checked = check(&folder, None, &Options::default());
        let history = checked.history.unwrap_or_else(|| {
            panic!("{}", render_all(&checked.diagnostics, 20, Style::Plain));
        });
        Set::of_history(&history, "main", "samokoder_migrate")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

pub(crate) fn database() -> Database {
    Server::shared().unwrap().database().unwrap()
}

pub(crate) fn connect(database: &Database) -> Client {
    let mut client = Client::connect(&database.url(), NoTls).unwrap();
    // What should end by a bound of its own fails a test that it would hang.
    client
        .batch_execute("SET statement_timeout = '60s'")
        .unwrap();
    client
}

/// Makes a database with refinery itself.
pub(crate) fn made_by_refinery(project: &Project) -> (Database, Client) {
    let database = database();
    let mut client = connect(&database);
    let applied = project.refinery().run(&mut client).unwrap();
    assert!(!applied.applied_migrations().is_empty());
    (database, client)
}

/// Returns each row of a table with its place on the disk and the transaction that wrote it, so
/// that a row written again shows too.
pub(crate) fn bytes_of(client: &mut Client, table: &str) -> Vec<String> {
    let sql = format!("SELECT concat_ws(' ', ctid, xmin, t) FROM {table} AS t ORDER BY ctid");
    let rows = client.query(&sql, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Returns what our history holds; `None` where it does not exist.
pub(crate) fn history(client: &mut Client) -> Option<Vec<String>> {
    let there = "SELECT to_regclass('samokoder_migrate.history') IS NOT NULL";
    let there: bool = client.query_one(there, &[]).unwrap().get(0);
    there.then(|| {
        let sql = "SELECT label FROM samokoder_migrate.history ORDER BY position";
        let rows = client.query(sql, &[]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    })
}
