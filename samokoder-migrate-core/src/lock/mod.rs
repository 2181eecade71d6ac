//! `migrations.lock`: what has been released, name and checksum per migration, in order.

mod parse;
mod verify;

use std::fmt;

use crate::{Digest, Span, Version, layout, migration::History};

pub use parse::parse;
pub(crate) use verify::{Locked, Verified, verify};

/// The lock file's name, in the folder of the migrations.
pub const FILE: &str = "migrations.lock";

/// What each checksum in the file begins with: canonical form 1, SHA-256.
const PREFIX: &str = "s1:";

/// What begins the line that accepts a downgrade.
const ACCEPT: &str = "accept-downgrade";

/// The released migrations; `Display` writes the file.
///
/// ```
/// use samokoder_migrate_core::{Digest, lock::Lock};
///
/// let lock = Lock::new([("001_users".to_owned(), Digest::new([0; 32]))])
///     .accept("001_users", "it was never run");
/// assert!(lock.to_string().ends_with("\n    accept-downgrade \"it was never run\"\n"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    lines: Vec<Line>,
}

/// One released migration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// Version and name, as the migration's files write them.
    pub label: String,
    /// The upgrade's checksum.
    pub checksum: Digest,
    /// Why the faults of its downgrade are accepted, if they are.
    pub accepted: Option<String>,
    /// Where the line is.
    span: Span,
    /// Where the acceptance is.
    accepted_span: Span,
}

impl Lock {
    /// Locks upgrades, in order: labels and checksums.
    ///
    /// A project whose downgrades are broken has no [`History`]; `Checked::upgrades` has what this
    /// needs.
    #[must_use]
    pub fn new(upgrades: impl IntoIterator<Item = (String, Digest)>) -> Self {
        Self {
            lines: upgrades
                .into_iter()
                .map(|(label, checksum)| Line::new(label, checksum))
                .collect(),
        }
    }

    /// Adds the migrations of a history that are not locked yet; what is locked stays as it is.
    #[must_use]
    pub fn extend(self, history: &History) -> Self {
        let migrations = history.migrations().iter();
        self.extend_with(
            migrations.map(|migration| (migration.label.clone(), migration.upgrade.checksum)),
        )
    }

    /// Adds upgrades that are not locked yet; what is locked stays as it is.
    #[must_use]
    pub fn extend_with(mut self, upgrades: impl IntoIterator<Item = (String, Digest)>) -> Self {
        let last = self.lines.iter().filter_map(Line::version).max();
        self.lines.extend(
            upgrades
                .into_iter()
                .map(|(label, checksum)| Line::new(label, checksum))
                .filter(|line| line.version() > last),
        );
        self
    }

    /// Accepts the faults of a locked migration's downgrade, with a reason; a label that is not
    /// locked changes nothing.
    ///
    /// Such a downgrade is never run: the migration counts as irreversible.
    #[must_use]
    pub fn accept(mut self, label: &str, reason: &str) -> Self {
        for line in self.lines.iter_mut().filter(|line| line.label == label) {
            // The file has no escapes.
            let clean = |c: char| if c.is_control() { ' ' } else { c };
            let reason: String = reason.replace('"', "'").chars().map(clean).collect();
            line.accepted = Some(reason.trim().to_owned());
        }
        self
    }

    /// Returns the released migrations, in order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}

impl Line {
    fn new(label: String, checksum: Digest) -> Self {
        Self {
            label,
            checksum,
            accepted: None,
            span: Span::at(0),
            accepted_span: Span::at(0),
        }
    }

    fn version(&self) -> Option<Version> {
        layout::label(&self.label).map(|(version, _)| version)
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "# Released migrations, in order. One that is edited, removed or overtaken is an error.\n",
        )?;
        for line in &self.lines {
            writeln!(f, "{PREFIX}{} {}", line.checksum, line.label)?;
            if let Some(reason) = &line.accepted {
                writeln!(f, "    {ACCEPT} \"{reason}\"")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
