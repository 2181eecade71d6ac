//! By what it is seen whether a statement outside a transaction happened.

use std::borrow::Cow;

/// By what it is seen, after a run was cut off, whether a statement outside a transaction happened.
///
/// Names are as they are written, quoted, with the schema if it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trace {
    /// By nothing that is known; where the server refuses it, nothing of it happened.
    #[default]
    None,
    /// By nothing; it may commit in between, so that a part of it stands where the server refuses it.
    Partial,
    /// It does not matter: done again, it does no harm.
    Repeatable,
    /// It changes settings of the session, and is done again where the script is gone on with.
    Setting,
    /// By an index, which is there and valid: `CREATE INDEX CONCURRENTLY`.
    IndexMade {
        /// The table.
        table: Cow<'static, str>,
        /// The index, bare and not quoted; it is in the table's schema. Empty where the server
        /// chooses its name.
        index: Cow<'static, str>,
    },
    /// By an index, which is gone: `DROP INDEX CONCURRENTLY`.
    IndexDropped {
        /// The index.
        index: Cow<'static, str>,
    },
}
