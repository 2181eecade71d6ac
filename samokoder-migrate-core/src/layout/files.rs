//! Two files for each migration, side by side: what pairs and refinery's files have in common.

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
    near,
    version::VersionError,
};

/// What a file's name says it is.
pub(super) enum File {
    Up(Stem),
    Down(Stem),
    /// Something that the layout knows and that cannot be read, such as refinery's `U1__name.sql`.
    Refused {
        problem: &'static str,
        note: &'static str,
        rename: String,
    },
}

/// How a layout names its two files.
pub(super) struct Names {
    pub(super) form: Form,
    /// What an upgrade ends in.
    pub(super) up: &'static str,
    /// What a downgrade ends in.
    pub(super) down: &'static str,
    pub(super) parse: fn(&str) -> Option<Result<File, VersionError>>,
    /// Whether a file that does not fit was meant to.
    pub(super) is_meant: fn(&str) -> bool,
}

impl Names {
    /// Returns a file that has the form.
    pub(super) fn example(&self, folder: &Folder) -> Option<String> {
        let mut files = folder.top().filter(|entry| !entry.is_folder());
        files
            .find(|entry| self.fits(entry.name()))
            .map(|entry| entry.path.clone())
    }

    /// Returns whether a file's name has the form.
    pub(super) fn fits(&self, name: &str) -> bool {
        !is_passed_over(name) && (self.parse)(name).is_some()
    }

    /// Lists the migrations.
    pub(super) fn read(&self, folder: &Folder) -> Listing {
        let mut reader = Reader {
            names: self,
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
}

struct Reader<'a> {
    names: &'a Names,
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
        match (self.names.parse)(name) {
            Some(Ok(File::Up(stem))) => self.ups.push((stem, &entry.path)),
            Some(Ok(File::Down(stem))) => self.down(stem, &entry.path),
            Some(Ok(File::Refused {
                problem,
                note,
                rename,
            })) => self.findings.push(
                Diagnostic::new(Code::FileName, format!("`{name}` {problem}"))
                    .in_path(self.folder.shown(&entry.path))
                    .note(note)
                    .help(format!("rename it to `{rename}`")),
            ),
            Some(Err(_)) => self.findings.push(version_range(self.folder, &entry.path)),
            None if (self.names.is_meant)(name) => match unreadable(self.folder, entry) {
                Some(finding) => self.findings.push(finding),
                None => self.misfits.push(&entry.path),
            },
            None => {}
        }
    }

    fn down(&mut self, stem: Stem, path: &'a str) {
        let version = stem.version;
        if let Some(other) = self.downs.insert((version, stem.name), path) {
            self.findings.push(
                Diagnostic::new(
                    Code::DuplicateVersion,
                    format!("`{other}` and `{path}` take back one version: {version}"),
                )
                .in_path(self.folder.shown(path))
                .help("keep the one that takes the upgrade back"),
            );
        }
    }

    fn finish(mut self) -> Listing {
        let intended = self.misfits();
        let mut found: Vec<Found> = Vec::new();
        for (stem, path) in std::mem::take(&mut self.ups) {
            let label = path.strip_suffix(self.names.up).unwrap_or(path).to_owned();
            let downgrade_path = format!("{label}{}", self.names.down);
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
            let label = path.strip_suffix(self.names.down).unwrap_or(path);
            let upgrade = format!("{label}{}", self.names.up);
            if !intended.contains(&upgrade) {
                let meant = meant_for(&mut found, label, version, &name);
                self.orphan(path, &upgrade, meant);
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
        let last = self.ups.iter().max_by_key(|(stem, _)| stem.version);
        let next = last.and_then(|(stem, path)| next_version(path, stem.version));
        let next = next.map_or_else(|| "001".to_owned(), |(text, _)| text);
        let mut intended = BTreeSet::new();
        for path in std::mem::take(&mut self.misfits) {
            let taken = |name: &str| self.folder.get(name).is_some() || intended.contains(name);
            let hint = hint::hint(path, self.names.form, &next, taken);
            self.findings.push(hint.finding(self.folder, path));
            intended.insert(hint.rename);
        }
        intended
    }

    /// Explains a downgrade without an upgrade, and marks the migration that it was meant for.
    fn orphan(&mut self, path: &str, upgrade: &str, meant: Option<&mut Found>) {
        let finding = Diagnostic::new(
            Code::OrphanDowngrade,
            format!("`{path}` has no upgrade `{upgrade}`"),
        )
        .in_path(self.folder.shown(path));
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
}

/// Finds the migration without a downgrade that is most like an orphan: by version, by name, by
/// both nearly.
fn meant_for<'a>(
    found: &'a mut [Found],
    label: &str,
    version: Version,
    name: &str,
) -> Option<&'a mut Found> {
    let mut lonely: Vec<&mut Found> = found
        .iter_mut()
        .filter(|found| found.downgrade == FoundDowngrade::Missing)
        .collect();
    let near = near::closest(label, lonely.iter().map(|found| found.label.as_str()));
    let at = lonely
        .iter()
        .position(|found| found.version == version)
        .or_else(|| lonely.iter().position(|found| found.name == name))
        .or_else(|| {
            lonely
                .iter()
                .position(|found| Some(found.label.as_str()) == near)
        })?;
    (at < lonely.len()).then(|| lonely.swap_remove(at))
}
