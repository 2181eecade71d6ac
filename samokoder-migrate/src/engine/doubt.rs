//! A script outside a transaction that was begun and not ended: whether a run is at it now, and
//! whether the statement that it was cut off at happened.

use samokoder_migrate_core::{Code, Diagnostic, trace::Trace};

use super::{
    port::Port,
    read::{answered, holder},
};
use crate::{
    error::{Error, Result},
    event::Holder,
    plan::Seen,
    script::{look, tables::Tables},
    set::{Script, Set},
    state::{Recorded, Unfinished},
    stored::{Stored, Way},
};

/// What is known of an unfinished script beyond its mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A run is at it.
    Live(Holder),
    /// None is, and this is what is seen of its statement, if anything is.
    Seen(Option<Seen>),
}

/// Sees whether a run is at an unfinished script, and whether its statement happened; asks nothing
/// where nothing is unfinished.
pub(super) async fn examine(
    port: &Port,
    set: &Set,
    tables: &Tables,
    recorded: Option<&Recorded>,
    stored: &[Stored],
) -> Result<Doubt> {
    let Some(unfinished) = recorded.and_then(|recorded| recorded.unfinished.as_ref()) else {
        return Ok(Doubt::Seen(None));
    };
    if let Some(holder) = holder(port, tables).await? {
        return Ok(Doubt::Live(holder));
    }
    let Some(script) = script(set, unfinished, stored) else {
        return Ok(Doubt::Seen(None));
    };
    let seen = look(port, script, unfinished.statement.saturating_sub(1)).await;
    seen.map(Doubt::Seen)
}

/// Returns the run that is at an unfinished script: it holds the lock from before the first mark to
/// after the last. Asks nothing where nothing is unfinished.
pub(super) async fn running(
    port: &Port,
    tables: &Tables,
    recorded: Option<&Recorded>,
) -> Result<Option<Holder>> {
    if recorded.is_none_or(|recorded| recorded.unfinished.is_none()) {
        return Ok(None);
    }
    holder(port, tables).await
}

/// As [`examine`], for what does not wait: a run that is at it is an error.
pub(super) async fn seen(
    port: &Port,
    set: &Set,
    tables: &Tables,
    recorded: Option<&Recorded>,
    stored: &[Stored],
) -> Result<Option<Seen>> {
    match examine(port, set, tables, recorded, stored).await? {
        Doubt::Seen(seen) => Ok(seen),
        Doubt::Live(holder) => Err(Error::new(
            Diagnostic::new(
                Code::Busy,
                "another run is at work on a script outside a transaction",
            )
            .note(format!("the lock is held by {holder}"))
            .note("nothing was done")
            .help("wait for it"),
        )),
    }
}

/// Returns the script that was begun, if this build or the history has it as it was.
fn script<'s>(set: &'s Set, unfinished: &Unfinished, stored: &'s [Stored]) -> Option<&'s Script> {
    let position = unfinished.position;
    let script = match set.migration(position) {
        Some(migration) if unfinished.upgrade => Some(migration.upgrade()),
        Some(migration) => migration.downgrade().script(),
        None => stored
            .iter()
            .find(|stored| stored.position == position && !unfinished.upgrade)
            .and_then(|stored| match &stored.way {
                Way::Script { script, .. } => Some(script),
                Way::Irreversible(_) => None,
            }),
    };
    script.filter(|script| script.checksum().to_string() == unfinished.checksum)
}

async fn look(port: &Port, script: &Script, statement: usize) -> Result<Option<Seen>> {
    let question = match script.trace(statement) {
        Trace::Repeatable | Trace::Setting => return Ok(Some(Seen::Not { left: None })),
        Trace::IndexMade { index, .. } if index.is_empty() => return Ok(None),
        Trace::IndexMade { table, index } => look::index(table, index),
        Trace::IndexDropped { index } => look::relation(index),
        _ => return Ok(None),
    };
    // Names are looked up as the statement did.
    let path: Vec<&str> = (0..statement)
        .filter(|&before| *script.trace(before) == Trace::Setting)
        .map(|before| script.statement(before))
        .filter(|set| chooses_path(set))
        .collect();
    let answer = if path.is_empty() {
        port.query(question).await
    } else {
        let opened = format!("BEGIN;\n{};\n", path.join(";\n"));
        if port.query(opened).await.failure.is_some() {
            port.query("ROLLBACK").await;
            return Ok(None);
        }
        let answer = port.query(question).await;
        port.query("ROLLBACK").await;
        answer
    };
    let answer = answered(answer)?;
    match script.trace(statement) {
        Trace::IndexMade { .. } => {
            let found = answer.rows.last().and_then(|row| look::Index::read(row));
            found.map_or(Ok(Some(Seen::Not { left: None })), of_index)
        }
        _ => Ok(
            match answer.rows.last().and_then(|row| row.first()?.as_deref()) {
                Some("false") => Some(Seen::Happened),
                _ => Some(Seen::Not { left: None }),
            },
        ),
    }
}

fn of_index(index: look::Index) -> Result<Option<Seen>> {
    if index.valid {
        return Ok(Some(Seen::Happened));
    }
    match index.builder {
        None => Ok(Some(Seen::Not {
            left: Some(index.name),
        })),
        Some(process) => Err(Error::new(
            Diagnostic::new(
                Code::InDoubt,
                format!("the index {} is invalid, and may be at work", index.name),
            )
            .note(format!(
                "process {process} builds an index on its table; nothing was done"
            ))
            .help("wait for it, and run again"),
        )),
    }
}

/// Returns whether a `SET` has to do with how names are looked up.
fn chooses_path(set: &str) -> bool {
    let set = set.to_ascii_lowercase();
    ["search_path", "schema", "role", "authorization"]
        .iter()
        .any(|word| set.contains(word))
}
