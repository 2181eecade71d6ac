//! The Samokoder schema, shipped as users of `samokoder-migrate` ship theirs.
//!
//! Samokoder is an assistant that builds software with its users: they have projects, chats with a
//! model, keys of their own with its providers, and a plan that limits what they use. The schema
//! lives on Supabase, in `migrations/` and `seeds/` beside this package's `Cargo.toml`.
#![deny(missing_docs)]

samokoder_migrate::embed_migrations!(profile = "supabase");
