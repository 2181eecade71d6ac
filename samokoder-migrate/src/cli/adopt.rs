//! `adopt`: records what another tool applied.

use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser};

use super::{
    Subcommand,
    arguments::{with_database, with_dir, with_others, with_seeds, with_set},
    checks::with_checks,
    exit::Exit,
    stop::Stop,
    terminal::Terminal,
};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    let command = Command::new("adopt")
        .about("Records what another tool applied, without running anything")
        .arg(
            Arg::new("from")
                .long("from")
                .value_name("TOOL")
                .required(true)
                .value_parser(PossibleValuesParser::new(["refinery"]))
                .help("The tool whose history is read; it is left as it is"),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help("Only compare its history with the files, and write nothing"),
        )
        .arg(
            Arg::new("table")
                .long("table")
                .value_name("NAME")
                .help("The tool's table, as SQL names it [default: refinery_schema_history]"),
        );
    let command = with_checks(with_set(with_seeds(with_dir(command))));
    with_others(with_database(command)).after_help(
        "Example: DATABASE_URL=postgres://localhost/app samokoder-migrate adopt --from refinery --check\n\n\
         Exit status: 0 done or nothing to do, 1 failed or the histories differ, 2 wrong use,\n\
         3 another run is at work.",
    )
}

#[cfg(feature = "refinery")]
fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    use std::time::Duration;

    use super::{database, folders::Folders};
    use crate::{
        compat::refinery::{Adopt, adopt},
        error::Error,
    };

    let set = Folders::of(matches).set(matches, terminal)?;
    let mut adoption = adopt(&set);
    if let Some(table) = matches.get_one::<String>("table") {
        adoption = adoption.table(table);
    }
    if let Some(patience) = matches.get_one::<Duration>("wait") {
        adoption = adoption.wait(*patience);
    }
    let trusted = matches.get_many::<String>("trust").into_iter().flatten();
    adoption = trusted.fold(adoption, Adopt::trust);
    let mut client = database::connect(matches)?;
    if !matches.get_flag("check") {
        let adoption = adoption.on(&mut client)?;
        terminal.print(&format!("{adoption}\n"))?;
        return Ok(Exit::Done);
    }
    let comparison = adoption.check().on(&mut client)?;
    terminal.print(&format!("{comparison}\n"))?;
    match comparison.problem() {
        None => Ok(Exit::Done),
        Some(problem) => Err(Error::from(problem.clone()).into()),
    }
}

#[cfg(not(feature = "refinery"))]
fn run(_: &ArgMatches, _: Terminal) -> Result<Exit, Stop> {
    Err(
        Stop::usage("this command was built without the feature `refinery`").help(
            "install it with that feature: `cargo install samokoder-migrate --features cli,refinery`",
        ),
    )
}
