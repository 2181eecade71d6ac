//! The model of a schema that the checks build by replaying statements.

#[expect(unused_imports, reason = "the catalog does not ask it yet")]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the catalog does not ask it yet")
)]
mod builtin;
mod canonical;
mod picture;

pub use canonical::same;
pub use picture::{Picture, Row, Value};

/// The schema as the statements replayed so far have made it.
#[derive(Debug, Default)]
pub struct Catalog {}

impl Catalog {
    /// Returns what it holds.
    #[must_use]
    pub fn picture(&self) -> Picture {
        Picture::default()
    }
}
