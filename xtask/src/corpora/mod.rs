//! Real migrations, and what PostgreSQL did with each: no error of ours may be false.

mod ask;
mod labels;
mod tally;
mod truth;
mod verdict;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;
use samokoder_migrate_core::{
    Code, Diagnostic, Severity,
    check::{Checked, Opaque, Options, Profile, Reach, check},
    folder::Folder,
};

use self::{
    tally::{Hidden, Said, Tally},
    truth::{Status, Truth, Truths},
    verdict::{Verdict, is_catalog, is_downgrade, judge},
};
use crate::{
    Result,
    folder::{self, Project},
};

/// Checks each corpus in a folder, and fails on an error that PostgreSQL does not share.
pub(crate) fn run(dir: &Path) -> Result {
    let database = Server::shared()?.database()?;
    let mut server = Client::connect(&database.url(), NoTls)?;
    let mut total = Tally::default();
    for (name, path) in folders(dir)? {
        let recorded = truth::read(path.parent().unwrap_or(&path))?;
        for project in folder::read(&name, &path)? {
            let truths = match &recorded {
                Some(truths) => truths.clone(),
                None => ask::ask(&project)?,
            };
            total += &corpus(&project, &truths, &mut server)?;
        }
    }
    println!("in total:\n{total}");
    if total.false_errors > 0 {
        return Err(format!("{} false errors", total.false_errors).into());
    }
    Ok(())
}

/// Returns the folders of migrations below `dir`, with the names of the projects: of each project
/// in it, or of the one that it is.
pub(crate) fn folders(dir: &Path) -> Result<Vec<(String, PathBuf)>> {
    let named = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy());
        let migrations = path.join("migrations");
        let is_there = migrations.is_dir();
        name.filter(|_| is_there)
            .map(|name| (name.into_owned(), migrations))
    };
    if let Some(one) = named(&dir.canonicalize()?) {
        return Ok(vec![one]);
    }
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    Ok(paths.iter().filter_map(|path| named(path)).collect())
}

/// Returns what a project's checks are told.
pub(crate) fn options(name: &str) -> Options {
    let mut options = Options::default();
    options.profile = is_supabase(name).then_some(Profile::Supabase);
    options
}

/// Returns whether a project runs on Supabase, by its name.
pub(crate) fn is_supabase(name: &str) -> bool {
    name.starts_with("supabase")
}

/// Checks one project, lists its errors, and counts.
///
/// The truth was found on a database where an upgrade that failed was undone and passed over. So a
/// history with such upgrades is checked without them, and once for each of them with that one alone:
/// each then stands on the same schema as it did on the server.
fn corpus(project: &Project, truths: &Truths, server: &mut Client) -> Result<Tally> {
    let options = options(&project.name);
    let begun = Instant::now();
    let whole = check(&project.folder, None, &options);
    println!(
        "{}: {} migrations, {} statements, checked in {} ms",
        project.name,
        whole.migrations,
        whole.statements,
        begun.elapsed().as_millis()
    );
    let labels: Vec<&String> = whole.upgrades.iter().map(|(label, _)| label).collect();
    let mut examination = Examination {
        project,
        truths,
        findings: Vec::new(),
        tally: Tally::default(),
    };
    let mut failed = examination.failed(&labels);
    // What a server did was found without upgrades that are not there: so is the rest.
    failed.extend(
        whole
            .diagnostics
            .iter()
            .filter(|found| found.code() == Code::OrphanDowngrade)
            .map(|found| {
                project
                    .label_of(found.path().unwrap_or_default())
                    .to_owned()
            })
            .filter(|label| !labels.contains(&label)),
    );
    let rest = project.without(&failed);
    let checked = (!failed.is_empty()).then(|| check(&rest, None, &options));
    let alone = refused_alone(project, &labels, &failed, &options);
    let is_failed = |found: &&Diagnostic| {
        let label = project.label_of(found.path().unwrap_or_default());
        failed.iter().any(|failed| failed == label)
    };
    let all = whole.diagnostics.iter();
    if let Some(checked) = &checked {
        // What the folder shows, whatever a server does.
        let of_folder = all.filter(is_failed).filter(|found| is_of_folder(found));
        let of_folder = of_folder.map(|found| (found, &project.folder));
        examination.findings.extend(of_folder);
        for (folder, found) in &alone {
            examination
                .findings
                .extend(found.iter().map(|found| (found, folder)));
        }
        // A folder without migrations is an error of its own.
        if failed.len() < labels.len() {
            let others = checked.diagnostics.iter().map(|found| (found, &rest));
            examination.findings.extend(others);
        }
    } else {
        let all = all.map(|found| (found, &project.folder));
        examination.findings.extend(all);
    }
    examination.judge(server)?;
    examination.recall(&labels);
    examination.tally.opaque = hidden(project, checked.as_ref().unwrap_or(&whole), &labels);
    println!("{}", examination.tally);
    Ok(examination.tally)
}

