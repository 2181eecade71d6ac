//! Tables and views of the system's schemas.

use super::lookup::{Line, Table, table};

const RELATIONS: Table = table!("data/relations.txt");

/// The columns that every table has besides its own (chapter "System Columns").
const SYSTEM_COLUMNS: [&str; 6] = ["cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"];

/// A table or view that the server, an extension or a platform makes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relation {
    /// The schema, or `None` for that of its extension.
    pub(crate) schema: Option<&'static str>,
    /// Whether it is a view.
    pub(crate) is_view: bool,
    line: Line,
    columns: usize,
}

/// Returns a table or view of `pg_catalog` or `information_schema`, as of all supported versions.
pub(crate) fn relation(schema: &str, name: &str) -> Option<Relation> {
    RELATIONS.find(&[schema, name]).map(Relation::qualified)
}

impl Relation {
    /// Returns whether it has a column in any version that is known, or as every table does.
    ///
    /// Without [`Relation::columns_known`], no is no proof.
    pub(crate) fn has_column(&self, name: &str) -> bool {
        self.columns().any(|column| column == name)
            || !self.is_view && SYSTEM_COLUMNS.contains(&name)
    }

    /// Returns the columns that are known, in byte order.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.line.list(self.columns)
    }

    /// Returns whether its columns are listed.
    pub(crate) fn columns_known(&self) -> bool {
        self.columns().next().is_some()
    }

    /// Reads a line of schema, name, kind and columns.
    pub(super) fn qualified(line: Line) -> Self {
        Self::read(line, 0, 2)
    }

    /// Reads a line of name, extension, schema, kind and columns.
    pub(super) fn of_an_extension(line: Line) -> Self {
        Self::read(line, 2, 3)
    }

    fn read(line: Line, schema: usize, kind: usize) -> Self {
        Self {
            schema: line.filled(schema),
            is_view: line.field(kind) == "view",
            line,
            columns: kind + 1,
        }
    }
}
