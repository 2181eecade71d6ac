//! One direction of a migration, or a seed.

use std::{sync::Arc, time::Duration};

use crate::{
    digest::Digest,
    directive::Touch,
    source::{SourceFile, Span},
    tree::Tree,
};

use crate::trace::Trace;

/// Whether a script runs inside a transaction that the runner opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transaction {
    /// The script and its row in the history are one transaction.
    #[default]
    Inside,
    /// Each statement runs alone, between two marks in the history: `no-transaction`.
    Outside,
}

/// One `;`-ended piece of a script.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Statement {
    /// From the first character of its first token to the last of its last, without the `;`.
    pub span: Span,
    /// Its parse tree; `None` is an opaque statement, or rows of data, never an error.
    pub tree: Option<Tree>,
    /// What it does to rows, which the gate's tree tells for every statement.
    pub facts: Facts,
    /// By what it is seen whether it happened; told of a script outside a transaction alone.
    pub trace: Trace,
}

/// What a statement is seen to do to rows; names are as written, with the schema if it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Its `INSERT`s, those in a `WITH` too, in order.
    pub inserts: Vec<Insert>,
    /// The tables that it deletes rows from.
    pub empties: Vec<String>,
}

/// An `INSERT`, and whether a second run of it would add the rows again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Insert {
    /// It has an `ON CONFLICT`, or its query reads the table that it fills.
    Guarded {
        /// The table that it fills.
        table: String,
    },
    /// Nothing stops a second run from adding the rows again.
    Plain {
        /// The table that it fills; empty where only the verdict on the statement was had.
        table: String,
    },
}

/// One direction of a migration, or a seed: its text, statements and directives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Script {
    /// The file, with the text that runs.
    pub file: Arc<SourceFile>,
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// Whether it runs inside a transaction.
    pub transaction: Transaction,
    /// The `lock-timeout` directive.
    pub lock_timeout: Option<Duration>,
    /// The `statement-timeout` directive.
    pub statement_timeout: Option<Duration>,
    /// The settings that it is seen to change for the session, lower case, each once, in order:
    /// `SET x`, `SET SESSION x`, `set_config('x', …, false)`, `RESET x`; never `SET LOCAL`.
    pub settings: Vec<String>,
    /// What its `touches` directives say that its opaque statements may change.
    pub touches: Vec<Touch>,
    /// SHA-256 of its canonical form.
    pub checksum: Digest,
}
