//! Why no plan is made: each refusal says what stands and what to do.

use samokoder_migrate_core::{Code, Diagnostic};

use crate::{
    error::Error,
    set::{Migration, Set},
    state::{Outcome, Row, Unfinished},
};

/// The way down passes migrations that have none; `blocked` are their labels and reasons.
pub(super) fn irreversible(set: &Set, current: usize, blocked: &[String]) -> Error {
    let help = "restore a backup, or write an upgrade that undoes what is wrong";
    no_way_back(&label(set, current), blocked, help)
}

/// A newer build left no way back; `blocked` are labels and reasons.
pub(super) fn stored_irreversible(rows: &[Row], blocked: &[String]) -> Error {
    let current = rows.last().map_or("base", |row| &row.label);
    let help = "deploy the newer build again, or restore a backup";
    no_way_back(current, blocked, help)
}

fn no_way_back(current: &str, blocked: &[String], help: &str) -> Error {
    let first = blocked.first().map_or("", String::as_str);
    let diagnostic = blocked.iter().skip(1).fold(
        Diagnostic::new(Code::Irreversible, format!("no way back past {first}")),
        |diagnostic, other| diagnostic.note(format!("nor past {other}")),
    );
    Error::new(
        diagnostic
            .note(format!("nothing was done; the database is at {current}"))
            .help(help),
    )
}

/// A seed was asked for below head.
pub(super) fn not_at_head(set: &Set, current: usize) -> Error {
    Error::new(
        Diagnostic::new(
            Code::NotAtHead,
            format!(
                "seeds run at head, and the database is at {}",
                label(set, current)
            ),
        )
        .help("run to head first: `run_to(Revision::Head)`"),
    )
}

/// A point was asked for by a number that no migration has.
pub(super) fn no_such_point(set: &Set, point: usize) -> Error {
    let head = set.migrations().len();
    Diagnostic::new(
        Code::UnknownRevision,
        format!(
            "there is no position {point}: head is {}, at position {head}",
            label(set, head)
        ),
    )
    .help("`Target::Head` is the last one, whatever its position")
    .into()
}

/// A seed was asked for by a number that none has.
pub(super) fn no_such_seed(set: &Set, index: usize) -> Error {
    let count = set.seeds().len();
    Diagnostic::new(
        Code::UnknownRevision,
        format!(
            "there is no seed {index}: the set has {}, counted from 0",
            if count == 1 {
                "1 seed".to_owned()
            } else {
                format!("{count} seeds")
            }
        ),
    )
    .into()
}

/// Says how far the database is ahead.
pub(super) fn ahead_of(set: &Set, rows: &[Row]) -> String {
    let head = set.migrations().len();
    format!(
        "the database is at {}, {} ahead of this build's head, {}",
        rows.last().map_or("base", |row| &row.label),
        migrations(rows.len().saturating_sub(head)),
        label(set, head)
    )
}

/// The database is ahead, and what is asked for needs what this build does not have.
pub(super) fn newer(set: &Set, rows: &[Row]) -> Error {
    let unknown: Vec<&str> = rows
        .iter()
        .skip(set.migrations().len())
        .map(|row| row.label.as_str())
        .collect();
    Error::new(
        Diagnostic::new(Code::NewerDatabase, ahead_of(set, rows))
            .note(format!(
                "this build does not know {}; nothing was done",
                list(&unknown)
            ))
            .help("is this build stale? build it again from the source that has these migrations"),
    )
}

