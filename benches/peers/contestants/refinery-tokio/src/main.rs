//! refinery with the async driver. It knows no way back.

use contestant::{Call, Result, Verb};
use tokio_postgres::NoTls;

mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

fn main() -> Result {
    let call = contestant::call()?;
    if call.verb == Verb::Down {
        return Err("refinery has no downgrades".into());
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run(&call))?;
    contestant::tell()
}

async fn run(call: &Call) -> Result {
    let (mut client, connection) = tokio_postgres::connect(&call.url, NoTls).await?;
    tokio::spawn(connection);
    table::runner()
        .set_grouped(call.grouped)
        .run_async(&mut client)
        .await?;
    Ok(())
}
