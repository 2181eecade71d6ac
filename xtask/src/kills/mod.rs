//! Kills in mid-run: is what is applied recorded, what is recorded applied, and does what was reported stand?

mod child;
mod figures;
mod held;
mod moments;
mod next;
mod refinery;
mod set;
mod span;
mod sweep;
mod victim;

use std::time::Duration;

use crate::Result;

pub(crate) use {child::child, refinery::child as refinery_child};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which way a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

const DRIVERS: [&str; 2] = ["blocking", "async"];
const WAYS: [Way; 2] = [Way::Up, Way::Down];

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// Runs the harness as it is told to, and fails unless each kill left the history true and the next
/// run finished.
pub(crate) fn run(args: &[&str]) -> Result {
    match args {
        [] => {
            moments::run(200)?;
            sweep::run(400)
        }
        ["moments"] => moments::run(200),
        ["moments", count] => moments::run(count.parse()?),
        ["sweep"] => sweep::run(400),
        ["sweep", count] => sweep::run(count.parse()?),
        ["refinery"] => refinery::run(100),
        ["refinery", count] => refinery::run(count.parse()?),
        [count] => {
            let count = count.parse()?;
            moments::run(count)?;
            sweep::run(2 * count)
        }
        _ => Err("kills [moments | sweep | refinery] [N]".into()),
    }
}
