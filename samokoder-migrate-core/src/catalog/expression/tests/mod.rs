//! Names in expressions and queries.
