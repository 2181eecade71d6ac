//! `check`: what the macro would say, without cargo.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, ValueHint, builder::EnumValueParser, value_parser};
use samokoder_migrate_core::{
    check::{Checked, Options, Profile},
    folder::Folder,
    migration::{Downgrade, History},
};

use super::{
    Subcommand,
    arguments::{MIGRATIONS, SEEDS},
    exit::Exit,
    folders::{Folders, Found},
    format::{Format, Roots, github, human, json, summary},
    stop::Stop,
    terminal::Terminal,
};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

/// The oldest and the newest major version of PostgreSQL that can be named.
const POSTGRES: std::ops::RangeInclusive<i64> = 13..=19;

fn define() -> Command {
    let folder = |name: &'static str| {
        Arg::new(name)
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
    };
    Command::new("check")
        .about("Checks the migrations in a folder, as the macro does when a program is built")
        .arg(
            folder("dir")
                .help("The folder of migrations [default: migrations, with the seeds in seeds]"),
        )
        .arg(folder("seeds").long("seeds").help("The folder of seeds"))
        .arg(
            Arg::new("postgres")
                .long("postgres")
                .value_name("N")
                .value_parser(value_parser!(u16).range(POSTGRES))
                .help("The oldest major version of PostgreSQL that must take the SQL: 13 to 19"),
        )
        .arg(
            Arg::new("profile")
                .long("profile")
                .value_name("PROFILE")
                .value_parser(["supabase"])
                .help("What the platform provides beside PostgreSQL itself"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(EnumValueParser::<Format>::new())
                .default_value("human")
                .help("The form in which findings are written"),
        )
        .after_help(
            "Example: samokoder-migrate check migrations --seeds seeds --postgres 15\n\n\
             Findings are written to stdout. Exit status: 0 no error (there may be warnings),\n\
             1 errors, 2 wrong use or a folder that cannot be read.",
        )
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let mut options = Options::default();
    options.postgres = matches.get_one::<u16>("postgres").copied();
    options.profile = matches
        .get_one::<String>("profile")
        .map(|_| Profile::Supabase);
    let found = folders(matches).check(&options)?;
    let format = matches.get_one("format").copied().unwrap_or(Format::Human);
    terminal.print(&text(&found, format, terminal))?;
    if format != Format::Json {
        for (label, reason) in irreversible(&found.checked) {
            terminal.say(&format!("no way back from {label}: {reason}"));
        }
        terminal.say(&summary(&found.checked));
    }
    Ok(if found.checked.diagnostics.has_errors() {
        Exit::Failed
    } else {
        Exit::Done
    })
}

fn folders(matches: &ArgMatches) -> Folders {
    let seeds = matches.get_one::<PathBuf>("seeds").cloned();
    if let Some(dir) = matches.get_one::<PathBuf>("dir") {
        return Folders::new(dir.clone(), seeds);
    }
    let default = || Path::new(SEEDS).is_dir().then(|| PathBuf::from(SEEDS));
    Folders::new(PathBuf::from(MIGRATIONS), seeds.or_else(default))
}

fn text(found: &Found, format: Format, terminal: Terminal) -> String {
    match format {
        Format::Human => human(&found.checked.diagnostics, terminal.out),
        Format::GitHub => {
            let here = std::env::current_dir().ok();
            github(&found.checked.diagnostics, here.as_deref())
        }
        Format::Json => json(
            &found.checked,
            Roots {
                migrations: found.migrations.display(),
                seeds: found.seeds.as_ref().map(Folder::display),
            },
        ),
    }
}

/// Lists what counts as irreversible, which a directive or the lock file says, and why.
fn irreversible(checked: &Checked) -> Vec<(&str, &str)> {
    let migrations = checked.history.iter().flat_map(History::migrations);
    migrations
        .filter_map(|migration| match &migration.downgrade {
            Downgrade::Irreversible { reason } => Some((migration.label.as_str(), reason.as_str())),
            _ => None,
        })
        .collect()
}
