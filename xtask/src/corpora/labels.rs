//! What a downgrade does to the labels of enums, on a server: `truth.json` tells no lists apart that
//! are the same in their first 63 bytes.

use postgres::Client;
use samokoder_migrate::testing::Server;
use samokoder_migrate_core::{Code, Diagnostic};

use crate::{
    Result,
    folder::Project,
    snapshot::{
        apply::{downgrade, upgrades},
        prelude,
    },
};

/// Returns whether a finding is about labels.
pub(super) fn is_about(diagnostic: &Diagnostic) -> bool {
    diagnostic.code() == Code::LeftChanged && diagnostic.message().contains(" with labels ")
}

/// Asks a server whether enums have other labels after a migration's upgrade and downgrade.
pub(super) fn differ(project: &Project, label: &str) -> Result<bool> {
    let server = Server::start()?;
    let database = server.database()?;
    let mut client = prelude::connect(&database, project)?;
    for upgrade in upgrades(project) {
        if upgrade.label != label {
            upgrade.apply(&mut client)?;
            continue;
        }
        let before = labels(&mut client)?;
        upgrade.apply(&mut client)?;
        let Some(downgrade) = downgrade(project, label) else {
            return Ok(false);
        };
        let refusal = downgrade.apply(&mut client)?;
        return Ok(refusal.is_none() && labels(&mut client)? != before);
    }
    Ok(false)
}

fn labels(client: &mut Client) -> Result<Vec<(String, String)>> {
    let rows = client.query(
        "SELECT n.nspname || '.' || t.typname, e.enumlabel::text FROM pg_enum e \
         JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace \
         ORDER BY 1, e.enumsortorder",
        &[],
    )?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
