//! A data script, separate from the migrations.

use super::Script;

/// A data script: tracked by its checksum, repeatable, run at head.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Seed {
    /// Its path below the seeds folder, with `/`, without `.sql`: `ai_providers`, `dev/demo_users`.
    pub path: String,
    /// The environment it belongs to: its folder; `None` runs in every environment.
    pub environment: Option<String>,
    /// The script; without a statement where there are rows.
    pub script: Script,
    /// The file of rows that it is, by its `copy` directive.
    pub rows: Option<Rows>,
}

/// A file of rows, which is read when a program runs, and not when it is built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rows {
    /// Its path below the seeds folder, with `/`: `dev/cities.csv`.
    pub file: String,
    /// Its first line, without what ends it.
    pub header: String,
    /// The table's name, in one part or two.
    pub table: Vec<String>,
    /// The columns that its header names, in order.
    pub columns: Vec<String>,
    /// Those by which a row is found again.
    pub key: Vec<String>,
}
