//! One cluster and the server process that runs it.

use std::{
    fs,
    io::{Read, Seek, SeekFrom},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{
    Account, Binaries, Error,
    keeper::{Keeper, Stop},
    os, tool,
};

/// What it takes to start a cluster's server, again and again.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) binaries: &'static Binaries,
    pub(super) account: &'static Account,
    pub(super) data: PathBuf,
    pub(super) log: PathBuf,
    pub(super) settings: Vec<(String, String)>,
    pub(super) at_end: Stop,
}

/// A cluster with its server, running or stopped.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) recipe: Recipe,
    pub(super) port: u16,
    running: Mutex<Running>,
}

#[derive(Debug)]
struct Running {
    server: Option<Child>,
    keeper: Keeper,
}

/// How long a start may take; recovery after a crash is part of it.
const START: Duration = Duration::from_secs(60);
/// How long a start waits for what a former server has not let go of yet.
const FORMER: Duration = Duration::from_secs(3);

/// What the server says when the next attempt may succeed: another process took the port, or the
/// processes of a former server are still ending.
const PASSING: &[&str] = &[
    "Address already in use",
    "is still in use",
    "lock file \"postmaster.pid\" already exists",
];

impl Cluster {
    /// Starts the server on a free port.
    pub(super) fn start(recipe: Recipe, mut keeper: Keeper) -> Result<Self, Error> {
        let (server, port) = recipe.start(None, &mut keeper)?;
        Ok(Self {
            recipe,
            port,
            running: Mutex::new(Running {
                server: Some(server),
                keeper,
            }),
        })
    }

    pub(super) fn stop(&self, how: Stop) {
        self.lock().stop(how);
    }

    /// Stops the server, if it runs, and starts it on its old port.
    pub(super) fn restart(&self) -> Result<(), Error> {
        let mut running = self.lock();
        running.stop(Stop::Fast);
        let (server, _) = self.recipe.start(Some(self.port), &mut running.keeper)?;
        running.server = Some(server);
        Ok(())
    }

    /// The server's process, if it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        let mut running = self.lock();
        let ended = running
            .server
            .as_mut()?
            .try_wait()
            .is_ok_and(|status| status.is_some());
        if ended {
            running.server = None;
            running.keeper.release();
        }
        running.server.as_ref().map(Child::id)
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        // What a panic elsewhere left behind can still be stopped.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop(self.recipe.at_end);
    }
}

impl Running {
    fn stop(&mut self, how: Stop) {
        if let Some(mut server) = self.server.take() {
            self.keeper.stop(&mut server, how);
        }
    }
}

impl Recipe {
    fn start(&self, port: Option<u16>, keeper: &mut Keeper) -> Result<(Child, u16), Error> {
        let began = Instant::now();
        loop {
            let port = port.map_or_else(free_port, Ok)?;
            let error = match self.launch(port, keeper) {
                Ok(server) => return Ok((server, port)),
                Err(error) => error,
            };
            let shown = error.to_string();
            if began.elapsed() > FORMER || !PASSING.iter().any(|sign| shown.contains(sign)) {
                return Err(error);
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Starts the server and waits until it takes connections.
    fn launch(&self, port: u16, keeper: &mut Keeper) -> Result<Child, Error> {
        let logging = |error| Error::io("write", &self.log, error);
        let mut log = fs::File::options()
            .create(true)
            .append(true)
            .read(true)
            .open(&self.log)
            .map_err(logging)?;
        let before = log.seek(SeekFrom::End(0)).map_err(logging)?;
        let mut command = self.command(port);
        command
            .stdout(log.try_clone().map_err(logging)?)
            .stderr(log.try_clone().map_err(logging)?);
        let mut server = command.spawn().map_err(|error| {
            Error::new("cannot run postgres")
                .because(error)
                .command(&command)
        })?;
        keeper.guard(&mut server)?;

        let mut ended = None;
        let ready = tool::poll(START, || {
            ended = server.try_wait()?;
            Ok::<_, std::io::Error>(if ended.is_some() {
                Some(false)
            } else {
                self.is_ready(&server).then_some(true)
            })
        });
        let what = match (ready, ended) {
            (Ok(Some(true)), _) => return Ok(server),
            (_, Some(status)) => format!("PostgreSQL ended before it was ready ({status})"),
            (Err(error), _) => format!("cannot watch PostgreSQL start: {error}"),
            (Ok(_), _) => format!("PostgreSQL was not ready within {} s", START.as_secs()),
        };
        keeper.stop(&mut server, Stop::Immediate);
        let mut said = String::new();
        drop(
            log.seek(SeekFrom::Start(before))
                .and_then(|_| log.read_to_string(&mut said)),
        );
        let error = Error::new(what).command(&command).output(&said);
        Err(if said.contains("already exists") {
            error.help(format!(
                "another server runs in {}; stop it, or choose another folder",
                self.data.display()
            ))
        } else {
            error
        })
    }

    /// Whether the server says that it takes connections: in line 8 of `postmaster.pid`. Line 1
    /// must be this server's, since a killed one leaves the file as it was.
    fn is_ready(&self, server: &Child) -> bool {
        let Ok(text) = fs::read_to_string(self.data.join("postmaster.pid")) else {
            return false;
        };
        let line = |n| text.lines().nth(n).map(str::trim);
        line(0) == Some(&server.id().to_string()) && line(7) == Some("ready")
    }

    fn command(&self, port: u16) -> Command {
        let mut command = self.account.command(self.binaries.tool("postgres"));
        command
            .arg("-D")
            .arg(&self.data)
            .args(["-p", &port.to_string()]);
        for (name, value) in &self.settings {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        os::detach(&mut command);
        command
    }
}

/// A port that nobody has now. Somebody may have it before the server does; then the start is
/// tried again with another.
fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener
        .map(|address| address.port())
        .map_err(|error| Error::new("cannot find a free port").because(error))
}
