//! The forms in which findings are written.

mod exceptions;
mod github;
mod human;
mod json;

use clap::{ValueEnum, builder::PossibleValue};
pub(super) use exceptions::exceptions;
pub(super) use github::github;
pub(super) use human::{human, summary};
pub(super) use json::{Roots, json};

/// The form in which findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// As rustc does, for people.
    Human,
    /// One object, for programs.
    Json,
    /// Workflow commands, which GitHub shows at the lines of a pull request.
    GitHub,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Human, Self::Json, Self::GitHub]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Human => PossibleValue::new("human").help("as the compiler shows them"),
            Self::Json => PossibleValue::new("json").help("one object"),
            Self::GitHub => PossibleValue::new("github").help("annotations of a pull request"),
        })
    }
}
