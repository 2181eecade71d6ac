//! This program again, as a process of its own that can be heard, held and killed.

use std::{
    io::{BufRead, BufReader, Read, Write, stdin, stdout},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use crate::Result;

/// How long anything may take that is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running process.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// What it said, a line each.
    pub(crate) said: Vec<String>,
}

impl Process {
    /// Starts this program again with a command of its own, whose last argument is a URL.
    pub(crate) fn start(url: &str, args: &[&str]) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(args)
            .arg(url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().ok_or("the process cannot be heard")?;
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

    /// Returns whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits until so many lines with this beginning were said; returns whether they were.
    pub(crate) fn says(&mut self, beginning: &str, times: usize) -> Result<bool> {
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
                Err(RecvTimeoutError::Timeout) => return Err("the process is silent".into()),
            }
        }
        Ok(true)
    }

    /// Returns whether a line with this beginning was said until now.
    pub(crate) fn has_said(&mut self, beginning: &str) -> bool {
        self.said.extend(self.lines.try_iter());
        self.said.iter().any(|line| line.starts_with(beginning))
    }

    /// Kills it by SIGKILL.
    pub(crate) fn kill(&mut self) -> Result {
        Ok(self.child.kill()?)
    }

    /// Lets it go on where it waits for the end of its input.
    pub(crate) fn release(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Lets it go on, and waits for its end.
    pub(crate) fn end(mut self) -> Result<Ended> {
        self.release();
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if Instant::now() > until {
                return Err("the process did not end".into());
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

impl Drop for Process {
    fn drop(&mut self) {
        // After an error of the harness's own; it may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Ended {
    /// Returns the code and the SQLSTATE that it said it ended with.
    pub(crate) fn error(&self) -> Option<(&str, &str)> {
        self.said_after("error ")
            .find_map(|line| line.split_once(' '))
    }

    /// Returns what comes after a beginning, in the lines that have it.
    pub(crate) fn said_after(&self, beginning: &str) -> impl Iterator<Item = &str> {
        self.said
            .iter()
            .filter_map(move |line| line.strip_prefix(beginning))
    }
}

/// In such a process: says a line at once. That nobody hears it is no reason to stop.
pub(crate) fn say(line: &str) {
    let mut out = stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// In such a process: waits until it is released.
pub(crate) fn hold() {
    drop(stdin().read_to_end(&mut Vec::new()));
}
