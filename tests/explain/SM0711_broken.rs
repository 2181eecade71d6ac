use samokoder_migrate::Result;
use tokio_postgres::Client;

use crate::migrations::{self, Revision};

/// Through pgbouncer in session mode, which cannot be seen from here.
pub async fn start(client: &mut Client) -> Result<()> {
    migrations::run_to(Revision::Head).on(client).await?;
    Ok(())
}
