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
    __private::{Downgrade, Migration, Script, Transaction},
    Digest, Set, SourceFile, Version,
    testing::{Database, Server},
};
use sha2::{Digest as _, Sha256};

pub const TABLE: &str = "refinery_schema_history";

/// A folder as a project of refinery's has it, removed when dropped.
pub struct Project {
    folder: PathBuf,
}

impl Project {
    /// Makes a folder of `V1__a.sql`, each with a downgrade beside it.
    pub fn new(files: &[(&str, &str)]) -> Self {
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
    pub fn three() -> Self {
        Self::new(&[
            ("V1__create_a", "CREATE TABLE a (id int);\n"),
            (
                "V2__create_b",
                "-- Béta\nCREATE TABLE b (id int);\nINSERT INTO b VALUES (1), (2);",
            ),
            ("V3__create_c", "CREATE TABLE c (\n  id int\n);\n\n"),
        ])
    }

    pub fn write(&self, stem: &str, text: &str) {
        let table = stem.rsplit('_').next().unwrap();
        fs::write(self.folder.join(format!("{stem}.sql")), text).unwrap();
        let down = format!("DROP TABLE {table};\n");
        fs::write(self.folder.join(format!("{stem}.down.sql")), down).unwrap();
    }

    pub fn remove(&self, stem: &str) {
        fs::remove_file(self.folder.join(format!("{stem}.sql"))).unwrap();
        fs::remove_file(self.folder.join(format!("{stem}.down.sql"))).unwrap();
    }

    /// Gives each file the lines' ends of Windows.
    pub fn with_crlf(self) -> Self {
        for entry in fs::read_dir(&self.folder).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace('\n', "\r\n")).unwrap();
        }
        self
    }

    /// Makes refinery's runner as refinery's users do.
    pub fn refinery(&self) -> Runner {
        Runner::new(&load_sql_migrations(&self.folder).unwrap())
    }

    /// Makes the set that is embedded.
    pub fn set(&self) -> Set {
        let mut stems: Vec<(i64, String)> = fs::read_dir(&self.folder)
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let stem = name.strip_suffix(".sql")?;
                let (version, _) = stem.strip_prefix('V')?.split_once("__")?;
                (!stem.ends_with(".down")).then(|| (version.parse().unwrap(), stem.to_owned()))
            })
            .collect();
        stems.sort();
        let (mut chain, mut downgrades) = (Sha256::new(), Sha256::new());
        let migrations = stems.into_iter().map(|(version, stem)| {
            let (upgrade, sum) = self.script(&format!("{stem}.sql"));
            let (downgrade, downgrade_sum) = self.script(&format!("{stem}.down.sql"));
            chain.update(format!("{version}\n"));
            chain.update(sum);
            downgrades.update(downgrade_sum);
            Migration::embedded(
                Version::new(version),
                leak(stem.split_once("__").unwrap().1),
                leak(&stem),
                upgrade,
                Downgrade::Script(downgrade),
                chain.clone().finalize().into(),
                downgrades.clone().finalize().into(),
            )
        });
        let migrations: Vec<Migration> = migrations.collect();
        Set::embedded("main", "samokoder_migrate", migrations.leak(), &[])
    }

    fn script(&self, name: &str) -> (Script, [u8; 32]) {
        let raw = fs::read_to_string(self.folder.join(name)).unwrap();
        let file = SourceFile::new(format!("migrations/{name}"), &raw);
        let text = file.text();
        let mut statements = Vec::new();
        let mut at = 0;
        for piece in text.split_inclusive(';') {
            let inner = piece.trim_end_matches(';');
            let start = at + inner.len() - inner.trim_start().len();
            if !inner.trim().is_empty() {
                let end = at + inner.trim_end().len();
                statements.push([start, end].map(|offset| u32::try_from(offset).unwrap()));
            }
            at += piece.len();
        }
        let outside = text.starts_with("-- samokoder: no-transaction");
        let sum: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let script = Script::embedded(
            leak(file.path()),
            leak(text),
            statements.leak(),
            if outside {
                Transaction::Outside
            } else {
                Transaction::Inside
            },
            None,
            None,
            &[],
            *Digest::new(sum).as_bytes(),
        );
        (script, sum)
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

pub fn database() -> Database {
    Server::shared().unwrap().database().unwrap()
}

pub fn connect(database: &Database) -> Client {
    Client::connect(&database.url(), NoTls).unwrap()
}

/// Makes a database with refinery itself.
pub fn made_by_refinery(project: &Project) -> (Database, Client) {
    let database = database();
    let mut client = connect(&database);
    let applied = project.refinery().run(&mut client).unwrap();
    assert!(!applied.applied_migrations().is_empty());
    (database, client)
}

/// Returns each row of a table with its place on the disk and the transaction that wrote it, so
/// that a row written again shows too.
pub fn bytes_of(client: &mut Client, table: &str) -> Vec<String> {
    let sql = format!("SELECT concat_ws(' ', ctid, xmin, t) FROM {table} AS t ORDER BY ctid");
    let rows = client.query(&sql, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Returns what our history holds; `None` where it does not exist.
pub fn history(client: &mut Client) -> Option<Vec<String>> {
    let there = "SELECT to_regclass('samokoder_migrate.history') IS NOT NULL";
    let there: bool = client.query_one(there, &[]).unwrap().get(0);
    there.then(|| {
        let sql = "SELECT label FROM samokoder_migrate.history ORDER BY position";
        let rows = client.query(sql, &[]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    })
}

fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}
