//! A small process that outlives ours, to stop the server and remove its data.
//!
//! Nothing in a process that is killed by SIGKILL can clean up after it. Linux can signal a child
//! when its parent's *thread* ends, other systems cannot, and neither removes files. The keeper
//! reads a pipe that only our process holds open; the pipe ends with the process, however that
//! ends, on every Unix alike. It needs no unsafe code, and it sends our own signals as well.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::Duration,
};

use super::{Error, os, tool};

/// How a server is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Ends the sessions and writes everything to disk.
    Fast,
    /// As a crash would: the next start recovers.
    Immediate,
}

/// A running keeper. Dropping it stops the server that it guards and removes the data.
#[derive(Debug)]
pub(super) struct Keeper {
    process: Child,
    orders: Option<ChildStdin>,
    remove: Option<PathBuf>,
}

/// Orders are lines: `guard PID`, `stop SIGNAL`, `release`. At the end of the pipe, `$1` is the
/// signal to send, and `$2`, if not empty, the folder to remove once the server is gone.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
pid=
while read -r order word; do
  case $order in
    guard) pid=$word ;;
    stop) [ -z "$pid" ] || kill -s "$word" "$pid" ;;
    release) pid= ;;
  esac
done
if [ -n "$pid" ]; then
  kill -s "$1" "$pid"
  tries=0
  while [ $tries -lt 200 ] && kill -0 "$pid"; do
    sleep 0.05
    tries=$((tries + 1))
  done
fi
[ -z "$2" ] || rm -rf -- "$2"
"#;

impl Keeper {
    /// Starts a keeper that removes a folder at the end, if it is given one.
    pub(super) fn start(at_end: Stop, remove: Option<&Path>) -> Result<Self, Error> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "samokoder-migrate-keeper", at_end.signal()]);
        command
            .arg(remove.unwrap_or(Path::new("")))
            .current_dir("/");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        os::detach(&mut command);
        let mut process = command.spawn().map_err(|error| {
            Error::new("cannot run /bin/sh, which is to stop the server").because(error)
        })?;
        let orders = process.stdin.take();
        Ok(Self {
            process,
            orders,
            remove: remove.map(Path::to_owned),
        })
    }

    /// Makes `server` end with this process.
    pub(super) fn guard(&mut self, server: &mut Child) -> Result<(), Error> {
        if self.order(&format!("guard {}", server.id())) {
            return Ok(());
        }
        self.stop(server, Stop::Immediate);
        Err(
            Error::new("the process that is to stop the server has ended")
                .help("see who stops /bin/sh here"),
        )
    }

    /// Stops the server and waits for its end.
    pub(super) fn stop(&mut self, server: &mut Child, how: Stop) {
        let sent = self.order(&format!("stop {}", how.signal()));
        if !sent || tool::wait(server, Duration::from_secs(30)).is_none() {
            // Somebody killed the keeper, or the server hangs.
            drop(server.kill());
            drop(server.wait());
        }
        self.release();
    }

    /// Forgets the server, which has ended: its id may become another process's.
    pub(super) fn release(&mut self) {
        self.order("release");
    }

    /// Tells whether somebody is there to follow the order.
    fn order(&mut self, line: &str) -> bool {
        // The pipe alone does not tell: a process that another thread is just starting holds both
        // its ends for a moment.
        let lives = matches!(self.process.try_wait(), Ok(None));
        let orders = self.orders.as_mut().filter(|_| lives);
        orders.is_some_and(|orders| writeln!(orders, "{line}").is_ok())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.orders.take());
        if tool::wait(&mut self.process, Duration::from_secs(30)).is_none() {
            drop(self.process.kill());
            drop(self.process.wait());
        }
        if let Some(folder) = self.remove.take().filter(|folder| folder.exists()) {
            drop(fs::remove_dir_all(folder));
        }
    }
}

impl Stop {
    fn signal(self) -> &'static str {
        match self {
            Self::Fast => "INT",
            Self::Immediate => "QUIT",
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{
        fs,
        io::{BufRead, BufReader},
        process::{Child, Command, Stdio},
    };

    use super::{Keeper, Stop};
    use crate::testing::{account::Account, place::Scratch};

    #[test]
    fn sends_the_signal_that_it_is_told_to() {
        for (how, number) in [(Stop::Fast, 2), (Stop::Immediate, 3)] {
            let mut keeper = Keeper::start(Stop::Immediate, None).unwrap();
            let mut server = sleeper();
            keeper.guard(&mut server).unwrap();
            keeper.stop(&mut server, how);
            assert_eq!(signal(&mut server), Some(number));
        }
    }

    #[test]
    fn is_done_without_once_somebody_killed_it() {
        let scratch = Scratch::new(&std::env::temp_dir(), Account::current().unwrap()).unwrap();
        let folder = scratch.path().join("data");
        fs::create_dir(&folder).unwrap();
        let mut keeper = Keeper::start(Stop::Immediate, Some(&folder)).unwrap();
        let (mut guarded, mut refused) = (sleeper(), sleeper());
        keeper.guard(&mut guarded).unwrap();
        keeper.process.kill().unwrap();
        keeper.process.wait().unwrap();
        keeper.stop(&mut guarded, Stop::Fast);
        assert_eq!(signal(&mut guarded), Some(9));
        keeper.guard(&mut refused).unwrap_err();
        assert_eq!(signal(&mut refused), Some(9));
        drop(keeper);
        assert!(!folder.exists());
    }

    /// A process that dies of signals, also where this one was started to ignore them, as a shell
    /// does with what it runs in the background.
    const SLEEPER: &str = "
        if env --default-signal=INT true 2>/dev/null; then
          exec env --default-signal=INT,QUIT sh -c 'echo ready; exec sleep 1000'
        elif command -v perl >/dev/null; then
          exec perl -e '$SIG{INT} = $SIG{QUIT} = q(DEFAULT); $| = 1; print qq(ready\n); sleep 1000'
        fi
        echo ready
        exec sleep 1000";

    fn sleeper() -> Child {
        let mut child = Command::new("/bin/sh")
            .args(["-c", SLEEPER])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        child
    }

    fn signal(server: &mut Child) -> Option<i32> {
        std::os::unix::process::ExitStatusExt::signal(&server.try_wait().unwrap()?)
    }
}
