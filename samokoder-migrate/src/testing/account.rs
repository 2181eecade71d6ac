//! The operating system's user that a server runs as.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::OnceLock,
};

use super::{Error, os};

/// Who runs the servers of this process.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// The user of this process.
    own_uid: u32,
    /// Somebody else, where this process is root, as whom PostgreSQL refuses to run.
    other: Option<User>,
}

#[derive(Debug, Clone)]
struct User {
    name: &'static str,
    uid: u32,
    gid: u32,
}

impl Account {
    /// Finds out who this process is, and as whom its servers can run.
    pub(super) fn current() -> Result<&'static Self, Error> {
        // `id` answers the same for the whole life of a process, and costs a process to ask.
        static CURRENT: OnceLock<Result<Account, Error>> = OnceLock::new();
        CURRENT
            .get_or_init(Self::look_up)
            .as_ref()
            .map_err(Clone::clone)
    }

    /// A command that runs as this account, in an environment that does not depend on the user's.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("TZ", "UTC");
        command.current_dir("/").stdin(Stdio::null());
        if let Some(User { uid, gid, .. }) = self.other {
            os::run_as(&mut command, uid, gid);
        }
        command
    }

    /// Gives a file or folder to this account.
    pub(super) fn own(&self, path: &Path) -> Result<(), Error> {
        let Some(User { uid, gid, name }) = self.other else {
            return Ok(());
        };
        os::chown(path, uid, gid)
            .map_err(|error| Error::io("give", path, error).help(format!("it has to go to {name}")))
    }

    /// The user of this process, who owns cache and temporary folders.
    pub(super) fn own_uid(&self) -> u32 {
        self.own_uid
    }

    /// The user that the server runs as.
    pub(super) fn uid(&self) -> u32 {
        self.other.as_ref().map_or(self.own_uid, |user| user.uid)
    }

    /// The name of the user that the server runs as, where it is not the user of this process.
    pub(super) fn other_name(&self) -> Option<&'static str> {
        self.other.as_ref().map(|user| user.name)
    }

    /// Whether this account can use what is in a folder. Where the folder is not there yet, the
    /// nearest one above it answers.
    pub(super) fn can_enter(&self, folder: &Path) -> bool {
        if self.other.is_none() {
            return true;
        }
        let there = folder.ancestors().find(|folder| folder.exists());
        there.is_some_and(|folder| {
            let mut command = self.command("/bin/sh");
            command.args(["-c", r#"cd -- "$1""#, "sh"]).arg(folder);
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        })
    }

    fn look_up() -> Result<Self, Error> {
        if !os::SUPPORTED {
            let what = format!(
                "throwaway servers are not supported on {}",
                std::env::consts::OS
            );
            return Err(Error::new(what).help("start PostgreSQL by other means and connect to it"));
        }
        let own_uid = id(&["-u"])?;
        if own_uid != 0 {
            return Ok(Self {
                own_uid,
                other: None,
            });
        }
        let user = |name| {
            Some(User {
                name,
                uid: id(&["-u", name]).ok()?,
                gid: id(&["-g", name]).ok()?,
            })
        };
        match user("postgres").or_else(|| user("nobody")) {
            Some(user) => Ok(Self {
                own_uid,
                other: Some(user),
            }),
            None => Err(Error::new(
                "PostgreSQL refuses to run as root, and there is no user postgres or nobody",
            )
            .help("run as another user, or add one: useradd --system postgres")),
        }
    }
}

/// Asks the standard tool `id`.
fn id(arguments: &[&str]) -> Result<u32, Error> {
    let mut command = Command::new("id");
    command.args(arguments).stdin(Stdio::null());
    let failed = || Error::new("cannot find out the user of this process");
    let output = command
        .output()
        .map_err(|error| failed().because(error).command(&command))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let shown = || String::from_utf8_lossy(&output.stderr).into_owned() + &text;
    text.trim()
        .parse()
        .map_err(|_| failed().command(&command).output(&shown()))
}
