//! Points in a history, as generated enums and as numbers.

use std::fmt;

use crate::{Code, Version, set::Set};

/// A point in a set's history, counted from 0, which is Base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point(pub usize);

/// Where a run is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// The last migration.
    Head,
    /// A point; 0 is Base.
    At(Point),
}

impl Target {
    /// The point before the first migration.
    pub const BASE: Self = Self::At(Point(0));

    /// Returns the point that the target means in a set.
    #[must_use]
    pub fn resolve(self, set: &Set) -> Point {
        match self {
            Self::Head => Point(set.migrations().len()),
            Self::At(point) => point,
        }
    }

    /// Reads `head`, `base`, a version (`1`, `001`), a label (`001_initial_schema`) or a name.
    ///
    /// A name that several migrations have is refused: it does not say which.
    ///
    /// # Errors
    ///
    /// [`UnknownRevision`] where no migration, or more than one, is meant.
    pub fn parse(set: &Set, text: &str) -> Result<Self, UnknownRevision> {
        match text {
            "head" | "Head" => return Ok(Self::Head),
            "base" | "Base" => return Ok(Self::BASE),
            _ => {}
        }
        let found = |wanted: &dyn Fn(&crate::set::Migration) -> bool| {
            let mut positions = set
                .migrations()
                .iter()
                .zip(1..)
                .filter(|(migration, _)| wanted(migration));
            match (positions.next(), positions.next()) {
                (Some((_, position)), None) => Some(Self::At(Point(position))),
                _ => None,
            }
        };
        text.parse::<Version>()
            .ok()
            .and_then(|version| found(&|migration| migration.version() == version))
            .or_else(|| found(&|migration| migration.label() == text))
            .or_else(|| found(&|migration| migration.name() == text))
            .ok_or_else(|| UnknownRevision {
                text: text.to_owned(),
            })
    }
}

/// A text that names no revision, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRevision {
    text: String,
}

impl UnknownRevision {
    /// Returns SM0605.
    #[must_use]
    pub const fn code(&self) -> Code {
        Code::UnknownRevision
    }
}

impl fmt::Display for UnknownRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no single revision is called `{}`; give `head`, `base`, a version or a name",
            self.text
        )
    }
}

impl std::error::Error for UnknownRevision {}

/// What a generated `Revision` provides; [`Point`] provides it for sets read at run time.
pub trait RevisionKind: Copy + fmt::Debug + Send + Sync + 'static {
    /// The environments of the set's seeds.
    type Environment: EnvironmentKind;

    /// Returns the revision at a point, if this build knows it; never `Head`.
    fn at(point: Point) -> Option<Self>;
}

impl RevisionKind for Point {
    type Environment = String;

    fn at(point: Point) -> Option<Self> {
        Some(point)
    }
}

/// What a generated `Env` provides.
pub trait EnvironmentKind: Send + Sync + 'static {
    /// Returns the environment's name: its folder below the seeds.
    fn name(&self) -> &str;
}

impl EnvironmentKind for String {
    fn name(&self) -> &str {
        self
    }
}
