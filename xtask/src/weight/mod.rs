//! What a check and a build cost: `cargo xtask weight`.

mod consumer;
mod history;
mod parser;
mod usage;

use std::path::Path;

use samokoder_migrate_core::{
    check::{Checked, Options, check},
    folder::Folder,
};

use self::{history::Kind, usage::Cost};
use crate::{
    Result, corpora,
    folder::{self, Project},
};

/// How often a check is repeated: the fastest counts, as others use the machine too.
const RUNS: usize = 3;

/// Weighs checks of generated histories, and builds of consumers.
pub(crate) fn run() -> Result {
    checks()?;
    builds()
}

/// Weighs builds of consumers alone.
pub(crate) fn builds() -> Result {
    consumer::run()
}

/// Weighs checks of generated histories alone.
pub(crate) fn checks() -> Result {
    head();
    for kind in [Kind::Everyday, Kind::HotTable, Kind::Routines] {
        for count in [250, 500, 1_000, 2_000] {
            let history = history::history(kind, count);
            let checked = weigh(
                &format!("{kind:?}"),
                &history::folder(&history),
                &Options::default(),
            );
            if let Some(finding) = checked.diagnostics.iter().next() {
                return Err(format!("what is weighed is wrong: {}", finding.message()).into());
            }
        }
    }
    Ok(())
}

/// Weighs checks of the projects in a folder.
pub(crate) fn projects(dir: &Path) -> Result {
    head();
    for (name, path) in corpora::folders(dir)? {
        for Project { name, folder, .. } in folder::read(&name, &path)? {
            weigh(&name, &folder, &corpora::options(&name));
        }
    }
    Ok(())
}

fn head() {
    println!(
        "{:24} {:>6} {:>7} | {:>7} {:>7} | {:>7} {:>6} | {:>9}",
        "check", "N", "KB", "wall s", "user s", "parse s", "ratio", "user ms/N"
    );
}

fn weigh(name: &str, folder: &Folder, options: &Options) -> Checked {
    let (mut checked, mut cost) = usage::of(|| check(folder, None, options));
    for _ in 1..RUNS {
        let (again, other) = usage::of(|| check(folder, None, options));
        checked = again;
        cost = Cost {
            wall: cost.wall.min(other.wall),
            user: cost.user.min(other.user),
        };
    }
    let (bytes, parse) = parser::weigh(folder, RUNS);
    println!(
        "{:24} {:>6} {:>7.0} | {:>7.2} {:>7.2} | {:>7.2} {:>6.1} | {:>9.2}",
        name,
        checked.migrations,
        as_float(bytes) / 1024.0,
        cost.wall,
        cost.user,
        parse,
        cost.user / parse,
        cost.user * 1000.0 / as_float(checked.migrations.max(1))
    );
    checked
}

fn as_float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
