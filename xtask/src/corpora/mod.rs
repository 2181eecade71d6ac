//! Real migrations, and what PostgreSQL did with each: no error of ours may be false.

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
    check::{Checked, Options, Profile, check},
    folder::Folder,
};

use self::{
    tally::{Said, Tally},
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
                None => truth::ask(&project)?,
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
/// history with such upgrades is checked twice: whole, for what is said about those upgrades alone;
/// and without them, for all the rest, which then stands on the same schema as it did on the server.
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
    for note in &project.notes {
        println!("  note: {note}");
    }
    let labels: Vec<&String> = whole.upgrades.iter().map(|(label, _)| label).collect();
    let truth_of = |label: &str| truths.get(project.origin(label));
    for label in &labels {
        if truth_of(label).is_none() {
            println!("  note: nothing is known of what PostgreSQL did with {label}");
        }
    }
    let failed: Vec<String> = labels
        .iter()
        .filter(|label| truth_of(label).is_some_and(|truth| truth.status == Status::UpFailed))
        .map(|label| (*label).clone())
        .collect();
    for label in &failed {
        let error = truth_of(label).map_or("", |truth| &truth.error);
        println!("  PostgreSQL refuses {label}: {error}");
    }
    let is_failed = |diagnostic: &Diagnostic| {
        let label = project.label_of(diagnostic.path().unwrap_or_default());
        failed.iter().any(|failed| failed == label)
    };
    let rest = (!failed.is_empty()).then(|| {
        let folder = project.without(&failed);
        let checked = check(&folder, None, &options);
        (folder, checked)
    });
    let mut findings: Vec<(&Diagnostic, &Folder)> = Vec::new();
    let of = |checked: &'_ Checked| checked.diagnostics.clone();
    let whole_findings = of(&whole);
    let rest_findings = rest.as_ref().map(|(_, checked)| of(checked));
    match (&rest, &rest_findings) {
        (Some((folder, _)), Some(found)) => {
            let about = whole_findings.iter().filter(|finding| is_failed(finding));
            findings.extend(about.map(|finding| (finding, &project.folder)));
            findings.extend(found.iter().map(|finding| (finding, folder)));
        }
        _ => findings.extend(whole_findings.iter().map(|found| (found, &project.folder))),
    }
    let mut tally = Tally::default();
    let mut missing: BTreeMap<Code, usize> = BTreeMap::new();
    for (diagnostic, folder) in &findings {
        let label = project.label_of(diagnostic.path().unwrap_or_default());
        let truth = truth_of(label);
        if diagnostic.severity() == Severity::Error {
            let verdict = judge(diagnostic, truth, folder, server)?;
            match verdict {
                Verdict::Missing => *missing.entry(diagnostic.code()).or_default() += 1,
                Verdict::True => say("true", diagnostic, None),
                Verdict::False => {
                    tally.false_errors += 1;
                    say("FALSE", diagnostic, truth);
                }
            }
        } else if is_catalog(diagnostic)
            && is_downgrade(diagnostic)
            && truth.is_some_and(Truth::is_right)
        {
            tally.warnings += 1;
            say("warning", diagnostic, truth);
        }
    }
    for (code, count) in missing {
        println!("  true {count} × [{code}] {}", code.title());
    }
    for label in labels {
        let Some(truth) = truth_of(label) else {
            continue;
        };
        *tally.statuses.entry(truth.status).or_default() += 1;
        let said = |about: &dyn Fn(&Diagnostic) -> bool| {
            findings
                .iter()
                .filter(|(found, _)| {
                    project.label_of(found.path().unwrap_or_default()) == label && about(found)
                })
                .map(|(found, _)| said(found))
                .max()
                .unwrap_or(Said::Nothing)
        };
        let (caught, found) = match truth.status {
            Status::UpFailed => (&mut tally.upgrades, said(&|found| !is_downgrade(found))),
            Status::DownFailed => (&mut tally.failing, said(&is_downgrade)),
            Status::NotRestored => (&mut tally.not_restoring, said(&is_downgrade)),
            _ => continue,
        };
        caught.add(found);
        if truth.is_broken() && found < Said::Error {
            let only = if found == Said::Warning {
                " (a warning)"
            } else {
                ""
            };
            println!(
                "  missed{only} {label}: {}: {}{}",
                truth.status.as_str(),
                truth.error,
                truth.diff
            );
        }
    }
    println!("{tally}");
    Ok(tally)
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
