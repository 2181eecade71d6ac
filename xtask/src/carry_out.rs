//! A run by either driver, on a connection of its own.

use postgres::{Client, NoTls};
use samokoder_migrate::{Error, Report, revision::Point, verb::Run};

use crate::Result;

/// Connects by a driver, `async` or any other word for the one that blocks, and carries out a run.
pub(crate) fn carry_out(
    run: Run<'_, Point>,
    driver: &str,
    url: &str,
) -> Result<Result<Report<Point>, Error>> {
    if driver != "async" {
        return Ok(run.on(&mut Client::connect(url, NoTls)?));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(run.on(&mut client).await)
    })
}
