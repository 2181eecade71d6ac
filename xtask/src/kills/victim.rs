//! A process to be killed, and what it says.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use samokoder_migrate::testing::Proxy;

use super::PATIENCE;
use crate::Result;

/// A running victim.
#[derive(Debug)]
pub(super) struct Victim {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

/// A victim that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// What it said, a line each.
    pub(super) said: Vec<String>,
}

impl Victim {
    /// Starts this program again, with a command of its own and the URL of a proxy.
    pub(super) fn through(proxy: &Proxy, args: &[&str]) -> Result<Self> {
        Self::start(&proxy.url(), args)
    }

    /// Starts this program again, with a command of its own and a URL.
    pub(super) fn start(url: &str, args: &[&str]) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(args)
            .arg(url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().ok_or("the victim cannot be heard")?;
        let (heard, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if heard.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            lines,
            said: Vec::new(),
        })
    }

    /// Returns whether the victim has ended by itself.
    pub(super) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits until so many lines with this beginning were said; returns whether they were.
    pub(super) fn says(&mut self, beginning: &str, times: usize) -> Result<bool> {
        let until = Instant::now() + PATIENCE;
        while self
            .said
            .iter()
            .filter(|line| line.starts_with(beginning))
            .count()
            < times
        {
            match self
                .lines
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(line) => self.said.push(line),
                Err(RecvTimeoutError::Disconnected) => return Ok(false),
                Err(RecvTimeoutError::Timeout) => return Err("the victim is silent".into()),
            }
        }
        Ok(true)
    }

    /// Kills it by SIGKILL.
    pub(super) fn kill(&mut self) -> Result {
        Ok(self.child.kill()?)
    }

    /// Lets it go on where it holds, and waits for its end.
    pub(super) fn end(mut self) -> Result<Ended> {
        drop(self.child.stdin.take());
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if Instant::now() > until {
                return Err("the victim did not end".into());
            }
            thread::sleep(Duration::from_millis(1));
        };
        // The lines end with the process.
        self.said.extend(self.lines.iter());
        Ok(Ended {
            status,
            said: std::mem::take(&mut self.said),
        })
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // After an error of the harness's own; it may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Ended {
    /// Returns what it was told that stands: what was done, and to which migration or seed.
    pub(super) fn reported(&self) -> BTreeSet<(&str, &str)> {
        self.said
            .iter()
            .filter_map(|line| line.strip_prefix("stands ")?.split_once(' '))
            .collect()
    }

    /// Returns the code and the SQLSTATE that it ended with.
    pub(super) fn error(&self) -> Option<(&str, &str)> {
        self.said
            .iter()
            .find_map(|line| line.strip_prefix("error ")?.split_once(' '))
    }

    /// Returns whether it was made to end, by its own death or that of its connection.
    pub(super) fn was_killed(&self) -> bool {
        match self.error() {
            // The connection is lost, or the server says whose doing it was (57P01, 57P02).
            Some((code, sqlstate)) => code == "SM0705" || sqlstate.starts_with("57P"),
            None => self.status.code().is_none(),
        }
    }
}
