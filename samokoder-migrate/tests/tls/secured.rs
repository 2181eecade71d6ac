//! Servers that have TLS.

use std::{
    env, fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;

use crate::authority::Identity;

/// A server of a test's own, with a certificate.
pub(crate) struct Secured {
    pub(crate) server: Server,
    data: PathBuf,
}

/// A folder that is removed at the end.
pub(crate) struct Folder(PathBuf);

impl Secured {
    /// Starts a server, and gives it its certificate.
    pub(crate) fn start(identity: &Identity) -> Self {
        let server = Server::start().unwrap();
        let data = value(&mut connect(&server.url()), "SHOW data_directory");
        let secured = Self {
            server,
            data: PathBuf::from(data),
        };
        secured.own("server.crt", &identity.certificate);
        // The server reads no key that others could read.
        secured.own("server.key", &identity.key);
        secured
            .admin()
            .batch_execute("ALTER SYSTEM SET ssl = on")
            .unwrap();
        secured.reload(|client| value(client, "SHOW ssl") == "on");
        secured
    }

    /// Says who may connect, and how.
    pub(crate) fn let_in(&self, rules: &str) {
        self.own(
            "pg_hba.conf",
            &format!("{rules}\nhost all postgres 127.0.0.1/32 trust\n"),
        );
        let first = rules.split_whitespace().next().unwrap().to_owned();
        self.reload(|client| {
            let sql = "SELECT type FROM pg_hba_file_rules ORDER BY line_number LIMIT 1";
            value(client, sql) == first
        });
    }

    /// Returns the URL, with another host and with parameters.
    pub(crate) fn url(&self, host: &str, parameters: &str) -> String {
        self.server
            .url()
            .replace("@127.0.0.1:", &format!("@{host}:"))
            + parameters
    }

    pub(crate) fn admin(&self) -> Client {
        connect(&self.server.url())
    }

    fn own(&self, name: &str, text: &str) {
        let path = self.data.join(name);
        let owner = fs::metadata(&self.data).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    fn reload(&self, is_done: impl Fn(&mut Client) -> bool) {
        self.admin()
            .batch_execute("SELECT pg_reload_conf()")
            .unwrap();
        // A new connection is of the server as it is now.
        eventually("the reload", || is_done(&mut self.admin()));
        eventually("new connections", || is_done(&mut self.admin()));
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("tls test {}-{number}", process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap()
}

pub(crate) fn value(client: &mut Client, sql: &str) -> String {
    let rows = client.simple_query(sql).unwrap();
    rows.iter()
        .find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("").to_owned()),
            _ => None,
        })
        .unwrap_or_default()
}

pub(crate) fn eventually(what: &str, mut question: impl FnMut() -> bool) {
    let began = Instant::now();
    while !question() {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{what} did not come"
        );
        thread::sleep(Duration::from_millis(3));
    }
}
