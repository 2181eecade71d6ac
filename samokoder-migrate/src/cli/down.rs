//! `down`: takes migrations back.

use clap::{Arg, ArgMatches, Command};

use super::{
    Subcommand,
    arguments::{configure, target},
    exit::Exit,
    run::{Announce, carry_out, with_all},
    stop::Stop,
    terminal::Terminal,
};
use crate::verb;

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    let command = Command::new("down")
        .about("Takes migrations back: the last one, so many, or all above a revision")
        .arg(
            Arg::new("target")
                .value_name("TARGET|-N")
                .default_value("-1")
                .allow_negative_numbers(true)
                .help("Where to: base, a version or a name; or how many, such as -2"),
        );
    with_all(command, "down 003")
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let wanted = matches
        .get_one::<String>("target")
        .map_or("-1", String::as_str);
    carry_out(matches, terminal, Announce::Steps, |set| {
        let run = match wanted.strip_prefix('-') {
            Some(count) => verb::downgrade(set, steps(count)?),
            None => verb::downgrade_to(set, target(set, wanted)?),
        };
        Ok(configure(run, matches))
    })
}

fn steps(count: &str) -> Result<usize, Stop> {
    count.parse().map_err(|_| {
        Stop::usage(format!("`-{count}` does not say how many migrations"))
            .help("write -1, -2 and so on, or a revision")
    })
}
