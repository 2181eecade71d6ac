//! Tables and views of the system's schemas.

use super::lookup::{Table, table};

const RELATIONS: Table = table!("data/relations.txt");

/// Returns whether `pg_catalog` or `information_schema` has a table or view, in any supported version.
pub(crate) fn is_relation(schema: &str, name: &str) -> bool {
    RELATIONS.has(&[schema, name])
}
