//! The folders that a command reads, and what is in them.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use samokoder_migrate_core::{
    Diagnostic, Severity,
    check::{self, Checked, Options},
    diagnostic::render,
    disk,
    folder::Folder,
};

use super::{arguments::SEEDS, checks, stop::Stop, terminal::Terminal};
use crate::set::Set;

/// The folders that a command reads.
#[derive(Clone, Debug)]
pub(super) struct Folders {
    /// The migrations.
    pub(super) dir: PathBuf,
    seeds: Seeds,
    options: Options,
}

/// Which folder of seeds is read.
#[derive(Clone, Debug)]
enum Seeds {
    /// The default one, if it is there.
    Default,
    /// One that must be there.
    Named(PathBuf),
    None,
}

/// Folders that were read and checked.
#[derive(Debug)]
pub(super) struct Found {
    /// The migrations.
    pub(super) migrations: Folder,
    /// The seeds, if there are some.
    pub(super) seeds: Option<Folder>,
    /// What the checks say.
    pub(super) checked: Checked,
}

impl Folders {
    /// Reads `--dir`, `--seeds`, and what the checks are told.
    pub(super) fn of(matches: &ArgMatches) -> Self {
        let dir = matches.get_one::<PathBuf>("dir").cloned();
        let seeds = matches.get_one::<PathBuf>("seeds").cloned();
        Self {
            dir: dir.unwrap_or_default(),
            seeds: seeds.map_or(Seeds::Default, Seeds::Named),
            options: checks::options(matches),
        }
    }

    /// Names a folder of migrations, and one of seeds if there is one.
    pub(super) fn new(dir: PathBuf, seeds: Option<PathBuf>, options: Options) -> Self {
        Self {
            dir,
            seeds: seeds.map_or(Seeds::None, Seeds::Named),
            options,
        }
    }

    /// Reads and checks the folders.
    pub(super) fn check(&self) -> Result<Found, Stop> {
        let migrations = read(&self.dir)?;
        let seeds = self.seed_folder().map(read).transpose()?;
        let checked = check::check(&migrations, seeds.as_ref(), &self.options);
        Ok(Found {
            migrations,
            seeds,
            checked,
        })
    }

    /// Reads the folders as a set that can run; says the warnings on stderr.
    pub(super) fn set(&self, matches: &ArgMatches, terminal: Terminal) -> Result<Set, Stop> {
        let checked = self.check()?.checked;
        let Some(history) = &checked.history else {
            return Err(Stop::refused(checked.diagnostics));
        };
        let warnings = checked.diagnostics.iter();
        for warning in warnings.filter(|found| found.severity() == Severity::Warning) {
            terminal.say(&draw(warning, terminal));
        }
        let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
        let set = Set::of_history(history, text("set"), text("schema"));
        Ok(match self.seed_folder().and_then(Path::to_str) {
            Some(folder) => set.with_seed_folder(folder),
            None => set,
        })
    }

    /// Returns the folder of seeds that is read, if one is.
    fn seed_folder(&self) -> Option<&Path> {
        match &self.seeds {
            Seeds::Named(path) => Some(path),
            Seeds::Default if Path::new(SEEDS).is_dir() => Some(Path::new(SEEDS)),
            Seeds::Default | Seeds::None => None,
        }
    }
}

/// Reads a folder; one that is not there is a wrong use of the command.
pub(super) fn read(path: &Path) -> Result<Folder, Stop> {
    disk::read(path, &shown(path)).map_err(|missing| {
        let stop = Stop::usage(missing.to_string());
        if path.is_absolute() {
            return stop;
        }
        match std::env::current_dir() {
            Ok(here) => stop.help(format!("it was looked for in `{}`", here.display())),
            Err(_) => stop,
        }
    })
}

/// Returns a folder's path as messages show it: with `/`, and none at its end.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    };
    let trimmed = text.trim_end_matches('/');
    if trimmed.is_empty() {
        text
    } else {
        trimmed.to_owned()
    }
}

fn draw(diagnostic: &Diagnostic, terminal: Terminal) -> String {
    format!("{}\n", render(diagnostic, terminal.err))
}
