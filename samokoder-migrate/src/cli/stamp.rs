//! `stamp`: records a revision without running anything.

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
    let command = Command::new("stamp")
        .about("Records a revision as where the database is, without running anything")
        .arg(
            Arg::new("revision")
                .value_name("REVISION")
                .required(true)
                .help("Where the database really is: head, base, a version or a name"),
        );
    with_all(command, "stamp 003")
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let wanted = matches
        .get_one::<String>("revision")
        .map_or("", String::as_str);
    carry_out(matches, terminal, Announce::Nothing, |set| {
        Ok(configure(verb::stamp(set, target(set, wanted)?), matches))
    })
}