/// Checks each upgrade that PostgreSQL refused on what stood there: returns the folder, and what is
/// said of that upgrade.
fn refused_alone(
    project: &Project,
    labels: &[&String],
    failed: &[String],
    options: &Options,
) -> Vec<(Folder, Vec<Diagnostic>)> {
    let refused = labels.iter().enumerate();
    refused
        .filter(|(_, label)| failed.contains(label))
        .map(|(at, label)| {
            // What comes later has no say.
            let others: Vec<String> = labels
                .iter()
                .enumerate()
                .filter(|(other_at, other)| {
                    *other_at > at || *other != label && failed.contains(other)
                })
                .map(|(_, other)| (*other).clone())
                .collect();
            let folder = project.without(&others);
            let found = check(&folder, None, options)
                .diagnostics
                .into_iter()
                .filter(|found| {
                    // What is refused is never taken back.
                    !is_of_folder(found)
                        && !is_downgrade(found)
                        && project.label_of(found.path().unwrap_or_default()) == **label
                })
                .collect();
            (folder, found)
        })
        .collect()
}

/// Returns whether a finding is about which files there are.
fn is_of_folder(found: &Diagnostic) -> bool {
    found.code().as_str().starts_with("SM01")
}

/// Lists the statements that cover everything, and counts what is opaque.
fn hidden(project: &Project, checked: &Checked, labels: &[&String]) -> Hidden {
    let all = &checked.opaque;
    for opaque in all.iter().filter(|opaque| opaque.reach == Reach::All) {
        println!("  covers everything: {}:{}", opaque.path, opaque.position);
    }
    let after = |is_meant: &dyn Fn(&Opaque) -> bool| {
        let first = all
            .iter()
            .filter(|opaque| !opaque.path.ends_with("down.sql") && is_meant(opaque))
            .filter_map(|opaque| {
                let label = project.label_of(&opaque.path);
                labels.iter().position(|other| *other == label)
            })
            .min();
        first.map_or(0, |first| labels.len() - first - 1)
    };
    Hidden {
        statements: all.len(),
        covers: all
            .iter()
            .filter(|opaque| opaque.reach == Reach::All)
            .count(),
        migrations: labels.len(),
        after_opaque: after(&|_| true),
        after_cover: after(&|opaque| opaque.reach == Reach::All),
    }
}

/// What is known of one project: what PostgreSQL did, and what the check found.
struct Examination<'a> {
    project: &'a Project,
    truths: &'a Truths,
    /// Each with the folder that was checked.
    findings: Vec<(&'a Diagnostic, &'a Folder)>,
    tally: Tally,
}

