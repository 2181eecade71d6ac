//! What PostgreSQL did with each migration.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use crate::Result;

/// By the name that a migration has in its project.
pub(super) type Truths = BTreeMap<String, Truth>;

/// What PostgreSQL did with one migration.
#[derive(Clone, Debug)]
pub(super) struct Truth {
    pub(super) status: Status,
    /// SQLSTATE and message, where something failed.
    pub(super) error: String,
    /// What differs after up and down.
    pub(super) diff: String,
    pub(super) no_statement_down: bool,
    /// What running the upgrade again after the downgrade did: `same`, `failed`, …
    pub(super) again: String,
    /// The SQLSTATEs of what a server refuses of an upgrade that failed where it goes on after each.
    pub(super) refusals: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Restored,
    ColumnOrderOnly,
    NotRestored,
    DownFailed,
    NoDownFile,
    UpFailed,
    /// The upgrade went through, and nothing is known of a downgrade.
    Applied,
}

impl Truth {
    pub(super) fn sqlstate(&self) -> &str {
        self.error.split(':').next().unwrap_or_default()
    }

    /// Returns whether the downgrade is known to be wrong.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self.status, Status::NotRestored | Status::DownFailed)
    }

    /// Returns whether the downgrade is known to be right.
    pub(super) fn is_right(&self) -> bool {
        matches!(self.status, Status::Restored | Status::ColumnOrderOnly)
    }
}

impl Status {
    fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Restored,
            Self::ColumnOrderOnly,
            Self::NotRestored,
            Self::DownFailed,
            Self::NoDownFile,
            Self::UpFailed,
            Self::Applied,
        ];
        all.into_iter().find(|status| status.as_str() == text)
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::ColumnOrderOnly => "column order only",
            Self::NotRestored => "not restored",
            Self::DownFailed => "down failed",
            Self::NoDownFile => "no down file",
            Self::UpFailed => "up failed",
            Self::Applied => "applied",
        }
    }
}

/// Reads what was recorded, if it was.
pub(super) fn read(dir: &Path) -> Result<Option<Truths>> {
    let path = dir.join("truth.json");
    if !path.is_file() {
        return Ok(None);
    }
    let json: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let migrations = json
        .get("migrations")
        .and_then(Value::as_array)
        .ok_or("truth.json has no migrations")?;
    let truths: Truths = migrations.iter().map(one).collect::<Result<_>>()?;
    Ok(Some(truths))
}

fn one(migration: &Value) -> Result<(String, Truth)> {
    let text = |key: &str| {
        let value = migration.get(key).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let status = text("status");
    let truth = Truth {
        status: Status::parse(&status)
            .ok_or_else(|| format!("truth.json has a status that is not known: {status}"))?,
        error: text("error"),
        diff: migration
            .get("diff")
            .map(Value::to_string)
            .unwrap_or_default(),
        no_statement_down: migration
            .get("noop_down")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
        again: text("reup"),
        refusals: Vec::new(),
    };
    Ok((text("name"), truth))
}
