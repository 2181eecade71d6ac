//! One process of a contestant, and what it cost.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

use crate::{Result, field::Contestant};

/// What a contestant is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// Apply all.
    Apply,
    /// Find that nothing is to be done.
    Nothing,
    /// Take all back.
    Back,
}

impl Action {
    pub(crate) const ALL: [Self; 3] = [Self::Apply, Self::Nothing, Self::Back];
}

/// What one process cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// User and system time.
    pub(crate) cpu: Duration,
    /// Its peak memory.
    pub(crate) peak_kib: u64,
}

/// Starts a contestant.
pub(crate) fn start(binary: &Path, one: &Contestant, action: Action, url: &str) -> Result<Child> {
    let mut command = Command::new(binary);
    match action {
        Action::Apply | Action::Nothing => command.arg("up").args(one.extra),
        Action::Back => command.arg("down"),
    };
    Ok(command
        .env("DATABASE_URL", url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?)
}

/// Runs a contestant to its end. Its CPU time is right only while no other one ends.
pub(crate) fn run(binary: &Path, one: &Contestant, action: Action, url: &str) -> Result<Cost> {
    let before = children()?;
    let begun = Instant::now();
    let output = start(binary, one, action, url)?.wait_with_output()?;
    let wall = begun.elapsed();
    let cpu = children()?.saturating_sub(before);
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said: String = said.chars().take(2_000).collect();
        return Err(format!("{} fails at {action:?}: {said}", one.name).into());
    }
    let told = String::from_utf8(output.stdout)?;
    Ok(Cost {
        wall,
        cpu,
        peak_kib: told.trim().parse()?,
    })
}

/// Returns the CPU time of all children that have ended, and of theirs.
pub(crate) fn children() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(duration(usage.user_time())? + duration(usage.system_time())?)
}

fn duration(time: TimeVal) -> Result<Duration> {
    Ok(Duration::from_secs(time.tv_sec().try_into()?)
        + Duration::from_micros(time.tv_usec().try_into()?))
}
