//! Upgrades, as a server is given them.

use std::sync::Arc;

use postgres::{Client, error::DbError};
use samokoder_migrate_core::{
    SourceFile,
    check::{Baseline, Judgement, Options, check},
    directive::{self, Role},
    folder::{Content, Folder},
    layout::{self, Found},
    lexer::tokens,
    migration::Transaction,
};

use crate::{Result, folder::Project};

/// One upgrade.
#[derive(Debug)]
pub(crate) struct Upgrade {
    pub(crate) label: String,
    /// One message each.
    messages: Vec<String>,
}

/// What a server said when it refused.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) sqlstate: String,
    pub(crate) message: String,
    /// How many messages had gone through and stand: not 0 only outside a transaction.
    pub(crate) stands: usize,
}

/// Returns a project's upgrades, in order.
pub(crate) fn upgrades(project: &Project) -> Vec<Upgrade> {
    layout::read(&project.folder)
        .found
        .iter()
        .map(|found| Upgrade {
            label: found.label.clone(),
            messages: messages(&project.folder, found),
        })
        .collect()
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
                let Some(said) = error.as_db_error() else {
                    return Err(error.into());
                };
                client.batch_execute("ROLLBACK")?;
                if let Some(role) = missing_role(said) {
                    client.batch_execute(&format!("CREATE ROLE \"{role}\" NOLOGIN"))?;
                    continue;
                }
                return Ok(Some(Refusal {
                    sqlstate: said.code().code().to_owned(),
                    message: said.message().to_owned(),
                    stands,
                }));
            }
        }
        Ok(None)
    }
}

fn missing_role(error: &DbError) -> Option<&str> {
    let name = error.message().strip_prefix("role \"")?;
    let name = name.strip_suffix("\" does not exist")?;
    (error.code().code() == "42704" && !name.contains('"')).then_some(name)
}

/// A script is one message; outside a transaction each statement is one.
fn messages(folder: &Folder, found: &Found) -> Vec<String> {
    let Some(Content::File(bytes)) = folder.get(&found.upgrade).map(|entry| &entry.content) else {
        return Vec::new();
    };
    let file = SourceFile::new(&*found.upgrade, &String::from_utf8_lossy(bytes));
    let file = Arc::new(file);
    let text = file.text();
    let (directives, _) = directive::read(&file, &tokens(text), Role::Upgrade);
    let is_outside =
        found.transaction == Transaction::Outside || directives.no_transaction.is_some();
    is_outside
        .then(|| statements(text))
        .flatten()
        .unwrap_or_else(|| vec![text.to_owned()])
}

/// Splits a script as the runner does; `None` if the check does not take it.
fn statements(text: &str) -> Option<Vec<String>> {
    let alone = Folder::new("")
        .file(
            "1_a.up.sql",
            format!("-- samokoder: no-transaction\n{text}"),
        )
        .file("1_a.down.sql", super::IRREVERSIBLE);
    let alone = if text.contains("samokoder: no-transaction") {
        alone.file("1_a.up.sql", text)
    } else {
        alone
    };
    let mut options = Options::default();
    options.baseline = Baseline::Unknown;
    options.catalog = Judgement::Warn;
    let history = check(&alone, None, &options).history?;
    let script = &history.migrations().first()?.upgrade;
    let statements = script.statements.iter();
    Some(
        statements
            .map(|statement| script.file.slice(statement.span).to_owned())
            .collect(),
    )
}