impl Examination<'_> {
    fn truth(&self, label: &str) -> Option<&Truth> {
        self.truths.get(self.project.origin(label))
    }

    fn label_of<'d>(&self, diagnostic: &'d Diagnostic) -> &'d str {
        self.project.label_of(diagnostic.path().unwrap_or_default())
    }

    /// Returns the migrations whose upgrades PostgreSQL refused, and prints what should be known
    /// before the findings are read.
    fn failed(&self, labels: &[&String]) -> Vec<String> {
        for note in &self.project.notes {
            println!("  note: {note}");
        }
        let mut failed = Vec::new();
        for label in labels {
            match self.truth(label) {
                Some(truth) if truth.status == Status::UpFailed => {
                    println!("  PostgreSQL refuses {label}: {}", truth.error);
                    failed.push((*label).clone());
                }
                Some(_) => {}
                None => {
                    println!("  note: nothing is known of what PostgreSQL did with {label}");
                }
            }
        }
        failed
    }

    /// Judges each error, and each warning of the catalog about a downgrade that leads back.
    fn judge(&mut self, server: &mut Client) -> Result {
        let mut missing: BTreeMap<Code, usize> = BTreeMap::new();
        for (diagnostic, folder) in self.findings.clone() {
            let truth = self.truth(self.label_of(diagnostic));
            if diagnostic.severity() == Severity::Error {
                match judge(diagnostic, truth, folder, server)? {
                    Verdict::Missing => *missing.entry(diagnostic.code()).or_default() += 1,
                    Verdict::True => say("true", diagnostic, None),
                    Verdict::False
                        if labels::is_about(diagnostic)
                            && labels::differ(self.project, self.label_of(diagnostic))? =>
                    {
                        say("true (a server says so now)", diagnostic, None);
                    }
                    Verdict::False => {
                        say("FALSE", diagnostic, truth);
                        self.tally.false_errors += 1;
                    }
                }
            } else if is_catalog(diagnostic)
                && is_downgrade(diagnostic)
                && truth.is_some_and(Truth::is_right)
            {
                say("warning", diagnostic, truth);
                self.tally.warnings += 1;
            }
        }
        for (code, count) in missing {
            println!("  true {count} × [{code}] {}", code.title());
        }
        Ok(())
    }

    /// Counts how much of what PostgreSQL refused, or found not to lead back, is found; prints the
    /// downgrades that are not.
    fn recall(&mut self, labels: &[&String]) {
        for label in labels {
            let Some(truth) = self.truth(label).cloned() else {
                continue;
            };
            *self.tally.statuses.entry(truth.status).or_default() += 1;
            let strongest = |is_about: &dyn Fn(&Diagnostic) -> bool| {
                let of_migration = self.findings.iter().map(|(found, _)| *found);
                of_migration
                    .filter(|found| self.label_of(found) == *label && is_about(found))
                    .map(said)
                    .max()
                    .unwrap_or(Said::Nothing)
            };
            let found = if truth.status == Status::UpFailed {
                strongest(&|found| !is_downgrade(found))
            } else {
                strongest(&is_downgrade)
            };
            match truth.status {
                Status::UpFailed => self.tally.upgrades.add(found),
                Status::DownFailed => self.tally.failing.add(found),
                Status::NotRestored => self.tally.not_restoring.add(found),
                _ => {}
            }
            if truth.is_broken() && found < Said::Error {
                let only = match found {
                    Said::Warning => " (a warning)",
                    _ => "",
                };
                let status = truth.status.as_str();
                println!(
                    "  missed{only} {label}: {status}: {}{}",
                    truth.error, truth.diff
                );
            }
        }
    }
}

fn said(diagnostic: &Diagnostic) -> Said {
    match diagnostic.severity() {
        Severity::Error if is_catalog(diagnostic) => Said::CatalogError,
        Severity::Error => Said::Error,
        // Of the rest, what the catalog says about the downgrade counts.
        _ if is_catalog(diagnostic) => Said::Warning,
        _ => Said::Nothing,
    }
}

/// Prints a finding, and what PostgreSQL did where that matters.
fn say(verdict: &str, diagnostic: &Diagnostic, truth: Option<&Truth>) {
    let place = diagnostic
        .position()
        .map(|position| format!(":{position}"))
        .unwrap_or_default();
    println!(
        "  {verdict} {}{place}: [{}] {}",
        diagnostic.path().unwrap_or_default(),
        diagnostic.code(),
        diagnostic.message()
    );
    if let Some(truth) = truth {
        println!(
            "      PostgreSQL: {}{}{}, up again: {}",
            truth.status.as_str(),
            if truth.error.is_empty() { "" } else { ": " },
            truth.error,
            truth.again
        );
    }
}
