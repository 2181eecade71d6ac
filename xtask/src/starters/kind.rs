//! Which sets meet in a round.

use std::fmt;

use samokoder_migrate::Set;
use samokoder_migrate_core::{
    check::{self, Baseline},
    folder::Folder,
};

use crate::Result;

/// What a round is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// All steps in transactions.
    Transactional,
    /// Some build indexes CONCURRENTLY.
    Concurrently,
    /// The same, while another application does so too.
    Busy,
    /// Half of the copies have a longer history.
    Versions,
    /// Half of the copies have another history.
    Diverged,
}

/// The set of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Build {
    Transactional,
    Concurrently,
    Old,
    New,
    Left,
    Right,
}

/// How many migrations a set has; an old build has half of them.
const STEPS: usize = 6;
/// The first migration at which histories part.
pub(super) const PARTING: usize = 3;
/// The migrations that build an index.
const INDEXES: [usize; 2] = [2, 5];
/// The table whose lock the first migration needs.
pub(super) const GATE: &str = "gate";

impl Kind {
    pub(super) const ALL: [Self; 5] = [
        Self::Transactional,
        Self::Concurrently,
        Self::Busy,
        Self::Versions,
        Self::Diverged,
    ];

    /// Returns the builds that start, by turns.
    pub(super) fn builds(self) -> [Build; 2] {
        match self {
            Self::Transactional => [Build::Transactional; 2],
            Self::Concurrently | Self::Busy => [Build::Concurrently; 2],
            Self::Versions => [Build::Old, Build::New],
            Self::Diverged => [Build::Left, Build::Right],
        }
    }
}

impl Build {
    const ALL: [Self; 6] = [
        Self::Transactional,
        Self::Concurrently,
        Self::Old,
        Self::New,
        Self::Left,
        Self::Right,
    ];

    pub(super) fn named(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|build| build.name() == name)
            .ok_or_else(|| format!("there is no build {name}").into())
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Transactional => "transactional",
            Self::Concurrently => "concurrently",
            Self::Old => "old",
            Self::New => "new",
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// Returns the labels of its migrations, in order.
    pub(super) fn labels(self) -> Vec<String> {
        let steps = if self == Self::Old { STEPS / 2 } else { STEPS };
        (1..=steps)
            .map(|step| match self {
                Self::Left | Self::Right if step >= PARTING => {
                    format!("{step:03}_{}_{step}", self.name())
                }
                _ => format!("{step:03}_step_{step}"),
            })
            .collect()
    }

    /// Returns what its seed is called, if it has one.
    pub(super) fn seed(self) -> Option<&'static str> {
        matches!(self, Self::Transactional | Self::Concurrently).then_some("s")
    }

    /// Makes the set: each step notes in a table that it ran.
    pub(super) fn set(self) -> Result<Set> {
        let mut folder = Folder::new("migrations");
        for (step, label) in (1..).zip(self.labels()) {
            let (up, down) = self.scripts(step, &label);
            folder = folder
                .file(format!("{label}.up.sql"), up)
                .file(format!("{label}.down.sql"), down);
        }
        let seeds = self.seed().map(|name| {
            let text = format!("INSERT INTO ran SELECT '{name}' WHERE true ON CONFLICT DO NOTHING");
            Folder::new("seeds").file(format!("{name}.sql"), text)
        });
        let mut options = check::Options::default();
        // The gate is there before.
        options.baseline = Baseline::Unknown;
        let checked = check::check(&folder, seeds.as_ref(), &options);
        let history = checked.history.ok_or_else(|| {
            format!(
                "the harness's own migrations do not pass: {:#?}",
                checked.diagnostics
            )
        })?;
        Ok(Set::of_history(&history, "main", "samokoder_migrate"))
    }

    fn scripts(self, step: usize, label: &str) -> (String, String) {
        // So that there is something to wait for.
        let ran = format!("INSERT INTO ran SELECT '{label}' FROM pg_sleep(0.03)");
        let outside = "-- samokoder: no-transaction\n";
        match step {
            1 => (
                format!(
                    "LOCK TABLE {GATE} IN ACCESS SHARE MODE;\nCREATE TABLE ran (label text);\nCREATE TABLE t (id int);\n{ran};"
                ),
                "DROP TABLE t;\nDROP TABLE ran;".to_owned(),
            ),
            _ if self == Self::Concurrently && INDEXES.contains(&step) => (
                format!("{outside}CREATE INDEX CONCURRENTLY i{step} ON t (id);\n{ran};"),
                format!("{outside}DROP INDEX CONCURRENTLY i{step};"),
            ),
            _ => (
                format!("CREATE TABLE t{step} (id int);\n{ran};"),
                format!("DROP TABLE t{step};"),
            ),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transactional => "transactional",
            Self::Concurrently => "CONCURRENTLY",
            Self::Busy => "CONCURRENTLY beside another application's",
            Self::Versions => "older and newer builds",
            Self::Diverged => "diverged builds",
        })
    }
}
