//! The migrations that every contestant applies, and each tool's way to lay them out.
//!
//! A history of a shop: every fifth migration makes a table that refers to the one before, and the
//! four after it alter it, secure it, and build on it. Each is some 540 bytes of SQL and has a way
//! back. The same number gives the same text, always.

mod build;
mod layout;
mod migration;

pub use build::{COUNT_VARIABLE, Place, build, count};
pub use layout::Layout;
pub use migration::{Migration, migrations};
