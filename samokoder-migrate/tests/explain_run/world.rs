//! What an example acts on: a folder, and a server with the database `shop`.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;

use crate::transcript::{Entry, Shown};

/// Where a page says that its database is, behind the role.
const PLACE: &str = "@localhost/shop";

/// A folder, and a server with the database `shop`; both go with it.
pub(crate) struct World {
    folder: PathBuf,
    /// Of its own: an example may create roles.
    server: Server,
    beside: Vec<Child>,
}

impl World {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("explain run {}-{number}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let server = Server::start().unwrap();
        let mut client = Client::connect(&server.url(), NoTls).unwrap();
        client.batch_execute("CREATE DATABASE shop").unwrap();
        Self {
            folder,
            server,
            beside: Vec::new(),
        }
    }

    /// Runs statements as superuser.
    pub(crate) fn execute(&self, sql: &str) {
        self.client()
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{:?}\n{sql}", error.as_db_error()));
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs `samokoder-migrate …`, or `rm` with files.
    pub(crate) fn run(&mut self, entry: &Entry) -> Shown {
        match entry.words[0].as_str() {
            "rm" => {
                for path in &entry.words[1..] {
                    fs::remove_file(self.folder.join(path)).unwrap();
                }
                Shown {
                    success: true,
                    ..Shown::default()
                }
            }
            "samokoder-migrate" if entry.beside => {
                let child = self.command(entry).stdout(Stdio::null()).spawn().unwrap();
                self.beside.push(child);
                self.until_it_is_at_work();
                Shown {
                    success: true,
                    ..Shown::default()
                }
            }
            "samokoder-migrate" => {
                let output = self.command(entry).output().unwrap();
                Shown {
                    success: output.status.success(),
                    output: String::from_utf8([output.stdout, output.stderr].concat()).unwrap(),
                }
            }
            other => panic!("`{other}` is not a command of pages"),
        }
    }

    fn command(&self, entry: &Entry) -> Command {
        let address = self.url("").replacen("postgres://", "", 1);
        let mut command = Command::new(env!("CARGO_BIN_EXE_samokoder-migrate"));
        command
            .args(
                entry.words[1..]
                    .iter()
                    .map(|word| word.replace(PLACE, &address)),
            )
            .env("DATABASE_URL", self.url("postgres"))
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }

    /// Returns the URL of `shop` for a role.
    fn url(&self, role: &str) -> String {
        let url = self.server.url();
        let (_, address) = url.split_once('@').unwrap();
        let (address, _) = address.split_once('/').unwrap();
        format!("postgres://{role}@{address}/shop")
    }

    fn client(&self) -> Client {
        Client::connect(&self.url("postgres"), NoTls).unwrap()
    }

    /// Waits until what was started beside holds the lock, or has ended.
    fn until_it_is_at_work(&mut self) {
        let mut client = self.client();
        let began = Instant::now();
        while client
            .query("SELECT FROM pg_locks WHERE locktype = 'advisory'", &[])
            .unwrap()
            .is_empty()
        {
            let ended = |child: &mut Child| child.try_wait().unwrap().is_some();
            if self.beside.iter_mut().all(ended) {
                return;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "nothing is at work"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for child in &mut self.beside {
            drop(child.kill());
            drop(child.wait());
        }
        drop(fs::remove_dir_all(&self.folder));
    }
}
