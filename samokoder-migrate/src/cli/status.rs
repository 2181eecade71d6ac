//! `status`: where the database is, and what is pending.

use clap::{ArgMatches, Command};

use super::{
    Subcommand,
    arguments::{with_database, with_dir, with_seeds, with_set},
    checks::with_checks,
    database,
    exit::Exit,
    folders::Folders,
    stop::Stop,
    terminal::Terminal,
};
use crate::{revision::Point, verb};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    let command = Command::new("status")
        .about("Shows where the database is, and what is pending; writes nothing")
        .after_help(
            "Example: DATABASE_URL=postgres://localhost/app samokoder-migrate status\n\n\
             Exit status: 0 shown, whatever it is; 1 failed; 2 wrong use.",
        );
    with_database(with_set(with_seeds(with_dir(with_checks(command)))))
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let set = Folders::of(matches).set(matches, terminal)?;
    let mut client = database::connect(matches)?;
    let status = verb::status::<Point>(&set).on(&mut client)?;
    terminal.print(&status.to_string())?;
    Ok(Exit::Done)
}
