//! The ways out that were taken: what the checks were told to leave alone, and why.

use std::fmt;

use crate::{
    Code, Position, SourceFile, Span,
    check::{Baseline, Judgement, Options},
    directive::Directives,
    rule,
};

/// A way out that an author took, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception {
    /// The file that says it; none for what is said of the whole set.
    pub path: Option<String>,
    /// Where it is said.
    pub position: Option<Position>,
    /// Which way out it is.
    pub kind: ExceptionKind,
    /// Why; `touches` and what is said of the whole set give none.
    pub reason: Option<String>,
}

/// A way out; `Display` writes it as an author does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExceptionKind {
    /// `irreversible`.
    Irreversible,
    /// `touches`, with what it names: `table public.users`.
    Touches(String),
    /// `allow`, with what it silenced.
    Allow(Code),
    /// `accept-downgrade` in the lock file, with the migration's label.
    AcceptDowngrade(String),
    /// A migration of the lock file that has no downgrade and says nothing about it.
    WithoutDowngrade(String),
    /// `catalog = "warn"`.
    CatalogWarns,
    /// `baseline = "unknown"`.
    UnknownBaseline,
}

impl fmt::Display for ExceptionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Irreversible => f.write_str("irreversible"),
            Self::Touches(what) => write!(f, "touches {what}"),
            Self::Allow(code) => {
                write!(f, "allow({})", rule::name(*code).unwrap_or(code.as_str()))
            }
            Self::AcceptDowngrade(label) => write!(f, "accept-downgrade {label}"),
            Self::WithoutDowngrade(label) => write!(f, "no downgrade of {label}"),
            Self::CatalogWarns => f.write_str("catalog = \"warn\""),
            Self::UnknownBaseline => f.write_str("baseline = \"unknown\""),
        }
    }
}

impl Exception {
    /// Makes one that is said in a file.
    pub(crate) fn at(file: &SourceFile, span: Span, kind: ExceptionKind) -> Self {
        Self {
            path: Some(file.path().to_owned()),
            position: Some(file.position(span.start)),
            kind,
            reason: None,
        }
    }

    /// Says why.
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    fn of_the_set(kind: ExceptionKind) -> Self {
        Self {
            path: None,
            position: None,
            kind,
            reason: None,
        }
    }
}

/// Lists what is said of the whole set.
pub(crate) fn of_options(options: &Options) -> impl Iterator<Item = Exception> {
    let warns = (options.catalog == Judgement::Warn).then_some(ExceptionKind::CatalogWarns);
    let unknown = (options.baseline == Baseline::Unknown).then_some(ExceptionKind::UnknownBaseline);
    warns.into_iter().chain(unknown).map(Exception::of_the_set)
}

/// Lists what a script's directives say that is not about a finding.
pub(crate) fn of_directives<'a>(
    file: &'a SourceFile,
    directives: &'a Directives,
) -> impl Iterator<Item = Exception> + 'a {
    let irreversible = directives.irreversible.iter().map(move |said| {
        Exception::at(file, said.span, ExceptionKind::Irreversible).because(&said.reason)
    });
    let touches = directives.touches.iter().map(move |touch| {
        let what = file.slice(touch.span).to_owned();
        Exception::at(file, touch.span, ExceptionKind::Touches(what))
    });
    irreversible.chain(touches)
}

/// Sorts by path and place; what is said of the whole set comes last.
pub(crate) fn sort(exceptions: &mut [Exception]) {
    let place = |exception: &Exception| {
        let position = exception
            .position
            .map(|position| (position.line, position.column));
        (exception.path.is_none(), exception.path.clone(), position)
    };
    exceptions.sort_by_cached_key(place);
}

#[cfg(test)]
mod tests;
