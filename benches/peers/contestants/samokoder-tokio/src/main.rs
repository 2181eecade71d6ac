//! samokoder-migrate with the async driver.

use contestant::{Call, Result, Verb};
use tokio_postgres::NoTls;

include!(concat!(env!("OUT_DIR"), "/table.rs"));

use migrations::Revision;

fn main() -> Result {
    let call = contestant::call()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run(&call))?;
    contestant::tell()
}

async fn run(call: &Call) -> Result {
    let (mut client, connection) = tokio_postgres::connect(&call.url, NoTls).await?;
    tokio::spawn(connection);
    match call.verb {
        Verb::Up => migrations::run_to(Revision::Head).on(&mut client).await?,
        Verb::Down => {
            migrations::downgrade_to(Revision::Base)
                .on(&mut client)
                .await?
        }
    };
    Ok(())
}
