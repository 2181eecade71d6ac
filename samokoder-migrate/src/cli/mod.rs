//! The command `samokoder-migrate`: the engine and the checks, without cargo.
//!
//! Findings and scripts go to stdout, what is said about them to stderr. It exits with 0 where all
//! was done or there was nothing to do, 1 where something failed or errors were found, 2 where it
//! was called in a way that makes no sense, 3 where another run is at work.

mod adopt;
mod arguments;
mod catalog;
mod check;
mod checks;
mod database;
mod diagram;
mod down;
mod exit;
mod explain;
mod folders;
mod format;
mod interrupt;
mod lock;
mod new;
mod psql;
mod repair;
mod run;
mod sql;
mod stamp;
mod status;
mod stop;
mod terminal;
mod time;
mod up;

use std::{ffi::OsString, process::ExitCode};

use clap::{ArgMatches, Command};

use exit::Exit;
use stop::Stop;
use terminal::Terminal;

/// Does what the process's arguments say.
#[must_use]
pub fn main() -> ExitCode {
    run_with(std::env::args_os(), Terminal::detect()).into()
}

/// One subcommand: how it is called, and what it does.
struct Subcommand {
    define: fn() -> Command,
    run: fn(&ArgMatches, Terminal) -> Result<Exit, Stop>,
}

/// The subcommands, in the order in which help lists them.
const SUBCOMMANDS: &[Subcommand] = &[
    check::SUBCOMMAND,
    new::SUBCOMMAND,
    lock::SUBCOMMAND,
    status::SUBCOMMAND,
    up::SUBCOMMAND,
    down::SUBCOMMAND,
    stamp::SUBCOMMAND,
    repair::SUBCOMMAND,
    adopt::SUBCOMMAND,
    sql::SUBCOMMAND,
    diagram::SUBCOMMAND,
    explain::SUBCOMMAND,
];

fn run_with(arguments: impl IntoIterator<Item = OsString>, terminal: Terminal) -> Exit {
    let outcome = match command().try_get_matches_from(arguments) {
        Ok(matches) => dispatch(&matches, terminal),
        Err(error) if error.use_stderr() => Err(Stop::Arguments(error)),
        Err(help) => terminal.print(&help.to_string()).map(|()| Exit::Done),
    };
    outcome.unwrap_or_else(|stop| stop.show(terminal))
}

fn dispatch(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Stop::usage("no subcommand was given"));
    };
    SUBCOMMANDS
        .iter()
        .find(|subcommand| (subcommand.define)().get_name() == name)
        .map_or_else(
            || Err(Stop::usage(format!("there is no subcommand `{name}`"))),
            |subcommand| (subcommand.run)(matches, terminal),
        )
}

fn command() -> Command {
    Command::new("samokoder-migrate")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Checks PostgreSQL migrations, and moves a database to any of their revisions")
        .after_help(
            "Example: samokoder-migrate check migrations --seeds seeds\n\n\
             Exit status: 0 done or nothing to do, 1 failed or errors were found, 2 wrong use,\n\
             3 another run is at work. `samokoder-migrate help COMMAND` shows an example of each.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(SUBCOMMANDS.iter().map(|subcommand| (subcommand.define)()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_arguments_fit_together() {
        super::command().debug_assert();
    }
}
