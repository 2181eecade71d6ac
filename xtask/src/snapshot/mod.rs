//! After every migration: is the catalog that the replay gives the one that a server has?

pub(crate) mod apply;
mod ledger;
mod open;
pub(crate) mod prelude;
mod rows;

use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    time::{Duration, Instant},
};

use postgres::Client;
use samokoder_migrate::testing::{Database, Server};
use samokoder_migrate_core::{
    catalog::{Catalog, Picture},
    check::replay,
    folder::Folder,
};

use self::{
    ledger::{Difference, Ledger},
    rows::{Change, Key, Reader},
};
use crate::{
    Result, corpora,
    folder::{self, Project, without},
};

/// How many differences of one kind are written out for one migration.
const SHOWN: usize = 12;

/// Replays each corpus in a folder, or the one that the folder is, beside a server.
pub(crate) fn run(dir: &Path) -> Result {
    let mut differences = 0;
    for (name, path) in corpora::folders(dir)? {
        for project in folder::read(&name, &path)? {
            differences += compare(&project)?.differences;
        }
    }
    println!("{differences} differences");
    if differences > 0 {
        return Err("the replay does not give what the server has".into());
    }
    Ok(())
}

/// Prints the rows that a server has after the first `count` migrations of each corpus.
pub(crate) fn print(dir: &Path, count: usize) -> Result {
    for (name, path) in corpora::folders(dir)? {
        for project in folder::read(&name, &path)? {
            println!("{}:", project.name);
            let mut course = Course::begin(&project)?;
            course.run(&project, count)?;
            course.say();
            let mut ledger = Ledger::begin(course.before, Picture::default());
            for (_, changed) in course.steps {
                ledger.step(changed, Picture::default());
            }
            for row in ledger.server() {
                println!("  {} {}", row.kind, row.identity);
                for (fact, value) in &row.facts {
                    println!("      {fact}: {value:?}");
                }
            }
        }
    }
    Ok(())
}

/// What a server did with a project's upgrades.
struct Course {
    client: Client,
    reader: Reader,
    before: Vec<Change>,
    /// What changed with each upgrade that went through.
    steps: Vec<(String, Vec<Change>)>,
    /// The labels of those that did not, or come after one that half did, and why.
    refused: Vec<(String, String)>,
    applying: Duration,
    /// It and its database live as long as the connections.
    _database: Database,
}

impl Course {
    fn begin(project: &Project) -> Result<Self> {
        // Roles are the cluster's: each project has its own.
        let server = Server::start()?;
        let database = server.database()?;
        let client = prelude::connect(&database, project)?;
        let mut reader = Reader::connect(&database.url(), server.version())?;
        let before = reader.read()?;
        Ok(Self {
            client,
            reader,
            before,
            steps: Vec::new(),
            refused: Vec::new(),
            applying: Duration::ZERO,
            _database: database,
        })
    }

    fn run(&mut self, project: &Project, count: usize) -> Result {
        let mut is_lost = false;
        for upgrade in apply::upgrades(project).iter().take(count) {
            let mut refuse = |why: String| self.refused.push((upgrade.label.clone(), why));
            if is_lost {
                refuse("follows one that was left half done".to_owned());
                continue;
            }
            let begun = Instant::now();
            let refusal = upgrade.apply(&mut self.client)?;
            self.applying += begun.elapsed();
            if let Some(refusal) = refusal {
                // What stands of it is in no replay: from here on nothing can be compared.
                is_lost = refusal.after > 0;
                refuse(format!("{}: {}", refusal.sqlstate, refusal.message));
                continue;
            }
            self.steps
                .push((upgrade.label.clone(), self.reader.read()?));
        }
        Ok(())
    }

    fn say(&self) {
        for (label, why) in &self.refused {
            println!("  the server refuses {label}, which is left out: {why}");
        }
        let mut times = self.reader.times.clone();
        times.sort();
        let middle = times.get(times.len() / 2).copied().unwrap_or_default();
        println!(
            "  {} migrations applied in {} ms; {} rows at head, read in {} ms (median {} ms, longest {} ms)",
            self.steps.len(),
            self.applying.as_millis(),
            self.reader.count(),
            times.iter().sum::<Duration>().as_millis(),
            middle.as_millis(),
            times.last().copied().unwrap_or_default().as_millis()
        );
    }
}

/// What a comparison found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    /// How many migrations were compared.
    migrations: usize,
    differences: usize,
    /// How many facts the replay did not know, over all migrations.
    unknown: usize,
    /// How many rows only the server had where the replay says that it does not know.
    allowed: usize,
}

