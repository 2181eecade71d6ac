//! `stamp`: records a revision without running anything.

use clap::{Arg, ArgMatches, Command};

use super::{
    Subcommand,
    arguments::{configure, target, with_database, with_dir, with_run, with_seeds, with_set},
    exit::Exit,
    run::{Announce, carry_out, with_dry_run},
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
    with_run(with_dry_run(with_database(with_set(with_seeds(with_dir(
        command,
    ))))))
    .after_help(
        "Example: DATABASE_URL=postgres://localhost/app samokoder-migrate stamp 003\n\n\
         Exit status: 0 done or nothing to do, 1 failed, 2 wrong use, 3 another run is at work.",
    )
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let wanted = matches
        .get_one::<String>("revision")
        .map_or("", String::as_str);
    carry_out(matches, terminal, Announce::Nothing, |set| {
        Ok(configure(verb::stamp(set, target(set, wanted)?), matches))
    })
}
