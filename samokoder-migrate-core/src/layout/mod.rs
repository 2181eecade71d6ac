//! Which layout a folder has, found by looking, and the migrations that it holds.
//!
//! Each layout is a module that gives two answers: `example` finds one file that only this layout
//! has, `read` lists the migrations. A new layout is a variant of [`Layout`] and such a module.

mod diesel;
mod files;
mod hint;
mod metadata;
mod name;
mod pairs;
mod refinery;

use std::borrow::Cow;

use crate::{
    Code, Diagnostic, Version,
    folder::{Content, Entry, Folder, escape, is_ignored},
    migration::Transaction,
};

pub(crate) use name::label;
pub use name::next_version;

/// How a folder's files are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// `001_name.up.sql` and `001_name.down.sql`: sqlx, golang-migrate.
    Pairs,
    /// `001_name/up.sql`, `001_name/down.sql` and perhaps `metadata.toml`: diesel.
    Diesel,
    /// `V1__name.sql` and, which refinery passes over, `V1__name.down.sql`.
    Refinery,
}

/// One migration's files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// Orders it.
    pub version: Version,
    /// The rest of its name.
    pub name: String,
    /// Version and name as the files write them.
    pub label: String,
    /// The upgrade's path below the folder.
    pub upgrade: String,
    /// The way back.
    pub downgrade: FoundDowngrade,
    /// The path below the folder that the downgrade has, or should have.
    pub downgrade_path: String,
    /// What the migration's metadata say.
    pub transaction: Transaction,
}

/// Whether a migration has a file that leads back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FoundDowngrade {
    /// It is there.
    There,
    /// It is not there.
    Missing,
    /// It is there under another name, about which there is a finding.
    Misnamed,
}

/// What a folder holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Listing {
    /// The layout; `None` if no file tells.
    pub layout: Option<Layout>,
    /// The migrations, in order of version; where two have one version, both are listed.
    pub found: Vec<Found>,
    /// What is wrong with the names.
    pub findings: Vec<Diagnostic>,
}

impl Layout {
    /// All layouts.
    pub const ALL: &[Self] = &[Self::Pairs, Self::Diesel, Self::Refinery];

    /// Returns the layout's name, as messages write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pairs => "pairs of files",
            Self::Diesel => "diesel's folders",
            Self::Refinery => "refinery's files",
        }
    }

    /// Returns a path that only this layout has.
    fn example(self, folder: &Folder) -> Option<String> {
        match self {
            Self::Pairs => pairs::NAMES.example(folder),
            Self::Diesel => diesel::example(folder),
            Self::Refinery => refinery::NAMES.example(folder),
        }
    }

    fn read(self, folder: &Folder) -> Listing {
        match self {
            Self::Pairs => pairs::NAMES.read(folder),
            Self::Diesel => diesel::read(folder),
            Self::Refinery => refinery::NAMES.read(folder),
        }
    }
}

/// Lists the migrations of a folder.
#[must_use]
pub fn read(folder: &Folder) -> Listing {
    let (folder, mut findings) = without_control_characters(folder);
    let examples: Vec<(Layout, String)> = Layout::ALL
        .iter()
        .filter_map(|layout| Some((*layout, layout.example(&folder)?)))
        .collect();
    let mut listing = match examples.as_slice() {
        // Names that nearly fit are explained in terms of pairs.
        [] => pairs::NAMES.read(&folder),
        [(layout, _)] => layout.read(&folder),
        mixed => {
            findings.push(mixed_layouts(&folder, mixed));
            Listing {
                found: mixed
                    .iter()
                    .flat_map(|(layout, _)| layout.read(&folder).found)
                    .collect(),
                ..Listing::default()
            }
        }
    };
    if let [(layout, _)] = examples.as_slice() {
        listing.layout = Some(*layout);
    }
    listing.findings.extend(findings);
    listing
        .found
        .sort_by(|a, b| (a.version, &a.label).cmp(&(b.version, &b.label)));
    if listing.found.is_empty() && listing.findings.is_empty() {
        listing.findings.push(empty(&folder));
    }
    listing
}

