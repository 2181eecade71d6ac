//! sqlx's `migrate!` on a bare connection, its cheapest way: a pool would ask and open more.

use contestant::{Call, Result, Verb};
use sqlx::{Connection as _, PgConnection};

mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

fn main() -> Result {
    let call = contestant::call()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run(&call))?;
    contestant::tell()
}

async fn run(call: &Call) -> Result {
    let mut connection = PgConnection::connect(&call.url).await?;
    match call.verb {
        Verb::Up => {
            table::MIGRATOR
                .run_direct(None, &mut connection, false)
                .await?
        }
        Verb::Down => table::MIGRATOR.undo(&mut connection, 0).await?,
    }
    Ok(())
}
