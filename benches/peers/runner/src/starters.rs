//! Eight copies of a program that start at once on an empty database.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use samokoder_migrate::testing::Server;

use crate::{
    Result,
    field::Contestant,
    ground,
    process::{self, Action},
};

/// How many start at once.
pub(crate) const STARTERS: usize = 8;

/// What became of them, over all rounds.
#[derive(Debug)]
pub(crate) struct Crowd {
    /// How many ended well, of each round.
    pub(crate) succeeded: Vec<usize>,
    /// How long it took until the last one ended, of each round.
    pub(crate) walls: Vec<Duration>,
    /// What one that failed said.
    pub(crate) complaint: Option<String>,
    /// In how many rounds the database was complete.
    pub(crate) complete: usize,
}

/// Lets them start, some times.
pub(crate) fn run(
    server: &Server,
    binary: &Path,
    one: &Contestant,
    rounds: usize,
) -> Result<Crowd> {
    let quiet = server.database()?;
    process::run(binary, one, Action::Apply, &quiet.url())?;
    let expected = ground::objects(&quiet)?;
    let mut crowd = Crowd {
        succeeded: Vec::new(),
        walls: Vec::new(),
        complaint: None,
        complete: 0,
    };
    for _ in 0..rounds {
        let database = server.database()?;
        let begun = Instant::now();
        let mut children = Vec::new();
        for _ in 0..STARTERS {
            children.push(process::start(binary, one, Action::Apply, &database.url())?);
        }
        let mut succeeded = 0;
        for child in children {
            let output = child.wait_with_output()?;
            if output.status.success() {
                succeeded += 1;
            } else {
                let said = String::from_utf8_lossy(&output.stderr);
                crowd.complaint = said
                    .lines()
                    .next()
                    .map(|line| line.chars().take(100).collect());
            }
        }
        crowd.walls.push(begun.elapsed());
        crowd.succeeded.push(succeeded);
        crowd.complete += usize::from(ground::objects(&database)? == expected);
    }
    Ok(crowd)
}
