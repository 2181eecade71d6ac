//! Compile-time checked PostgreSQL migrations.

pub mod revision;
pub mod set;

pub use samokoder_migrate_core::{Code, Diagnostic, Digest, Severity, SourceFile, Span, Version};
