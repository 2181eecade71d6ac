use std::error::Error;

use postgres::Client;

use crate::migrations::{self, Revision};

pub fn start(client: &mut Client) -> Result<(), Box<dyn Error>> {
    client.batch_execute("BEGIN; CREATE TABLE visits (at timestamptz)")?;
    migrations::run_to(Revision::Head).on(client)?;
    client.batch_execute("COMMIT")?;
    Ok(())
}
