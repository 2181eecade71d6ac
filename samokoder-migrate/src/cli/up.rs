//! `up`: to head, or to a revision above.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{
    Subcommand,
    arguments::{
        configure, environment, target, with_database, with_dir, with_environment, with_run,
        with_seeds, with_set,
    },
    checks::with_checks,
    exit::Exit,
    run::{Announce, carry_out, help, with_dry_run},
    stop::Stop,
    terminal::Terminal,
};
use crate::verb;

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    let command = Command::new("up")
        .about("Upgrades the database, and at head runs the seeds that are due")
        .arg(
            Arg::new("target")
                .value_name("TARGET")
                .default_value("head")
                .help("Where to: head, a version or a name"),
        );
    let command = with_environment(with_seeds(with_dir(with_checks(command))));
    with_run(with_dry_run(with_database(with_set(command))))
        .arg(
            Arg::new("allow-downgrade")
                .long("allow-downgrade")
                .action(ArgAction::SetTrue)
                .help("Go down where the target is below the revision that the database is at"),
        )
        .after_help(help("up --env dev"))
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let wanted = matches
        .get_one::<String>("target")
        .map_or("head", String::as_str);
    carry_out(matches, terminal, Announce::Nothing, |set| {
        let mut run = configure(verb::run_to(set, target(set, wanted)?), matches);
        if let Some(environment) = environment(matches, set)? {
            run = run.seeds(environment);
        }
        if matches.get_flag("allow-downgrade") {
            run = run.allow_downgrade();
        }
        Ok(run)
    })
}
