//! From SQL files to a checked history: the pure part of `samokoder-migrate`.
//!
//! Use it through `samokoder-migrate`; this crate exists so that the macro, the command and the
//! run time share one truth. Nothing here knows a database, a clock or the environment, and only
//! `disk` reads files.
//!
//! Without the `check` feature it holds the words that a migrated program needs at run time
//! (versions, digests, diagnostics and their rendering) and no parser.

#![deny(missing_docs)]

pub mod diagnostic;
pub mod digest;
pub mod source;
pub mod trace;
pub mod version;

#[cfg(feature = "check")]
mod allow;
#[cfg(feature = "check")]
mod assemble;
#[cfg(feature = "check")]
pub mod catalog;
#[cfg(feature = "check")]
pub mod check;
#[cfg(feature = "check")]
pub mod checksum;
#[cfg(feature = "check")]
pub mod directive;
#[cfg(feature = "check")]
pub mod disk;
#[cfg(feature = "check")]
mod draft;
#[cfg(feature = "check")]
pub mod exception;
#[cfg(feature = "check")]
pub mod folder;
#[cfg(feature = "check")]
pub mod layout;
#[cfg(feature = "check")]
pub mod lexer;
#[cfg(feature = "check")]
pub mod lock;
#[cfg(feature = "check")]
pub mod migration;
#[cfg(feature = "check")]
pub mod near;
#[cfg(feature = "check")]
pub mod rule;
#[cfg(feature = "check")]
mod seeds;
#[cfg(feature = "check")]
#[doc(hidden)]
pub mod sql;
#[cfg(feature = "check")]
mod stack;
#[cfg(feature = "check")]
#[doc(hidden)]
pub mod tree;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Severity};
pub use digest::Digest;
pub use source::{Position, SourceFile, Span};
pub use version::Version;