fn mixed_layouts(folder: &Folder, mixed: &[(Layout, String)]) -> Diagnostic {
    let named: Vec<String> = mixed
        .iter()
        .map(|(layout, path)| format!("{} (`{path}`)", layout.as_str()))
        .collect();
    Diagnostic::new(
        Code::MixedLayouts,
        format!("the folder mixes {}", named.join(" and ")),
    )
    .in_path(folder.shown("").trim_end_matches('/'))
    .help(
        "keep one layout: rename the files of the other, or give it a folder and a set of its own",
    )
}

fn empty(folder: &Folder) -> Diagnostic {
    let finding = Diagnostic::new(Code::EmptyFolder, "the folder holds no migration")
        .in_path(folder.shown("").trim_end_matches('/'));
    let inner = folder
        .top()
        .filter(|entry| entry.is_folder())
        .find(|inner| {
            folder
                .inside(&inner.path)
                .any(|entry| pairs::NAMES.fits(entry.name()) || refinery::NAMES.fits(entry.name()))
        });
    match inner {
        Some(inner) => finding.help(format!(
            "`{}` holds migrations: name that folder instead",
            folder.shown(&inner.path)
        )),
        None => finding.help(
            "write the first as `001_initial_schema.up.sql` and `001_initial_schema.down.sql`",
        ),
    }
}

fn without_control_characters(folder: &Folder) -> (Cow<'_, Folder>, Vec<Diagnostic>) {
    let bad = |entry: &Entry| entry.path.chars().any(char::is_control);
    if !folder.entries().iter().any(bad) {
        return (Cow::Borrowed(folder), Vec::new());
    }
    let findings = folder
        .entries()
        .iter()
        .filter(|entry| bad(entry))
        .map(|entry| {
            let name = escape(entry.name());
            Diagnostic::new(
                Code::FileName,
                format!("`{name}` holds a control character"),
            )
            .in_path(folder.shown(&entry.path))
            .help("rename it: letters, digits, spaces and signs of any script are fine")
        })
        .collect();
    (Cow::Owned(folder.clone_without(bad)), findings)
}

/// Returns whether a file says nothing about migrations in any layout.
fn is_passed_over(name: &str) -> bool {
    let lower = name.to_lowercase();
    is_ignored(name)
        || lower.starts_with("readme")
        || [".md", ".toml", ".lock"]
            .iter()
            .any(|suffix| lower.ends_with(suffix))
}

/// Returns a finding for an entry that cannot be read, and so may be anything.
fn unreadable(folder: &Folder, entry: &Entry) -> Option<Diagnostic> {
    let Content::Unreadable(why) = &entry.content else {
        return None;
    };
    Some(
        Diagnostic::new(
            Code::Unreadable,
            format!("`{}` cannot be read: {why}", escape(entry.name())),
        )
        .in_path(folder.shown(&entry.path)),
    )
}

/// Returns findings for migrations that have the version of one before them.
fn duplicates(folder: &Folder, found: &[Found]) -> Vec<Diagnostic> {
    let mut sorted: Vec<&Found> = found.iter().collect();
    sorted.sort_by(|a, b| (a.version, &a.label).cmp(&(b.version, &b.label)));
    let mut last = sorted.last().map(|found| found.version);
    let mut findings = Vec::new();
    for pair in sorted.windows(2) {
        let [first, second] = pair else { continue };
        if first.version != second.version {
            continue;
        }
        let finding = Diagnostic::new(
            Code::DuplicateVersion,
            format!(
                "`{}` and `{}` have one version: {}",
                first.upgrade, second.upgrade, second.version
            ),
        )
        .in_path(folder.shown(&second.upgrade));
        let free = last.and_then(|last| next_version(&second.label, last));
        findings.push(match free {
            Some((text, version)) => {
                last = Some(version);
                finding.help(format!(
                    "the next free version is `{text}`: rename the later one"
                ))
            }
            None => finding,
        });
    }
    findings
}

/// Returns the finding for a version with too many digits.
fn version_range(folder: &Folder, path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::VersionRange,
        format!(
            "the version of `{path}` has more than {} digits",
            Version::MAX_DIGITS
        ),
    )
    .in_path(folder.shown(path))
    .help("use a number such as `001`, or a time such as `20250127100000`")
}

#[cfg(test)]
mod tests;
