//! Refinery's files, `V1__name.sql`, with `V1__name.down.sql` beside them for the way back.
//!
//! Refinery itself passes over the second, so a folder can be used by both.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Found, FoundDowngrade, Listing, duplicates,
    hint::{self, Form},
    is_passed_over,
    name::{Stem, next_version},
    unreadable, version_range,
};
use crate::{
    Code, Diagnostic, Version,
    folder::{Entry, Folder},
    migration::Transaction,
    version::VersionError,
};

const SQL: &str = ".sql";
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

enum File {
    Up(Stem),
    Down(Stem),
    /// `U1__name.sql`: an upgrade that refinery runs in whatever order it comes.
    OutOfOrder(Stem),
}

fn parse(name: &str) -> Option<Result<File, VersionError>> {
    let letter = name.chars().next().filter(|c| matches!(c, 'V' | 'U'))?;
    let down = name.strip_suffix(DOWN);
    let (version, name) = down
        .or_else(|| name.strip_suffix(SQL))?
        .get(1..)?
        .split_once("__")?;
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(fits) || !version.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let version = match version.parse::<Version>() {
        Ok(version) => version,
        Err(VersionError::NotDigits) => return None,
        Err(error) => return Some(Err(error)),
    };
    let stem = Stem {
        version,
        name: name.to_owned(),
    };
    Some(Ok(match (down, letter) {
        (Some(_), _) => File::Down(stem),
        (None, 'V') => File::Up(stem),
        (None, _) => File::OutOfOrder(stem),
    }))
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
            Some(Ok(File::OutOfOrder(stem))) => {
                self.findings.push(out_of_order(self.folder, entry, &stem));
            }
            Some(Err(_)) => self.findings.push(version_range(self.folder, &entry.path)),
            None if hint::is_meant(name) || is_versioned(name) => {
                match unreadable(self.folder, entry) {
                    Some(finding) => self.findings.push(finding),
                    None => self.misfits.push(&entry.path),
                }
            }
            None => {}
        }
    }

    fn finish(mut self) -> Listing {
        let intended = self.misfits();
        let mut found = Vec::new();
        for (stem, path) in std::mem::take(&mut self.ups) {
            let label = path.strip_suffix(SQL).unwrap_or(path).to_owned();
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
        for ((version, name), path) in std::mem::take(&mut self.downs) {
            let upgrade = format!("{}{SQL}", path.strip_suffix(DOWN).unwrap_or(path));
            if intended.contains(&upgrade) {
                continue;
            }
            let finding = Diagnostic::new(
                Code::OrphanDowngrade,
                format!("`{path}` has no upgrade `{upgrade}`"),
            )
            .in_path(self.folder.shown(path));
            let meant = found.iter_mut().find(|found: &&mut Found| {
                found.downgrade == FoundDowngrade::Missing
                    && (found.version == version || found.name == name)
            });
            self.findings.push(match meant {
                Some(found) => {
                    found.downgrade = FoundDowngrade::Misnamed;
                    finding.help(format!(
                        "if it takes back `{}`, rename it to `{}`",
                        found.upgrade, found.downgrade_path
                    ))
                }
                None => finding.help(format!("write `{upgrade}`, or remove the file")),
            });
        }
        Listing {
            found,
            findings: self.findings,
            ..Listing::default()
        }
    }

    /// Explains the files that do not fit; returns the names that they should have.
    fn misfits(&mut self) -> BTreeSet<String> {
        let last = self.ups.iter().max_by_key(|(stem, _)| stem.version);
        let next = last.and_then(|(stem, path)| next_version(path, stem.version));
        let next = next.map_or_else(|| "1".to_owned(), |(text, _)| text);
        let mut intended = BTreeSet::new();
        for path in std::mem::take(&mut self.misfits) {
            let taken = |name: &str| self.folder.get(name).is_some();
            let hint = hint::hint(path, Form::Refinery, &next, taken);
            self.findings.push(hint.finding(self.folder, path));
            intended.insert(hint.rename);
        }
        intended
    }
}

fn is_versioned(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(['V', 'U']) else {
        return false;
    };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() < rest.len() && after.starts_with("__")
}

fn out_of_order(folder: &Folder, entry: &Entry, stem: &Stem) -> Diagnostic {
    Diagnostic::new(
        Code::FileName,
        format!("`{}` may run in any order", entry.path),
    )
    .in_path(folder.shown(&entry.path))
    .note("refinery runs a `U` file after later ones too; here migrations run in order of version")
    .help(format!(
        "rename it to `V{}__{}{SQL}`",
        stem.version, stem.name
    ))
}
