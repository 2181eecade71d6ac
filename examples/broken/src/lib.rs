//! Broken migrations: run `cargo check` here to see what the compiler says.

samokoder_migrate::embed_migrations!();

/// Code that uses the module has no errors of its own: what is wrong is said once.
pub fn target() -> migrations::Revision {
    migrations::Revision::IndexUsers
}
