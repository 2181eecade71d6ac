//! `repair`: decides on the statement that a run outside a transaction was cut off at.

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command};

use super::{
    Subcommand,
    arguments::configure,
    exit::Exit,
    run::{Announce, carry_out, with_all},
    stop::Stop,
    terminal::Terminal,
};
use crate::{plan::Repair, verb};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    let command = Command::new("repair")
        .about("Decides on a statement outside a transaction whose outcome is not known")
        .arg(
            Arg::new("done")
                .long("done")
                .action(ArgAction::SetTrue)
                .help("It happened, or was finished by hand: the next run goes on after it"),
        )
        .arg(
            Arg::new("again")
                .long("again")
                .action(ArgAction::SetTrue)
                .help("It did not, or was undone by hand: the next run goes on with it"),
        )
        .group(
            ArgGroup::new("decision")
                .args(["done", "again"])
                .required(true),
        );
    with_all(command, "repair --done")
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let decision = if matches.get_flag("done") {
        Repair::Done
    } else {
        Repair::Again
    };
    carry_out(matches, terminal, Announce::Nothing, |set| {
        Ok(configure(verb::repair(set, decision), matches))
    })
}
