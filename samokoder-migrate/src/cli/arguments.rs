//! Arguments that several subcommands have.

use std::{path::PathBuf, time::Duration};

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};

use super::{stop::Stop, time};
use crate::{
    engine::Job,
    plan::NewerDatabase,
    revision::Target,
    set::{DEFAULT_SCHEMA, DEFAULT_SET, Set},
    verb::Run,
};

/// The folder of migrations where none is named.
pub(super) const MIGRATIONS: &str = "migrations";
/// The folder of seeds where none is named.
pub(super) const SEEDS: &str = "seeds";

/// What a name in PostgreSQL may have in bytes.
const NAME_BYTES: usize = 63;

/// Adds `--dir`.
pub(super) fn with_dir(command: Command) -> Command {
    command.arg(
        Arg::new("dir")
            .long("dir")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
            .default_value(MIGRATIONS)
            .help("The folder of migrations"),
    )
}

/// Adds `--seeds`.
pub(super) fn with_seeds(command: Command) -> Command {
    command.arg(
        Arg::new("seeds")
            .long("seeds")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
            .help("The folder of seeds [default: seeds, if it is there]"),
    )
}

/// Adds what names a set in a database.
pub(super) fn with_set(command: Command) -> Command {
    command
        .arg(
            Arg::new("set")
                .long("set")
                .value_name("NAME")
                .value_parser(name)
                .default_value(DEFAULT_SET)
                .help("The set's name; several sets live in one database side by side"),
        )
        .arg(
            Arg::new("schema")
                .long("schema")
                .value_name("NAME")
                .value_parser(name)
                .default_value(DEFAULT_SCHEMA)
                .help("The schema that holds the history"),
        )
}

/// Adds `--database-url`.
pub(super) fn with_database(command: Command) -> Command {
    command.arg(
        Arg::new("database-url")
            .long("database-url")
            .value_name("URL")
            .help("Where the database is [default: the variable DATABASE_URL, which others cannot see]"),
    )
}

/// Adds how long scripts may wait and run.
pub(super) fn with_timeouts(command: Command) -> Command {
    command
        .arg(timeout(
            "lock-timeout",
            "How long a statement may wait for a lock, such as 3s, where its script does not say",
        ))
        .arg(timeout(
            "statement-timeout",
            "How long a statement may run, such as 10min, where its script does not say",
        ))
}

/// Adds how scripts run, how a run deals with others, and who may own the history.
pub(super) fn with_run(command: Command) -> Command {
    with_others(with_timeouts(command))
        .arg(
            Arg::new("newer-database")
                .long("newer-database")
                .value_name("WHAT")
                .value_parser(["accept", "refuse", "downgrade"])
                .help("What to do with a database that a newer build moved ahead [default: accept to go to head, else refuse]"),
        )
        .arg(
            Arg::new("retries")
                .long("retries")
                .value_name("N")
                .value_parser(value_parser!(u32))
                .help("How often a step that lost a lock is tried again [default: 9]"),
        )
        .arg(
            time_argument("deadline", "How long the whole run may take, such as 10min")
                .value_parser(time::timeout),
        )
}

/// Adds how a run deals with others, and who may own the history.
pub(super) fn with_others(command: Command) -> Command {
    command
        .arg(
            time_argument("wait", "How long to wait for another run that is at work")
                .value_parser(time::duration)
                .default_value("1min"),
        )
        .arg(
            Arg::new("trust")
                .long("trust")
                .value_name("ROLE")
                .action(clap::ArgAction::Append)
                .help("A role, beside the current one, that may own the history"),
        )
}

/// Adds `--env`.
pub(super) fn with_environment(command: Command) -> Command {
    command.arg(
        Arg::new("env")
            .long("env")
            .value_name("NAME")
            .help("The environment whose seeds run too: a folder below the seeds"),
    )
}

/// Reads the environment, which must be one of the set's.
pub(super) fn environment(matches: &ArgMatches, set: &Set) -> Result<Option<String>, Stop> {
    let Some(name) = matches.get_one::<String>("env") else {
        return Ok(None);
    };
    let mut known: Vec<&str> = set
        .seeds()
        .iter()
        .filter_map(|seed| seed.environment())
        .collect();
    known.dedup();
    if known.contains(&name.as_str()) {
        return Ok(Some(name.clone()));
    }
    let stop = Stop::usage(format!("no seed is for an environment `{name}`"));
    Err(if known.is_empty() {
        stop.help(format!(
            "a folder below the seeds is an environment: `{SEEDS}/{name}/…`"
        ))
    } else {
        stop.help(format!("there are {}", known.join(", ")))
    })
}

/// Reads a revision.
pub(super) fn target(set: &Set, text: &str) -> Result<Target, Stop> {
    Target::parse(set, text).map_err(|error| {
        let stop = Stop::usage(format!("[{}] {error}", error.code()));
        match set.migrations() {
            [] => stop,
            [only] => stop.help(format!("there is {}", only.label())),
            [first, .., last] => {
                stop.help(format!("there are {} to {}", first.label(), last.label()))
            }
        }
    })
}

/// Sets on a run what its arguments say.
pub(super) fn configure<'s>(
    mut run: Run<'s, crate::revision::Point>,
    matches: &ArgMatches,
) -> Run<'s, crate::revision::Point> {
    let time = |name: &str| matches.get_one::<Duration>(name).copied();
    if let Some(timeout) = time("lock-timeout") {
        run = run.lock_timeout(timeout);
    }
    if let Some(timeout) = time("statement-timeout") {
        run = run.statement_timeout(timeout);
    }
    let newer = matches.get_one::<String>("newer-database");
    run = match newer.map(String::as_str) {
        Some("refuse") => run.newer_database(NewerDatabase::Refuse),
        Some("downgrade") => run.newer_database(NewerDatabase::Downgrade),
        _ => run,
    };
    if let Some(deadline) = time("deadline") {
        run = run.deadline(deadline);
    }
    if let Some(&retries) = matches.get_one::<u32>("retries") {
        run = run.retries(retries);
    }
    if let Some(patience) = time("wait") {
        run = run.wait(patience);
    }
    matches
        .get_many::<String>("trust")
        .into_iter()
        .flatten()
        .fold(run, Run::trust)
}

/// Sets on a job that is not sent what its arguments say.
pub(super) fn configure_job(job: &mut Job<'_>, matches: &ArgMatches) {
    job.timeouts.lock = matches.get_one::<Duration>("lock-timeout").copied();
    job.timeouts.statement = matches.get_one::<Duration>("statement-timeout").copied();
}

fn timeout(name: &'static str, help: &'static str) -> Arg {
    time_argument(name, help).value_parser(time::timeout)
}

fn time_argument(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("TIME").help(help)
}

fn name(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Err("a name has at least one character".to_owned())
    } else if text.len() > NAME_BYTES {
        Err(format!(
            "a name in PostgreSQL has at most {NAME_BYTES} bytes"
        ))
    } else if text.chars().any(char::is_control) {
        Err("a name holds no control character".to_owned())
    } else {
        Ok(text.to_owned())
    }
}
