//! `sql`: the scripts of a run, without a database.

use clap::{Arg, ArgMatches, Command};

use super::{
    Subcommand,
    arguments::{
        configure_job, environment, target, with_dir, with_environment, with_seeds, with_set,
        with_timeouts,
    },
    checks::with_checks,
    exit::Exit,
    folders::Folders,
    psql,
    stop::Stop,
    terminal::Terminal,
};
use crate::{
    engine::{Assumed, Job, offline},
    plan::{Downward, Goal, label},
    set::Set,
};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    let command = Command::new("sql")
        .about("Prints the scripts that a run would send, for psql; needs no database")
        .arg(
            Arg::new("range")
                .value_name("FROM..TO")
                .default_value("base..head")
                .help("From where to where, up or down: base..head, ..003, 003..base"),
        );
    let command = with_environment(with_seeds(with_dir(with_checks(command))));
    with_timeouts(with_set(command)).after_help(
        "Example: samokoder-migrate sql 003..head > release.sql && psql -X -f release.sql app\n\n\
         A guard stops the script on a database that is not at FROM, and nothing is done.\n\
         Exit status: 0 printed, 1 the folder has errors or there is no way, 2 wrong use.",
    )
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let set = Folders::of(matches).set(matches, terminal)?;
    let range = matches
        .get_one::<String>("range")
        .map_or("", String::as_str);
    let (from, to) = split(range)?;
    let at = target(&set, from)?.resolve(&set);
    let to = target(&set, to)?;
    let run = name(&set, at.0, to.resolve(&set).0);
    let mut job = Job::new(&set, Goal::RunTo(to, Downward::Allowed));
    job.environment = environment(matches, &set)?;
    configure_job(&mut job, matches);
    let scripts = offline(&job, Assumed { at, run: &run })?;
    if scripts.is_empty() {
        terminal.say("nothing to do");
        return Ok(Exit::Done);
    }
    if at.0 > 0 && !set.seeds().is_empty() && to.resolve(&set).0 == set.migrations().len() {
        terminal.say(
            "note: seeds are not printed: from a revision other than base, only the database knows which ran",
        );
    }
    terminal.print(&psql::script(&scripts))?;
    Ok(Exit::Done)
}

/// Reads `FROM..TO`, either of which may be left out.
fn split(range: &str) -> Result<(&str, &str), Stop> {
    let Some((from, to)) = range.split_once("..") else {
        return Err(Stop::usage(format!("`{range}` is not a range"))
            .help(format!("write `..{range}` or `{range}..`")));
    };
    let from = if from.is_empty() { "base" } else { from };
    Ok((from, if to.is_empty() { "head" } else { to }))
}

/// Returns the name that the rows carry for the run: one that is the same however often it is
/// printed, so that a printed script can be reviewed and kept.
fn name(set: &Set, from: usize, to: usize) -> String {
    format!("printed {}..{}", label(set, from), label(set, to))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn either_end_of_a_range_may_be_left_out() {
        assert_eq!(split("001..003").unwrap(), ("001", "003"));
        assert_eq!(split("..003").unwrap(), ("base", "003"));
        assert_eq!(split("003..").unwrap(), ("003", "head"));
        assert_eq!(split("..").unwrap(), ("base", "head"));
        assert!(split("003").is_err());
    }
}
