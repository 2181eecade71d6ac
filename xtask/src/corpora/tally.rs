//! What is counted: of one corpus, and of all.

use std::{collections::BTreeMap, fmt, ops::AddAssign};

use super::truth::Status;

#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// How many migrations PostgreSQL did what with.
    pub(super) statuses: BTreeMap<Status, usize>,
    pub(super) false_errors: usize,
    /// Upgrades that PostgreSQL refused: how many in all, and how many the check refuses too.
    pub(super) upgrades: Caught,
    /// Downgrades that fail.
    pub(super) failing: Caught,
    /// Downgrades that do not lead back.
    pub(super) not_restoring: Caught,
    /// Warnings of the catalog on downgrades that lead back.
    pub(super) warnings: usize,
    /// Statements that hide what they do.
    pub(super) opaque: Hidden,
}

/// How much of what ran is not in the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hidden {
    /// Statements of upgrades and downgrades whose effect is not all in their text.
    pub(super) statements: usize,
    /// Those that may have changed anything.
    pub(super) covers: usize,
    /// Migrations.
    pub(super) migrations: usize,
    /// Migrations after the first whose upgrade has an opaque statement.
    pub(super) after_opaque: usize,
    /// Migrations after the first whose upgrade may have changed anything.
    pub(super) after_cover: usize,
}

/// How many of something wrong are found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Caught {
    pub(super) all: usize,
    /// By an error.
    pub(super) refused: usize,
    /// By an error, one of the catalog's among them.
    pub(super) by_catalog: usize,
    /// By no more than a warning.
    pub(super) warned: usize,
}

/// What the check says about one script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    Nothing,
    Warning,
    Error,
    CatalogError,
}

impl Caught {
    pub(super) fn add(&mut self, said: Said) {
        self.all += 1;
        self.refused += usize::from(said >= Said::Error);
        self.by_catalog += usize::from(said == Said::CatalogError);
        self.warned += usize::from(said == Said::Warning);
    }

    fn percent(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "some thousands at most")]
        let share = self.refused as f64 / self.all as f64;
        share * 100.0
    }
}

impl AddAssign<&Self> for Tally {
    fn add_assign(&mut self, other: &Self) {
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
        self.false_errors += other.false_errors;
        self.upgrades += other.upgrades;
        self.failing += other.failing;
        self.not_restoring += other.not_restoring;
        self.warnings += other.warnings;
        self.opaque += other.opaque;
    }
}

impl AddAssign for Hidden {
    fn add_assign(&mut self, other: Self) {
        self.statements += other.statements;
        self.covers += other.covers;
        self.migrations += other.migrations;
        self.after_opaque += other.after_opaque;
        self.after_cover += other.after_cover;
    }
}

impl AddAssign for Caught {
    fn add_assign(&mut self, other: Self) {
        self.all += other.all;
        self.refused += other.refused;
        self.by_catalog += other.by_catalog;
        self.warned += other.warned;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses: Vec<String> = self
            .statuses
            .iter()
            .map(|(status, count)| format!("{count} {}", status.as_str()))
            .collect();
        writeln!(f, "  PostgreSQL: {}", statuses.join(", "))?;
        let mut broken = self.failing;
        broken += self.not_restoring;
        for (what, caught) in [
            ("upgrades that fail", self.upgrades),
            ("downgrades that fail", self.failing),
            ("downgrades that do not lead back", self.not_restoring),
            ("recall on downgrades", broken),
        ] {
            if caught.all > 0 {
                writeln!(f, "  {what}: {caught}")?;
            }
        }
        let Hidden {
            statements,
            covers,
            migrations,
            after_opaque,
            after_cover,
        } = self.opaque;
        writeln!(
            f,
            "  opaque statements: {statements}, of which {covers} cover everything; of {migrations} \
             migrations {after_opaque} come after an opaque upgrade, {after_cover} after a cover"
        )?;
        write!(
            f,
            "  false errors: {}; catalog warnings on downgrades that lead back: {}",
            self.false_errors, self.warnings
        )
    }
}

impl fmt::Display for Caught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} ({:.1} %) are errors, {} of them the catalog's; {} more are warnings",
            self.refused,
            self.all,
            self.percent(),
            self.by_catalog,
            self.warned
        )
    }
}
