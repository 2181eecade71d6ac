//! What is asked of the runner.

use std::{env, time::Duration};

use crate::{
    Result,
    field::{Contestant, FIELD, Part},
};

pub(crate) const USAGE: &str = "usage: runner [build] [--count N,…] [--delay MS,…] [--rounds N] [--only NAME,…]

Compares, on a server that it starts: cold apply, a start with nothing to do, rollback, eight starters.
  --count   how many migrations (10,100); 1000 takes a quarter of an hour more at 40 ms
  --delay   round trips to the server, in milliseconds (0,40); 0 is direct, without a proxy
  --rounds  how often what takes less than twenty seconds is done; medians are told (5)
  --only    the contestants, by name; the floor is always there

build  builds each contestant from nothing, dependencies included, and tells the CPU time; takes minutes";

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Run,
    Build,
    Help,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Args {
    pub(crate) command: Command,
    pub(crate) counts: Vec<usize>,
    pub(crate) delays: Vec<Duration>,
    pub(crate) rounds: usize,
    pub(crate) field: Vec<Contestant>,
}

impl Args {
    pub(crate) fn read() -> Result<Self> {
        let mut args = Self {
            command: Command::Run,
            counts: vec![10, 100],
            delays: vec![Duration::ZERO, Duration::from_millis(40)],
            rounds: 5,
            field: FIELD.to_vec(),
        };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            match word.as_str() {
                "build" => args.command = Command::Build,
                "-h" | "--help" => args.command = Command::Help,
                "--count" => args.counts = numbers(&value()?)?,
                "--delay" => {
                    let millis = numbers(&value()?)?;
                    args.delays = millis.into_iter().map(Duration::from_millis).collect();
                }
                "--rounds" => args.rounds = value()?.parse()?,
                "--only" => args.field = only(&value()?)?,
                _ => return Err(format!("what is `{word}`?").into()),
            }
        }
        if args.rounds == 0 || args.counts.is_empty() || args.counts.contains(&0) {
            return Err("nothing to do".into());
        }
        args.counts.sort_unstable();
        Ok(args)
    }
}

fn numbers<T: std::str::FromStr<Err = std::num::ParseIntError>>(list: &str) -> Result<Vec<T>> {
    Ok(list.split(',').map(str::parse).collect::<Result<_, _>>()?)
}

fn only(list: &str) -> Result<Vec<Contestant>> {
    for name in list.split(',') {
        if !FIELD.iter().any(|one| one.name == name) {
            let names: Vec<_> = FIELD.iter().map(|one| one.name).collect();
            return Err(format!("there is no `{name}`: {}", names.join(", ")).into());
        }
    }
    let named = |one: &&Contestant| list.split(',').any(|name| name == one.name);
    let is_floor = |one: &&Contestant| one.part == Part::Floor;
    Ok(FIELD
        .iter()
        .filter(|one| is_floor(one) || named(one))
        .copied()
        .collect())
}
