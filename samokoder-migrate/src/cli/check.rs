//! `check`: what the macro would say, without cargo.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, ValueHint, builder::EnumValueParser, value_parser};
use samokoder_migrate_core::{catalog::explain, check::Options, folder::Folder};

use super::{
    Subcommand,
    arguments::{MIGRATIONS, SEEDS},
    catalog,
    checks::{options, with_checks},
    exit::Exit,
    folders::{Folders, Found},
    format::{Format, Roots, exceptions, github, human, json, summary},
    stop::Stop,
    terminal::Terminal,
};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    let folder = |name: &'static str| {
        Arg::new(name)
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
    };
    let command = Command::new("check")
        .about("Checks the migrations in a folder, as the macro does when a program is built")
        .arg(
            folder("dir")
                .help("The folder of migrations [default: migrations, with the seeds in seeds]"),
        )
        .arg(folder("seeds").long("seeds").help("The folder of seeds"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(EnumValueParser::<Format>::new())
                .default_value("human")
                .help("The form in which findings are written"),
        )
        .arg(
            Arg::new("explain-catalog")
                .long("explain-catalog")
                .value_name("REVISION")
                .conflicts_with("format")
                .help("Print the schema at a revision, as the checks know it: head, base, a version or a name"),
        );
    with_checks(command).after_help(
            "Example: samokoder-migrate check migrations --seeds seeds --postgres 15\n\n\
             Findings are written to stdout, with --explain-catalog to stderr. Exit status: 0 no error (there may be warnings),\n\
             1 errors, 2 wrong use or a folder that cannot be read.",
        )
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let options = options(matches);
    let found = folders(matches, options.clone()).check()?;
    let format = matches.get_one("format").copied().unwrap_or(Format::Human);
    if let Some(revision) = matches.get_one::<String>("explain-catalog") {
        let picture = catalog::at(&found.migrations, &options, revision)?;
        terminal.print(&explain(&picture))?;
        if !found.checked.diagnostics.is_empty() {
            terminal.say(&human(&found.checked.diagnostics, terminal.err));
        }
    } else {
        terminal.print(&text(&found, format, terminal))?;
    }
    if format != Format::Json {
        let exceptions = exceptions(&found.checked.exceptions);
        if !exceptions.is_empty() {
            terminal.say(&exceptions);
        }
        terminal.say(&summary(&found.checked));
    }
    Ok(if found.checked.diagnostics.has_errors() {
        Exit::Failed
    } else {
        Exit::Done
    })
}

fn folders(matches: &ArgMatches, options: Options) -> Folders {
    let seeds = matches.get_one::<PathBuf>("seeds").cloned();
    if let Some(dir) = matches.get_one::<PathBuf>("dir") {
        return Folders::new(dir.clone(), seeds, options);
    }
    let default = || Path::new(SEEDS).is_dir().then(|| PathBuf::from(SEEDS));
    Folders::new(PathBuf::from(MIGRATIONS), seeds.or_else(default), options)
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
