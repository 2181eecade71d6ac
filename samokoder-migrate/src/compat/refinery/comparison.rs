//! Refinery's table beside a set's migrations.

use std::fmt;

use samokoder_migrate_core::Diagnostic;

use super::checksum::{Form, Width};
use crate::{Version, engine::Preview, report::Report, revision::Point};

/// Refinery's table beside a set's migrations, as `adopt(…).check()` finds it; nothing is written.
///
/// `Display` writes a line for each migration, then what stands in the way.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub(super) table: String,
    pub(super) rows: Vec<Row>,
    pub(super) problem: Option<Diagnostic>,
    /// What an adoption would do; `None` where there is a problem.
    pub(super) preview: Option<Preview>,
    /// The last migration that this history holds and refinery's table does not.
    pub(super) beyond: Option<Version>,
}

/// What an adoption did.
#[derive(Clone, Debug)]
pub struct Adoption {
    pub(super) comparison: Comparison,
    pub(super) report: Report<Point>,
}

/// One migration, as refinery's table and the set have it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Its version.
    pub version: Version,
    /// Its name, as refinery's table has it, or else as its file has it.
    pub name: String,
    /// How the two lie to each other.
    pub outcome: Outcome,
}

/// How a migration of refinery's table and one of the set lie to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Refinery applied the file as it is.
    Matched {
        /// What the text was like when refinery read it.
        form: Form,
        /// How wide refinery's versions were.
        width: Width,
    },
    /// Refinery applied the file as it is, and applied it after one of a later version.
    OutOfOrder,
    /// Refinery applied another text.
    ChecksumDiffers,
    /// Refinery applied a migration of another name.
    NameDiffers {
        /// The name that the file has, as refinery reads it.
        file: String,
    },
    /// Refinery applied a migration of which there is no file.
    NoFile,
    /// Refinery did not apply the file, and applied later ones.
    PassedOver,
    /// Refinery did not apply the file, nor a later one.
    Pending,
}

impl Comparison {
    /// Returns refinery's table, with its schema.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Returns each migration that either has, in order of version.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns what stands in the way of an adoption: which rows, and what to do.
    #[must_use]
    pub fn problem(&self) -> Option<&Diagnostic> {
        self.problem.as_ref()
    }

    /// Returns what an adoption would do, with the scripts it would send; `None` where there is a
    /// problem. It has no steps where all that refinery applied is recorded already.
    #[must_use]
    pub fn preview(&self) -> Option<&Preview> {
        self.preview.as_ref()
    }
}

impl Adoption {
    /// Returns refinery's table beside the set's migrations.
    #[must_use]
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// Returns what was recorded, and where the database is now. It has no steps where all that
    /// refinery applied was recorded already.
    #[must_use]
    pub fn report(&self) -> &Report<Point> {
        &self.report
    }
}

impl Row {
    /// Returns whether refinery applied it.
    #[must_use]
    pub fn is_in_table(&self) -> bool {
        !matches!(self.outcome, Outcome::PassedOver | Outcome::Pending)
    }
}

impl fmt::Display for Row {
    /// Writes version and name as refinery does: `V1__name`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{}__{}", self.version, self.name)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matched { form: Form::Lf, .. } => f.write_str("matched"),
            Self::Matched { form, .. } => write!(f, "matched with {form}"),
            Self::OutOfOrder => f.write_str("applied out of order"),
            Self::ChecksumDiffers => f.write_str("checksum differs"),
            Self::NameDiffers { file } => write!(f, "name differs: the file has `{file}`"),
            Self::NoFile => f.write_str("no file"),
            Self::PassedOver => f.write_str("not applied, though later ones are"),
            Self::Pending => f.write_str("pending"),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "refinery's table {}", self.table)?;
        let width = self
            .rows
            .iter()
            .map(|row| row.to_string().chars().count())
            .max()
            .unwrap_or_default();
        for row in &self.rows {
            writeln!(f, "  {:width$}  {}", row.to_string(), row.outcome)?;
        }
        match (&self.problem, &self.preview) {
            (Some(problem), _) => write!(f, "cannot be adopted: {}", problem.message()),
            (None, Some(preview)) if preview.steps().is_empty() => f.write_str("nothing to adopt"),
            (None, Some(preview)) => write!(f, "{}", preview.to_string().trim_end()),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for Adoption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = Comparison {
            problem: None,
            preview: None,
            ..self.comparison.clone()
        };
        write!(f, "{rows}{}", self.report)
    }
}
