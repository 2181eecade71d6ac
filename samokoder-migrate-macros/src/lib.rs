//! The `embed_migrations!` macro.
