//! Whether the migrations that were found are all that there are, in their order.

use crate::{Code, Diagnostic, Diagnostics, Version, catalog::proof::Proven, layout::Found};

/// Whether the migrations that were found are all that there are, in their order: where not, the
/// schema is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Known,
    /// From this migration on.
    InDoubtFrom(Version),
    InDoubt,
}

impl Order {
    /// Sees in the findings whether a migration is missing, or in the wrong place.
    pub(super) fn of<'f>(
        diagnostics: &Diagnostics,
        found: &(impl Iterator<Item = &'f Found> + Clone),
    ) -> Self {
        let mut order = Self::Known;
        for finding in diagnostics {
            order = order.and(Self::after(finding, found.clone()));
        }
        order
    }

    fn after<'f>(finding: &Diagnostic, found: impl Iterator<Item = &'f Found> + Clone) -> Self {
        let path = finding.path().unwrap_or_default();
        match finding.code() {
            Code::VersionRange | Code::MixedLayouts | Code::LockedRemoved | Code::BeforeLocked => {
                Self::InDoubt
            }
            // What it was meant to be is in its place, or behind it.
            Code::FileName => Self::behind(number(path.rsplit('/')), found),
            Code::DuplicateVersion => {
                let is_named = |found: &&Found| {
                    is_at(path, &found.upgrade) || is_at(path, &found.downgrade_path)
                };
                let Some(Found { version, .. }) = found.clone().find(is_named) else {
                    return Self::InDoubt;
                };
                // Which of two upgrades is first the replay leaves open; two downgrades of one it
                // does not know.
                if found.filter(|found| found.version == *version).count() > 1 {
                    Self::Known
                } else {
                    Self::InDoubtFrom(*version)
                }
            }
            Code::OrphanDowngrade => {
                let number = number(path.rsplit('/'));
                let is_same = |found: &&Found| {
                    number.is_some() && self::number(found.upgrade.rsplit('/')) == number
                };
                // It is there by another name: none is missing.
                if found.clone().any(|found| is_same(&found)) {
                    return Self::Known;
                }
                Self::behind(number, found)
            }
            _ => Self::Known,
        }
    }

    /// Returns what is in doubt where a file with a number is missing.
    fn behind<'f>(number: Option<u64>, mut found: impl Iterator<Item = &'f Found>) -> Self {
        let Some(number) = number else {
            return Self::InDoubt;
        };
        found
            .find(|found| self::number(found.upgrade.rsplit('/')) >= Some(number))
            .map_or(Self::Known, |found| Self::InDoubtFrom(found.version))
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::InDoubt, _) | (_, Self::InDoubt) => Self::InDoubt,
            (Self::Known, other) | (other, Self::Known) => other,
            (Self::InDoubtFrom(a), Self::InDoubtFrom(b)) => Self::InDoubtFrom(a.min(b)),
        }
    }

    /// Drops what was proven of migrations that are in another order, or not all; `None` is what runs
    /// after all of them.
    pub(super) fn judge(self, proven: Proven, version: Option<Version>) -> Proven {
        let is_known = match self {
            Self::Known => true,
            Self::InDoubtFrom(first) => version.is_some_and(|version| version < first),
            Self::InDoubt => false,
        };
        if is_known { proven } else { Proven::unplaced() }
    }
}

/// Returns whether a path as it is shown is that of a file of the folder.
fn is_at(shown: &str, path: &str) -> bool {
    shown == path
        || shown
            .strip_suffix(path)
            .is_some_and(|folder| folder.ends_with('/'))
}

/// Returns the number that the innermost part of a path with one begins with.
fn number<'p>(mut parts: impl Iterator<Item = &'p str>) -> Option<u64> {
    parts.find_map(|part| {
        let end = part
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(part.len());
        part.get(..end)?.parse().ok()
    })
}
