//! What the checks are told: the same as the macro's arguments say.

use clap::{Arg, ArgMatches, Command, value_parser};
use samokoder_migrate_core::check::{Baseline, Judgement, Options, Profile};

/// The oldest and the newest major version of PostgreSQL that can be named.
const POSTGRES: std::ops::RangeInclusive<i64> = 13..=19;

/// Adds what the checks are told.
pub(super) fn with_checks(command: Command) -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help)
            .help_heading("Checks, as the macro's arguments")
    };
    command
        .arg(
            option(
                "postgres",
                "N",
                "The oldest major version of PostgreSQL that must take the SQL: 13 to 19",
            )
            .value_parser(value_parser!(u16).range(POSTGRES)),
        )
        .arg(
            option(
                "profile",
                "PROFILE",
                "What the platform provides beside PostgreSQL itself",
            )
            .value_parser(["supabase"]),
        )
        .arg(
            option(
                "baseline",
                "BASELINE",
                "What the database holds before the first migration [default: empty]",
            )
            .value_parser(["empty", "unknown"]),
        )
        .arg(
            option(
                "catalog",
                "JUDGEMENT",
                "Whether what the catalog finds is an error or a warning [default: deny]",
            )
            .value_parser(["deny", "warn"]),
        )
}

/// Reads what the checks are told.
pub(super) fn options(matches: &ArgMatches) -> Options {
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let mut options = Options::default();
    options.postgres = matches.get_one::<u16>("postgres").copied();
    options.profile = word("profile").map(|_| Profile::Supabase);
    if word("baseline") == Some("unknown") {
        options.baseline = Baseline::Unknown;
    }
    if word("catalog") == Some("warn") {
        options.catalog = Judgement::Warn;
    }
    options
}
