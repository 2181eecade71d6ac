//! Directives: `-- samokoder: …`, what a script's author tells the checks and the runner.

mod copy;
mod cursor;
mod parse;
mod place;
mod touch;

use std::time::Duration;

use crate::{Code, Span};

pub use copy::Copy;
pub use place::read;
pub use touch::{ObjectKind, Touch};

/// What a script is, which decides the directives it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// A migration's upgrade.
    Upgrade,
    /// A migration's downgrade.
    Downgrade,
    /// A seed.
    Seed,
}

/// The directives of one script.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Directives {
    /// Where `no-transaction` is.
    pub no_transaction: Option<Span>,
    /// `lock-timeout`.
    pub lock_timeout: Option<Duration>,
    /// `statement-timeout`.
    pub statement_timeout: Option<Duration>,
    /// `irreversible`.
    pub irreversible: Option<Irreversible>,
    /// `copy`.
    pub copy: Option<Copy>,
    /// Each `allow`, in order.
    pub allows: Vec<Allow>,
    /// What each `touches` names, in order.
    pub touches: Vec<Touch>,
}

/// `irreversible "reason"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Irreversible {
    /// Why there is no way back.
    pub reason: String,
    /// Where the directive is.
    pub span: Span,
}

/// `allow(rule, …) "reason"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allow {
    /// What it silences, and where each is named.
    pub codes: Vec<(Code, Span)>,
    /// Why.
    pub reason: String,
    /// What it is about.
    pub scope: Scope,
}

/// What a directive is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// The whole script: it is in the comment block at the head.
    Script,
    /// The statement that begins at this byte: it is on the line above.
    Statement(usize),
}

/// The names of all directives, as they are written.
const NAMES: &[&str] = &[
    "no-transaction",
    "irreversible",
    "allow",
    "touches",
    "lock-timeout",
    "statement-timeout",
    "copy",
];

#[cfg(test)]
mod tests;
