//! Upgrades, as a project's own runner sends them.

use postgres::Client;
use samokoder_migrate_core::{directive::Role, layout};

use crate::{
    Result,
    folder::Project,
    script::{Refusal, Script, Way, controls_transaction, make_role},
};

/// One upgrade.
#[derive(Debug)]
pub(crate) struct Upgrade {
    pub(crate) label: String,
    /// One message each.
    messages: Vec<String>,
}

/// Returns a project's upgrades, in order.
pub(crate) fn upgrades(project: &Project) -> Vec<Upgrade> {
    layout::read(&project.folder)
        .found
        .iter()
        .map(|found| Upgrade {
            label: found.label.clone(),
            messages: Script::read(&project.folder, found, Role::Upgrade)
                .map(messages)
                .unwrap_or_default(),
        })
        .collect()
}

/// Returns the downgrade of a migration, if it has one.
pub(crate) fn downgrade(project: &Project, label: &str) -> Option<Upgrade> {
    let found = layout::read(&project.folder).found;
    let found = found.iter().find(|found| found.label == label)?;
    let script = Script::read(&project.folder, found, Role::Downgrade)?;
    Some(Upgrade {
        label: found.label.clone(),
        messages: messages(script),
    })
}

impl Upgrade {
    /// Applies it, and puts the session back to what it was. Roles that are missing are made: they
    /// are the cluster's, and none of them is a row. Returns why the server refused, if it did.
    pub(crate) fn apply(&self, client: &mut Client) -> Result<Option<Refusal>> {
        let refusal = self.send(client)?;
        // What a script leaves open or set is not the next one's.
        client.batch_execute(if refusal.is_some() {
            "ROLLBACK"
        } else {
            "COMMIT"
        })?;
        client.batch_execute("DISCARD ALL")?;
        Ok(refusal)
    }

    fn send(&self, client: &mut Client) -> Result<Option<Refusal>> {
        for (stands, message) in self.messages.iter().enumerate() {
            while let Err(error) = client.batch_execute(message) {
                let Some(refusal) = Refusal::of(&error, stands) else {
                    return Err(error.into());
                };
                client.batch_execute("ROLLBACK")?;
                let Some(role) = refusal.missing_role() else {
                    return Ok(Some(refusal));
                };
                client.batch_execute(&make_role(role))?;
            }
        }
        Ok(None)
    }
}

/// A script is one message; outside a transaction each statement is one.
fn messages(script: Script) -> Vec<String> {
    let statements: Vec<String> = script.statements().map(str::to_owned).collect();
    if script.way == Way::Alone {
        return statements;
    }
    if statements
        .iter()
        .any(|statement| controls_transaction(statement))
    {
        // The project's own runner sends it so; in one message the server would know no end of it.
        return [vec!["BEGIN".to_owned()], statements].concat();
    }
    vec![script.text]
}
