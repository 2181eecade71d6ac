//! Pairs of files, `001_name.up.sql` and `001_name.down.sql`, as sqlx and golang-migrate have them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Found, FoundDowngrade, Listing, duplicates,
    hint::{self, Form},
    is_passed_over,
    name::{self, Stem, next_version},
    unreadable, version_range,
};
use crate::{
    Code, Diagnostic, Version,
    folder::{Entry, Folder},
    migration::Transaction,
    near,
    version::VersionError,
};

const UP: &str = ".up.sql";
const DOWN: &str = ".down.sql";

/// Returns a file that has this layout's form.
pub(super) fn example(folder: &Folder) -> Option<String> {
    let mut files = folder.top().filter(|entry| !entry.is_folder());
    files
        .find(|entry| fits(entry.name()))
        .map(|entry| entry.path.clone())
}

/// Returns whether a file's name has this layout's form.
pub(super) fn fits(name: &str) -> bool {
    !is_passed_over(name) && parse(name).is_some()
}

/// Lists the migrations.
pub(super) fn read(folder: &Folder) -> Listing {
    let mut reader = Reader {
        folder,
        ups: Vec::new(),
        downs: BTreeMap::new(),
        misfits: Vec::new(),
        findings: Vec::new(),
    };
    for entry in folder.top() {
        reader.entry(entry);
    }
    reader.finish()
}

enum File {
    Up(Stem),
    Down(Stem),
}

fn parse(name: &str) -> Option<Result<File, VersionError>> {
    if let Some(text) = name.strip_suffix(UP) {
        return name::stem(text).map(|stem| stem.map(File::Up));
    }
    name::stem(name.strip_suffix(DOWN)?).map(|stem| stem.map(File::Down))
}

struct Reader<'a> {
    folder: &'a Folder,
    ups: Vec<(Stem, &'a str)>,
    downs: BTreeMap<(Version, String), &'a str>,
    misfits: Vec<&'a str>,
    findings: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn entry(&mut self, entry: &'a Entry) {
        let name = entry.name();
        if entry.is_folder() || is_passed_over(name) {
            return;
        }
        match parse(name) {
            Some(Ok(File::Up(stem))) => self.ups.push((stem, &entry.path)),
            Some(Ok(File::Down(stem))) => {
                self.downs.insert((stem.version, stem.name), &entry.path);
            }
            Some(Err(_)) => self.findings.push(version_range(self.folder, &entry.path)),
            None if hint::is_meant(name) => match unreadable(self.folder, entry) {
                Some(finding) => self.findings.push(finding),
                None => self.misfits.push(&entry.path),
            },
            None => {}
        }
    }

    fn finish(mut self) -> Listing {
        let intended = self.misfits();
        let mut found: Vec<Found> = Vec::new();
        for (stem, path) in std::mem::take(&mut self.ups) {
            let label = path.strip_suffix(UP).unwrap_or(path).to_owned();
            let downgrade_path = format!("{label}{DOWN}");
            let there = self.downs.remove(&(stem.version, stem.name.clone()));
            found.push(Found {
                version: stem.version,
                name: stem.name,
                upgrade: path.to_owned(),
                downgrade: if there.is_some() {
                    FoundDowngrade::There
                } else if intended.contains(&downgrade_path) {
                    FoundDowngrade::Misnamed
                } else {
                    FoundDowngrade::Missing
                },
                downgrade_path: there.map_or(downgrade_path, str::to_owned),
                label,
                transaction: Transaction::Inside,
            });
        }
        self.findings.extend(duplicates(self.folder, &found));
        for path in std::mem::take(&mut self.downs).into_values() {
            let label = path.strip_suffix(DOWN).unwrap_or(path);
            if !intended.contains(&format!("{label}{UP}")) {
                self.orphan(label, path, &mut found);
            }
        }
        Listing {
            found,
            findings: self.findings,
            ..Listing::default()
        }
    }

    /// Explains the files that do not fit; returns the names that they should have.
    fn misfits(&mut self) -> BTreeSet<String> {
        let last = self.ups.iter().map(|(stem, _)| stem.version).max();
        let like = self.ups.last().map_or("001_a", |(_, path)| path);
        let next = last.and_then(|last| next_version(like, last));
        let next = next.map_or_else(|| "001".to_owned(), |(text, _)| text);
        let mut intended = BTreeSet::new();
        for path in std::mem::take(&mut self.misfits) {
            let taken = |name: &str| self.folder.get(name).is_some() || intended.contains(name);
            let hint = hint::hint(path, Form::Pairs, &next, taken);
            self.findings.push(hint.finding(self.folder, path));
            intended.insert(hint.rename);
        }
        intended
    }

    /// Explains a downgrade without an upgrade, and marks the migration that it was meant for.
    fn orphan(&mut self, label: &str, path: &str, found: &mut [Found]) {
        let finding = Diagnostic::new(
            Code::OrphanDowngrade,
            format!("`{path}` has no upgrade `{label}{UP}`"),
        )
        .in_path(self.folder.shown(path));
        let version = label
            .split('_')
            .next()
            .and_then(|text| text.parse::<Version>().ok());
        let name = label.split_once('_').map_or("", |(_, name)| name);
        let mut lonely: Vec<&mut Found> = found
            .iter_mut()
            .filter(|found| found.downgrade == FoundDowngrade::Missing)
            .collect();
        let near = near::closest(label, lonely.iter().map(|found| found.label.as_str()))
            .map(str::to_owned);
        let meant = lonely
            .iter()
            .position(|found| Some(found.version) == version)
            .or_else(|| lonely.iter().position(|found| found.name == name))
            .or_else(|| {
                lonely
                    .iter()
                    .position(|found| Some(&found.label) == near.as_ref())
            });
        self.findings
            .push(match meant.and_then(|at| lonely.get_mut(at)) {
                Some(found) => {
                    found.downgrade = FoundDowngrade::Misnamed;
                    finding.help(format!(
                        "if it takes back `{}`, rename it to `{}`",
                        found.upgrade, found.downgrade_path
                    ))
                }
                None => finding.help(format!("write `{label}{UP}`, or remove the file")),
            });
    }
}
