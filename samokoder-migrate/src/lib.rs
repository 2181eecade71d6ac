//! Compile-time checked PostgreSQL migrations: `cargo build` refuses a migration that PostgreSQL
//! would refuse, or that has no way back; the program moves the database to any revision.

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "refinery")]
pub mod compat;
pub mod driver;
mod engine;
pub mod error;
pub mod name;
mod plan;
mod quote;
pub mod report;
pub mod revision;
mod script;
pub mod set;
#[cfg(feature = "check")]
mod set_of_history;
mod state;
pub mod status;
#[cfg(feature = "testing")]
pub mod testing;
pub mod verb;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use driver::Connection;
pub use engine::Preview;
pub use error::{Error, Result, ServerError};
pub use plan::{Kind, NewerDatabase, Step};
pub use report::{Current, Report, StepReport};
pub use samokoder_migrate_core::{Code, Diagnostic, Digest, Severity, SourceFile, Span, Version};
pub use samokoder_migrate_macros::embed_migrations;
pub use set::Set;
pub use status::Status;