/// Compares one project, and prints what differs.
fn compare(project: &Project) -> Result<Outcome> {
    hold(project, &project.folder)
}

/// Holds the replay of a folder against a project on a server, and prints what differs.
fn hold(project: &Project, replayed: &Folder) -> Result<Outcome> {
    println!("{}:", project.name);
    for note in &project.notes {
        println!("  note: {note}");
    }
    let mut course = Course::begin(project)?;
    course.run(project, usize::MAX)?;
    course.say();
    let refused: Vec<String> = course
        .refused
        .iter()
        .map(|(label, _)| label.clone())
        .collect();
    let folder = without(replayed, &refused);
    let options = corpora::options(&project.name);
    let assumed = Catalog::new(&options).picture();
    let mut ledger = Ledger::begin(course.before, assumed);
    let mut steps: VecDeque<(String, Vec<Change>)> = course.steps.into();
    let mut astray = Vec::new();
    let begun = Instant::now();
    let mut compared = 0;
    let mut told = Vec::new();
    replay(&folder, &options, |label, catalog| {
        let Some(at) = steps.iter().position(|(applied, _)| applied == label) else {
            astray.push(format!("{label} is in the replay alone"));
            return;
        };
        let passed: Vec<(String, Vec<Change>)> = steps.drain(..=at).collect();
        let others = passed.iter().filter(|(applied, _)| applied != label);
        astray.extend(others.map(|(applied, _)| format!("{applied} is on the server alone")));
        let changed = passed.into_iter().flat_map(|(_, changed)| changed);
        compared += 1;
        let new = ledger.step(changed.collect(), catalog.picture());
        if !new.is_empty() {
            told.push((label.to_owned(), new));
        }
    });
    astray.extend(
        steps
            .iter()
            .map(|(applied, _)| format!("{applied} is on the server alone")),
    );
    for (label, new) in &told {
        println!("  after {}:", project.origin(label));
        say(new);
    }
    for migration in &astray {
        println!("  {migration}");
    }
    println!(
        "  {compared} migrations and {} rows compared in {} ms, {} rows in the replay at head",
        ledger.compared,
        begun.elapsed().as_millis(),
        ledger.replayed()
    );
    println!(
        "  unknown facts, ever: {}; at head: {}",
        listed(&ledger.unknown),
        listed(&ledger.unknown_at_head())
    );
    println!(
        "  rows only on the server that were allowed: {}; open at head: {}",
        ledger.allowed,
        shortened(&ledger.open().to_string())
    );
    if !ledger.passed_over.is_empty() {
        let kinds: Vec<&str> = ledger.passed_over.iter().copied().collect();
        println!("  not compared: {}", kinds.join(", "));
    }
    let differences = ledger.appeared + astray.len();
    println!("  differences: {differences}");
    Ok(Outcome {
        migrations: compared,
        differences,
        unknown: ledger.unknown.values().sum(),
        allowed: ledger.allowed,
    })
}

/// Returns the first items of a list with commas, and how many more there are.
fn shortened(list: &str) -> String {
    let items: Vec<&str> = list.split(", ").filter(|item| !item.is_empty()).collect();
    let shown = items.get(..SHOWN).unwrap_or(&items).join(", ");
    match items.len() {
        0 => "nothing".to_owned(),
        count if count > SHOWN => format!("{shown} and {} more", count - SHOWN),
        _ => shown,
    }
}

/// Prints differences, grouped by what they are about.
fn say(new: &[(Key, Difference)]) {
    let mut groups: BTreeMap<(&str, &str), Vec<(&str, &str)>> = BTreeMap::new();
    for (key, difference) in new {
        groups
            .entry((key.0, &difference.what))
            .or_default()
            .push((&key.1, &difference.values));
    }
    for ((kind, what), members) in groups {
        println!("    {kind}: {what} ({})", members.len());
        for (identity, values) in members.iter().take(SHOWN) {
            println!("      {identity}: {values}");
        }
        if members.len() > SHOWN {
            println!("      and {} more", members.len() - SHOWN);
        }
    }
}

fn listed(counts: &BTreeMap<(&'static str, &'static str), usize>) -> String {
    let all: usize = counts.values().sum();
    let each: Vec<String> = counts
        .iter()
        .map(|((kind, fact), count)| format!("{kind} {fact} {count}"))
        .collect();
    if each.is_empty() {
        "0".to_owned()
    } else {
        format!("{all} ({})", each.join(", "))
    }
}

#[cfg(test)]
mod tests;
