//! Where a database is, and what is pending.

use std::{fmt, marker::PhantomData};

use crate::{
    event::Holder,
    plan::{Alignment, label},
    report::{Current, Spot},
    revision::{Point, RevisionKind},
    set::Set,
    state::{RanSeed, Row, State},
};

/// Where a database is, what is applied and what is pending.
#[derive(Clone, Debug)]
pub struct Status<R> {
    pub(crate) raw: RawStatus,
    revision: PhantomData<fn() -> R>,
}

/// A status without the types of the set.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawStatus {
    pub(crate) current: Spot,
    pub(crate) applied: Vec<Applied>,
    pub(crate) pending: Vec<(usize, String)>,
    pub(crate) head: String,
    pub(crate) problem: Option<String>,
    pub(crate) running: Option<Holder>,
    pub(crate) seeds: Vec<SeedStatus>,
}

/// A migration that the history holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// Its version, as the history has it.
    pub version: String,
    /// Its label, as the history has it.
    pub label: String,
    /// When it was applied, in UTC: `2026-01-31T12:00:00Z`.
    pub applied_at: String,
    /// How many milliseconds it took; `None` where it was stamped.
    pub duration_ms: Option<u64>,
}

/// A seed of this build.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeedStatus {
    /// Its path below the seeds folder.
    pub path: String,
    /// The environment it belongs to.
    pub environment: Option<String>,
    /// Whether it ran as it is now.
    pub state: SeedState,
}

/// Whether a seed ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeedState {
    /// It ran as it is now.
    Ran,
    /// It ran, and was changed since.
    Changed,
    /// It did not run.
    Never,
}

impl<R: RevisionKind> Status<R> {
    pub(crate) fn new(raw: RawStatus) -> Self {
        Self {
            raw,
            revision: PhantomData,
        }
    }

    /// Returns where the database is; never `Head`.
    #[must_use]
    pub fn current(&self) -> Current<R> {
        self.raw.current.typed()
    }

    /// Returns the migrations of this build that are not applied, in order.
    #[must_use]
    pub fn pending(&self) -> Vec<R> {
        self.raw
            .pending
            .iter()
            .filter_map(|(position, _)| R::at(Point(*position)))
            .collect()
    }

    /// Returns the migrations that the history holds, in order.
    #[must_use]
    pub fn applied(&self) -> &[Applied] {
        &self.raw.applied
    }

    /// Returns the seeds of this build.
    #[must_use]
    pub fn seeds(&self) -> &[SeedStatus] {
        &self.raw.seeds
    }

    /// Returns what stands in the way of a run: a history that parts from the build's, an
    /// interrupted script, rows altered by hand.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.raw.problem.as_deref()
    }

    /// Returns who is at work on a script outside a transaction now.
    #[must_use]
    pub fn running(&self) -> Option<&Holder> {
        self.raw.running.as_ref()
    }

    /// Returns whether every migration of this build is applied, and nothing stands in the way.
    #[must_use]
    pub fn is_at_head(&self) -> bool {
        self.raw.pending.is_empty()
            && self.raw.problem.is_none()
            && self.raw.current.unknown.is_none()
    }
}

impl<R> fmt::Display for Status<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "current: {}", self.raw.current.label)?;
        writeln!(f, "head:    {}", self.raw.head)?;
        if let Some(problem) = &self.raw.problem {
            writeln!(f, "problem: {problem}")?;
        }
        if let Some(running) = &self.raw.running {
            writeln!(f, "running: {running}")?;
        }
        for row in &self.raw.applied {
            write!(f, "  applied  {}  {}", row.applied_at, row.label)?;
            match row.duration_ms {
                Some(millis) => writeln!(f, " ({millis} ms)")?,
                None => writeln!(f)?,
            }
        }
        for (_, label) in &self.raw.pending {
            writeln!(f, "  pending  {:20}  {label}", "")?;
        }
        for seed in &self.raw.seeds {
            let state = match seed.state {
                SeedState::Ran => "ran",
                SeedState::Changed => "changed since it ran",
                SeedState::Never => "not run",
            };
            writeln!(f, "  seed     {:20}  {} ({state})", "", seed.path)?;
        }
        Ok(())
    }
}

impl RawStatus {
    /// `running` is who is at work on the unfinished script, if there is one.
    pub(crate) fn of(set: &Set, state: &State, rows: Vec<Row>, running: Option<Holder>) -> Self {
        let recorded = state.history.as_ref();
        let alignment = Alignment::of_rows(set, rows.clone());
        let mut problem = match &alignment {
            Alignment::At { .. } => None,
            Alignment::Ahead { rows } => {
                let more = rows.len() - set.migrations().len().min(rows.len());
                Some(format!(
                    "the database is {more} ahead of this build, whose head is {}",
                    label(set, set.migrations().len())
                ))
            }
            Alignment::Diverged { position, .. } => Some(format!(
                "the database's history parts from this build's after {}",
                label(set, position - 1)
            )),
            Alignment::Altered { .. } => {
                Some("rows of the history were removed or renumbered by hand".to_owned())
            }
        };
        if let Some(missing) = &state.missing {
            problem = Some(format!("tables of the history are gone: {missing}"));
        }
        let unfinished = recorded.and_then(|recorded| recorded.unfinished.as_ref());
        if let Some(unfinished) = unfinished.filter(|_| running.is_none()) {
            problem.get_or_insert_with(|| {
                format!(
                    "{} was begun outside a transaction and not finished: statement {} of {}",
                    unfinished.label, unfinished.statement, unfinished.statements
                )
            });
        }
        let aligned = matches!(alignment, Alignment::At { .. });
        Self {
            current: spot(set, &rows, aligned),
            pending: set
                .migrations()
                .iter()
                .zip(1..)
                .skip(rows.len())
                .map(|(migration, position)| (position, migration.label.to_string()))
                .collect(),
            head: label(set, set.migrations().len()),
            problem,
            running,
            seeds: set
                .seeds()
                .iter()
                .map(|seed| SeedStatus {
                    path: seed.path().to_owned(),
                    environment: seed.environment().map(str::to_owned),
                    state: seed_state(seed, recorded.map_or(&[], |recorded| &recorded.seeds)),
                })
                .collect(),
            applied: rows
                .into_iter()
                .map(|row| Applied {
                    version: row.version,
                    label: row.label,
                    applied_at: row.applied_at,
                    duration_ms: row.duration_ms,
                })
                .collect(),
        }
    }
}

fn seed_state(seed: &crate::set::Seed, ran: &[RanSeed]) -> SeedState {
    match ran.iter().find(|ran| ran.path == seed.path()) {
        None => SeedState::Never,
        Some(ran) if ran.checksum == seed.script().checksum().to_string() => SeedState::Ran,
        Some(_) => SeedState::Changed,
    }
}

fn spot(set: &Set, rows: &[Row], aligned: bool) -> Spot {
    match rows.last() {
        Some(last) if !aligned => Spot {
            position: rows.len(),
            label: last.label.clone(),
            unknown: Some(last.version.clone()),
        },
        _ => Spot {
            position: rows.len(),
            label: label(set, rows.len()),
            unknown: None,
        },
    }
}
