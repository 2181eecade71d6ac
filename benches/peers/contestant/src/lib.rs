//! What every contestant's main function is made of: what it is asked, and what it tells at its end.

use std::{env, error::Error, fs};

/// What goes wrong in a contestant, told by its `Debug` form as `main` does.
pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// What a contestant is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Apply what is pending.
    Up,
    /// Take everything back.
    Down,
}

/// One start of a contestant.
#[derive(Clone, Debug)]
pub struct Call {
    /// What to do.
    pub verb: Verb,
    /// The tool's own other way of doing it, where it has one.
    pub grouped: bool,
    /// The database.
    pub url: String,
}

/// Reads the arguments and `DATABASE_URL`.
///
/// # Errors
///
/// Where they are not `up` or `down`, and then `grouped` or nothing.
pub fn call() -> Result<Call> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (verb, grouped) = match args.as_slice() {
        ["up"] => (Verb::Up, false),
        ["up", "grouped"] => (Verb::Up, true),
        ["down"] => (Verb::Down, false),
        _ => return Err("usage: CONTESTANT up [grouped] | down".into()),
    };
    Ok(Call {
        verb,
        grouped,
        url: env::var("DATABASE_URL")?,
    })
}

/// Prints the process's own peak memory in KiB, which nobody can ask once it has ended: what a parent
/// is told of a child's (`ru_maxrss`) holds the parent's own from before the child's `exec`.
///
/// # Errors
///
/// Where `/proc` does not tell.
pub fn tell() -> Result {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|value| value.trim().strip_suffix("kB"))
        .ok_or("/proc/self/status has no VmHWM")?;
    println!("{}", peak.trim());
    Ok(())
}