/// A script outside a transaction was not finished, and cannot be gone on with.
pub(super) fn in_doubt(set: &Set, unfinished: &Unfinished) -> Error {
    let Unfinished {
        label: subject,
        statement,
        statements,
        ..
    } = unfinished;
    let direction = if unfinished.upgrade {
        "upgrade"
    } else {
        "downgrade"
    };
    let before = label(set, unfinished.position.saturating_sub(1));
    let (done, undone) = if unfinished.upgrade {
        (subject.clone(), before)
    } else {
        (before, subject.clone())
    };
    let only = "those before it stand; a run goes on there only with the script as it was then, and before anything else";
    let state = match unfinished.outcome {
        Outcome::Begun => format!(
            "statement {statement} of {statements} was begun, and whether it happened is not recorded"
        ),
        Outcome::Refused => format!("statement {statement} of {statements} was refused, {only}"),
        Outcome::Decided if statement > statements => format!(
            "all {statements} statements happened, as was decided; a run records that only with the script as it was then, and before anything else"
        ),
        Outcome::Decided => {
            format!("statement {statement} of {statements} is to be done, as was decided, {only}")
        }
    };
    let mut diagnostic = Diagnostic::new(
        Code::InDoubt,
        format!("the {direction} {subject}, which runs outside a transaction, was not finished"),
    )
    .note(state);
    if unfinished.outcome == Outcome::Begun {
        diagnostic = diagnostic.help(format!("look at the database: if statement {statement} happened, `repair --done`, else `repair --again`; in code, `repair(Repair::Done)`, `repair(Repair::Again)`; then run again"));
    }
    diagnostic
        .help(format!(
            "if the whole {direction} happened, or you finish it by hand, stamp {done}"
        ))
        .help(format!(
            "if none of it did, or you undo it by hand, stamp {undone}; then run again"
        ))
        .into()
}

/// The target is below.
pub(super) fn would_go_down(set: &Set, current: usize, target: usize) -> Error {
    let undone: Vec<&str> = set
        .migrations()
        .iter()
        .take(current)
        .skip(target)
        .rev()
        .map(Migration::label)
        .collect();
    Diagnostic::new(
        Code::WouldGoDown,
        format!(
            "{} is below {}, which the database is at",
            label(set, target),
            label(set, current)
        ),
    )
    .note(format!("going there would undo {}", list(&undone)))
    .help("`downgrade_to` goes down, and so does `run_to` with `.allow_downgrade()`")
    .into()
}

/// The target of a downgrade is above.
pub(super) fn not_below(set: &Set, current: usize, target: usize) -> Error {
    Diagnostic::new(
        Code::NotBelow,
        format!(
            "{} is above {}, which the database is at",
            label(set, target),
            label(set, current)
        ),
    )
    .help("`run_to` goes up")
    .into()
}

/// More migrations are to be taken back than are applied.
pub(super) fn too_far(current: usize, steps: usize) -> Error {
    Diagnostic::new(
        Code::NotBelow,
        format!(
            "{} cannot be taken back: {} applied",
            migrations(steps),
            if current == 1 {
                "1 is".to_owned()
            } else {
                format!("{current} are")
            }
        ),
    )
    .help("`downgrade_to(Revision::Base)` takes back all of them")
    .into()
}

/// Another tool's history goes further than this one, which was begun.
pub(crate) fn behind(set: &Set, current: usize, position: usize) -> Diagnostic {
    let (here, there) = (label(set, current), label(set, position));
    Diagnostic::new(
        Code::ForeignHistory,
        format!("the other tool's history is at {there}, and this one, which has been in use, at {here}"),
    )
    .note("either the other tool ran again since, or migrations were taken back here, of which it does not know; nothing was done")
    .help(format!("if it ran again, stamp {there}"))
    .help(format!("if they were taken back, there is nothing to adopt: go on from {here}"))
}

/// Rows of the history are missing.
pub(super) fn altered(set: &Set, rows: &[Row]) -> Error {
    let gap = rows
        .iter()
        .zip(1..)
        .find(|(row, position)| row.position != *position)
        .map_or(1, |(_, position)| position);
    Diagnostic::new(
        Code::Drift,
        format!(
            "the history has no row for position {gap}, {}, though later ones are there",
            label(set, gap)
        ),
    )
    .note("rows of the history were removed or renumbered by hand; nothing was done")
    .help("stamp the revision that the database is really at")
    .into()
}

/// Returns the label of the migration at a position; Base and what the build does not have are named.
pub(crate) fn label(set: &Set, position: usize) -> String {
    match position {
        0 => "base".to_owned(),
        _ => set.migration(position).map_or_else(
            || format!("position {position}"),
            |migration| migration.label.to_string(),
        ),
    }
}

fn migrations(count: usize) -> String {
    if count == 1 {
        "1 migration".to_owned()
    } else {
        format!("{count} migrations")
    }
}

pub(super) fn list(labels: &[&str]) -> String {
    const SHOWN: usize = 10;
    let mut text = labels
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if labels.len() > SHOWN {
        text = format!("{text} and {} more", labels.len() - SHOWN);
    }
    text
}
