//! What the examples and tests share: a throwaway server whose database looks like Supabase's.

use std::error::Error;

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Database;

/// What Supabase provides before the first migration: `auth.users`, `auth.uid()`, the API's roles.
pub(crate) const SUPABASE: &str = include_str!("supabase.sql");

/// Connects to an empty database, and provides there what Supabase does.
pub(crate) fn supabase(database: &Database) -> Result<Client, Box<dyn Error>> {
    let mut client = Client::connect(&database.url(), NoTls)?;
    client.batch_execute(SUPABASE)?;
    Ok(client)
}
