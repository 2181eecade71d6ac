//! Projects, runs of the command in them, and databases.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::{Database, Server};
use samokoder_migrate_core::lexer;

/// A folder as a user has it, removed at the end of a test.
pub(crate) struct Project(PathBuf);

/// What a run of the command gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("command test {}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }

    pub(crate) fn migration(self, label: &str, up: &str, down: &str) -> Self {
        self.file(&format!("migrations/{label}.up.sql"), up)
            .file(&format!("migrations/{label}.down.sql"), down)
    }

    /// Three tables, one a migration, and two seeds, one for `dev`.
    pub(crate) fn shop() -> Self {
        Self::tables()
            .file(
                "seeds/users.sql",
                "INSERT INTO users VALUES (1) ON CONFLICT DO NOTHING;",
            )
            .file(
                "seeds/dev/demo.sql",
                "INSERT INTO users VALUES (2) ON CONFLICT DO NOTHING;",
            )
    }

    /// Three tables, one a migration.
    pub(crate) fn tables() -> Self {
        let table = |name: &str| format!("-- {name}\nCREATE TABLE {name} (id int PRIMARY KEY);\n");
        let drop = |name: &str| format!("DROP TABLE {name};\n");
        Self::new()
            .migration("001_users", &table("users"), &drop("users"))
            .migration("002_orders", &table("orders"), &drop("orders"))
            .migration("003_items", &table("items"), &drop("items"))
    }

    /// The command in the project's folder; the test's own environment says nothing to it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samokoder-migrate"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    pub(crate) fn run_on(&self, database: &Database, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        Ran::of(
            command
                .env("DATABASE_URL", database.url())
                .output()
                .unwrap(),
        )
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Requires an exit code; shows what was said if it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Requires a text in what was said on stderr.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no `{text}` in {self:#?}");
        self
    }
}

pub(crate) fn database() -> Database {
    Server::shared().unwrap().database().unwrap()
}

pub(crate) fn connect(database: &Database) -> Client {
    Client::connect(&database.url(), NoTls).unwrap()
}

/// Reads one text.
pub(crate) fn text(client: &mut Client, sql: &str) -> String {
    let row = client.query_one(sql, &[]).unwrap();
    row.get::<_, Option<String>>(0).unwrap_or_default()
}

/// The tables that migrations made, in order of name.
pub(crate) fn tables(client: &mut Client) -> String {
    text(
        client,
        "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    )
}

/// Whether the command has written anything of its own.
pub(crate) fn is_untouched(client: &mut Client) -> bool {
    let row = client.query_one("SELECT to_regnamespace('samokoder_migrate') IS NULL", &[]);
    row.unwrap().get::<_, bool>(0) && tables(client).is_empty()
}

/// Everything that a run leaves but times and its name.
pub(crate) fn trace(client: &mut Client) -> String {
    text(
        client,
        "SELECT concat_ws(E'\\n',
            (SELECT string_agg((to_jsonb(h) - 'applied_at' - 'duration_ms' - 'run')::text, E'\\n' ORDER BY position)
             FROM samokoder_migrate.history AS h),
            (SELECT string_agg((to_jsonb(s) - 'applied_at' - 'run')::text, E'\\n' ORDER BY path)
             FROM samokoder_migrate.seed AS s),
            (SELECT string_agg((to_jsonb(e) - 'at' - 'duration_ms' - 'run')::text, E'\\n' ORDER BY id)
             FROM samokoder_migrate.event AS e),
            (SELECT string_agg(concat_ws(' ', 'unfinished', label), E'\\n') FROM samokoder_migrate.unfinished),
            (SELECT string_agg(concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod)), E'\\n' ORDER BY attrelid, attnum)
             FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
             AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)))",
    )
}

/// Runs a script as psql does: by psql where there is one, else statement by statement up to the
/// first error, which is what psql does.
pub(crate) fn psql(database: &Database, script: &str) -> Result<(), String> {
    match find_psql() {
        Some(psql) => by_psql(&psql, database, script),
        None => by_statements(database, script),
    }
}

fn find_psql() -> Option<PathBuf> {
    let beside = Server::shared().unwrap().bin_dir().join("psql");
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&path).map(|folder| folder.join("psql"));
    if beside.is_file() {
        Some(beside)
    } else {
        places.find(|place| place.is_file())
    }
}

fn by_psql(psql: &Path, database: &Database, script: &str) -> Result<(), String> {
    let project = Project::new().file("script.sql", script);
    let output = Command::new(psql)
        .args(["-X", "-q", "-o", "/dev/null", "-f"])
        .arg(project.path().join("script.sql"))
        .arg(database.url())
        .output()
        .unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

fn by_statements(database: &Database, script: &str) -> Result<(), String> {
    let (meta, sql): (Vec<&str>, Vec<&str>) = script
        .split_inclusive('\n')
        .partition(|line| line.starts_with('\\'));
    assert_eq!(meta, ["\\set ON_ERROR_STOP on\n", "\\encoding UTF8\n"]);
    let sql = sql.concat();
    let mut client = connect(database);
    let mut start = 0;
    for token in lexer::tokens(&sql) {
        if sql[token.span.range()] == *";" {
            let statement = &sql[start..token.span.end];
            client
                .batch_execute(statement)
                .map_err(|error| error.as_db_error().unwrap().to_string())?;
            start = token.span.end;
        }
    }
    Ok(())
}

/// Waits for an answer, for at most half a minute.
pub(crate) fn eventually<T>(what: &str, mut question: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        match question() {
            Some(answer) => return answer,
            None if began.elapsed() > Duration::from_secs(30) => panic!("{what} did not come"),
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
}
