//! diesel_migrations, over libpq.

use contestant::{Result, Verb};
use diesel::{Connection as _, PgConnection};
use diesel_migrations::MigrationHarness as _;

mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

fn main() -> Result {
    let call = contestant::call()?;
    let mut connection = PgConnection::establish(&call.url)?;
    let done = match call.verb {
        Verb::Up => connection.run_pending_migrations(table::EMBEDDED).map(drop),
        Verb::Down => connection.revert_all_migrations(table::EMBEDDED).map(drop),
    };
    // Its error is Send and Sync, which `?` does not take off.
    done.map_err(|error| error.to_string())?;
    contestant::tell()
}
