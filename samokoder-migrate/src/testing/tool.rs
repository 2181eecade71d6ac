//! Running a command to its end, within a time.

use std::{
    fs,
    path::Path,
    process::{Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use super::Error;

/// Runs a command; its output goes to the file `log`.
///
/// A file takes any amount of output, where a pipe that nobody reads would stop the command.
pub(super) fn run(command: &mut Command, log: &Path, limit: Duration) -> Result<String, Error> {
    let name = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let file = fs::File::create(log).map_err(|error| Error::io("write", log, error))?;
    let copy = file
        .try_clone()
        .map_err(|error| Error::io("write", log, error))?;
    let cannot = |error| Error::new(format!("cannot run {name}")).because(error);
    let mut child = match command.stdout(file).stderr(copy).spawn() {
        Ok(child) => child,
        Err(error) => return Err(cannot(error).command(command)),
    };
    let status =
        poll(limit, || child.try_wait()).map_err(|error| cannot(error).command(command))?;
    let output = || String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    let failed = match status {
        Some(status) if status.success() => return Ok(output()),
        Some(status) => Error::new(format!("{name} failed ({status})")),
        None => {
            // Both fail only if the command has just ended by itself.
            drop(child.kill());
            drop(child.wait());
            Error::new(format!("{name} did not end within {} s", limit.as_secs()))
        }
    };
    Err(failed.command(command).output(&output()))
}

/// Runs a quick command and returns what it wrote, if it succeeded.
pub(super) fn answer(command: &mut Command) -> Result<String, Error> {
    let failed = match command.output() {
        Ok(output) if output.status.success() => {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Ok(output) => {
            Error::new(output.status.to_string()).output(&String::from_utf8_lossy(&output.stderr))
        }
        Err(error) => Error::new(error.to_string()),
    };
    Err(failed.command(command))
}

/// Asks `question` until it has an answer, at growing intervals of 1 to 20 ms, or the time is over.
pub(super) fn poll<T, E>(
    limit: Duration,
    mut question: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        let answer = question()?;
        if answer.is_some() || Instant::now() >= end {
            return Ok(answer);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Waits for a child to end.
pub(super) fn wait(child: &mut std::process::Child, limit: Duration) -> Option<ExitStatus> {
    poll(limit, || child.try_wait()).ok().flatten()
}
