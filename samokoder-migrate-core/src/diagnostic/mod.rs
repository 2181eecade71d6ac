//! Findings of the checks: what is wrong, where, and what to do.

mod code;
#[expect(clippy::module_inception, reason = "one noun a file")]
mod diagnostic;
mod list;
mod render;

#[cfg(feature = "check")]
pub use code::explain;
pub use code::{Code, Severity};
pub use diagnostic::Diagnostic;
pub use list::Diagnostics;
pub use render::{Style, render, render_all};
