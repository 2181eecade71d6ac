//! Source files, and places in them.

mod file;
mod span;

pub use file::SourceFile;
pub use span::{Position, Span};
