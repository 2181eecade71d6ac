use postgres::Client;
use samokoder_migrate::Result;

use crate::migrations::{self, Revision, Seed};

pub fn start(client: &mut Client) -> Result<()> {
    migrations::run_to(Revision::Head).on(client)?;
    migrations::seed(Seed::Admin).on(client)?;
    Ok(())
}
