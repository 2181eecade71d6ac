//! What the tests share: databases that look like Supabase's, and one question to them.

#![allow(dead_code, reason = "not every test asks everything")]
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

#[path = "../../examples/support/mod.rs"]
mod shared;

use postgres::Client;
use samokoder_migrate::testing::{Database, Server};

/// Returns an empty database of the shared server, with what Supabase provides, and a connection.
pub(crate) fn supabase() -> (Database, Client) {
    let database = Server::shared().unwrap().database().unwrap();
    let client = shared::supabase(&database).unwrap();
    (database, client)
}

/// Returns the number that a query answers.
pub(crate) fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap().get(0)
}
