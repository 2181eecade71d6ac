//! Findings of the checks: what is wrong, where, and what to do.

mod code;
#[expect(clippy::module_inception, reason = "one noun a file")]
mod diagnostic;
#[cfg(feature = "check")]
mod explain;
mod list;
mod render;

pub use code::{Code, Severity};
pub use diagnostic::Diagnostic;
#[cfg(feature = "check")]
pub use explain::explain;
pub use list::Diagnostics;
pub use render::{Style, render, render_all};
