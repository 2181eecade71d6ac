//! From a checked history to a set, for what reads its folder at run time.

use std::borrow::Cow;

use samokoder_migrate_core::migration::{self as checked, History};

use crate::set::{Downgrade, Migration, Script, Seed, Set, Transaction};

impl Set {
    /// Makes a set from a checked history, as the macro does when a program is built.
    #[must_use]
    pub fn of_history(history: &History, name: &str, schema: &str) -> Self {
        Self {
            name: owned(name),
            schema: owned(schema),
            package: [None; 2],
            migrations: history.migrations().iter().map(migration).collect(),
            seeds: history.seeds().iter().map(seed).collect(),
        }
    }
}

fn migration(checked: &checked::Migration) -> Migration {
    Migration {
        version: checked.version,
        name: owned(&checked.name),
        label: owned(&checked.label),
        upgrade: script(&checked.upgrade),
        downgrade: match &checked.downgrade {
            checked::Downgrade::Script(checked) => Downgrade::Script(script(checked)),
            checked::Downgrade::Irreversible { reason } => Downgrade::Irreversible(owned(reason)),
            // The enum may grow; what this does not know cannot be run.
            _ => Downgrade::irreversible("unknown"),
        },
        chain: checked.chain,
        downgrade_chain: checked.downgrade_chain,
    }
}

fn seed(checked: &checked::Seed) -> Seed {
    Seed {
        path: owned(&checked.path),
        environment: checked.environment.as_deref().map(owned),
        script: script(&checked.script),
    }
}

fn script(checked: &checked::Script) -> Script {
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Script {
        path: owned(checked.file.path()),
        text: owned(checked.file.text()),
        statements: checked
            .statements
            .iter()
            .map(|statement| [offset(statement.span.start), offset(statement.span.end)])
            .collect(),
        transaction: match checked.transaction {
            checked::Transaction::Outside => Transaction::Outside,
            _ => Transaction::Inside,
        },
        lock_timeout: checked.lock_timeout,
        statement_timeout: checked.statement_timeout,
        settings: checked.settings.iter().map(|name| owned(name)).collect(),
        traces: match checked.transaction {
            checked::Transaction::Outside => {
                let traces = checked.statements.iter();
                traces.map(|statement| statement.trace.clone()).collect()
            }
            _ => Cow::Borrowed(&[]),
        },
        checksum: checked.checksum,
    }
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}
