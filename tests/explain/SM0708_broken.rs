use samokoder_migrate::Result;

use crate::migrations::{self, Revision};

pub async fn start() -> Result<()> {
    migrations::run_to(Revision::Head).from_env()?;
    Ok(())
}
