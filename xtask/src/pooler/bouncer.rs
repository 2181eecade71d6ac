//! A pgbouncer of our own, in front of a throwaway server.

use std::{
    env, fs,
    net::{TcpListener, TcpStream},
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use samokoder_migrate::testing::Server;

use super::client::{column, connect};
use crate::Result;

/// How many backends it has for each database.
pub(super) const POOL: usize = 2;

/// Whom a client's messages go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// For each transaction, the backend that was used last.
    Transaction,
    /// For each transaction, the backend that was used longest ago.
    RoundRobin,
    /// One for as long as the client is connected.
    Session,
}

/// A running pgbouncer; it ends with this.
pub(super) struct Bouncer {
    process: Child,
    folder: PathBuf,
    port: u16,
}

/// How long it may take to start.
const START: Duration = Duration::from_secs(20);

impl Mode {
    fn settings(self) -> &'static str {
        match self {
            Self::Transaction => "pool_mode = transaction",
            Self::RoundRobin => "pool_mode = transaction\nserver_round_robin = 1",
            Self::Session => "pool_mode = session",
        }
    }
}

impl Bouncer {
    /// Finds the program, or says how to install it.
    pub(super) fn find() -> Result<PathBuf> {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .chain([PathBuf::from("/usr/sbin")])
            .map(|folder| folder.join("pgbouncer"))
            .find(|program| program.is_file())
            .ok_or_else(|| {
                "pgbouncer is not installed; Debian: `apt-get install -y pgbouncer`, macOS: `brew install pgbouncer`".into()
            })
    }

    /// Starts it in front of a server, as the user that the server runs as: it refuses root.
    pub(super) fn start(program: &Path, server: &Server, mode: Mode) -> Result<Self> {
        let url = server.url();
        let behind = port_of(&url).ok_or("the server's URL has no port")?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let folder = env::temp_dir().join(format!("pgbouncer-{}-{port}", std::process::id()));
        fs::create_dir(&folder)?;
        let (settings, users) = (folder.join("pgbouncer.ini"), folder.join("users.txt"));
        fs::write(&users, "\"postgres\" \"\"\n")?;
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={behind}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\nlogfile = {}\ndefault_pool_size = {POOL}\n{}\n",
            users.display(),
            folder.join("log").display(),
            mode.settings(),
        );
        fs::write(&settings, text)?;
        let mut command = Command::new(program);
        command.arg("-q").arg(&settings).current_dir("/");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let data = column(&mut connect(&url)?, "SHOW data_directory")?;
        let data = data.first().ok_or("the server has no folder")?;
        let (me, owner) = (fs::metadata(&folder)?, fs::metadata(data)?);
        if me.uid() == 0 && owner.uid() != 0 {
            for path in [&folder, &settings, &users] {
                chown(path, Some(owner.uid()), Some(owner.gid()))?;
            }
            command.uid(owner.uid()).gid(owner.gid());
        }
        let mut bouncer = Self {
            process: command.spawn()?,
            folder,
            port,
        };
        bouncer.wait()?;
        Ok(bouncer)
    }

    /// Returns the URL of a database through it.
    pub(super) fn url(&self, direct: &str) -> String {
        port_of(direct).map_or_else(
            || direct.to_owned(),
            |behind| direct.replace(&format!(":{behind}/"), &format!(":{}/", self.port)),
        )
    }

    fn wait(&mut self) -> Result {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if self.process.try_wait()?.is_some() || begun.elapsed() > START {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(format!("pgbouncer does not start: {log}").into());
            }
        }
        Ok(())
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn port_of(url: &str) -> Option<&str> {
    url.rsplit_once(':')?.1.split('/').next()
}
