//! Why a history that parts from the build's is refused: what was edited, overtaken, or left out.

use std::collections::BTreeSet;

use samokoder_migrate_core::{Code, Diagnostic};

use super::refusal::{label, list};
use crate::{
    error::Error,
    set::{Migration, Set},
    state::Row,
};

/// The database's history parts from the build's at a position, counted from 1.
pub(super) fn diverged(set: &Set, position: usize, rows: &[Row]) -> Error {
    let agreed = position.saturating_sub(1);
    let ours = set.migration(position);
    let mut diagnostic = match (rows.get(agreed), ours) {
        (Some(row), Some(ours)) => parted(set, agreed, rows, row, ours),
        _ => Diagnostic::new(Code::Diverged, "the database's history is not this build's")
            .help("build from the source that was deployed"),
    };
    if let Some(ours) = ours {
        diagnostic = diagnostic.in_path(ours.upgrade.path());
    }
    let agree = match agreed {
        0 => "the two histories differ from the first migration on".to_owned(),
        last => format!("the two histories agree up to {}", label(set, last)),
    };
    diagnostic.note(format!("{agree}; nothing was done")).into()
}

fn parted(set: &Set, agreed: usize, rows: &[Row], row: &Row, ours: &Migration) -> Diagnostic {
    let instead = Diagnostic::new(
        Code::Diverged,
        format!(
            "the database has {} where this build has {}",
            named(row, ours),
            ours.label
        ),
    );
    if row.version == ours.version.to_string() {
        return if row.name == ours.name {
            Diagnostic::new(
                Code::Diverged,
                format!("{} was edited after it was applied", ours.label),
            )
            .help("put the file back as it was, and make the change in a new migration")
        } else {
            instead
                .note(format!("both have version {}", row.version))
                .help(format!(
                    "if they are two migrations, give this build's a version of its own, above those that are applied, and merge the branch that {} is from",
                    row.label
                ))
                .help("if the file was renamed and edited, put it back as it was")
        };
    }
    let overtaking = overtaking(set, agreed, rows, row);
    if let (false, Some(last)) = (overtaking.is_empty(), rows.last()) {
        return Diagnostic::new(
            Code::Diverged,
            format!(
                "this build puts {} before {}, which is applied",
                list(&overtaking),
                row.label
            ),
        )
        .help(format!(
            "give {} a version above that of {}, and build: then it comes after",
            if overtaking.len() == 1 {
                "it"
            } else {
                "each of them"
            },
            last.label
        ));
    }
    let unknown = unknown(set, agreed, rows);
    if unknown.is_empty() {
        return instead
            .note("both have both, in another order: rows of the history were renumbered by hand")
            .help("stamp the revision that the database is really at");
    }
    instead
        .note(format!("this build does not have {}", list(&unknown)))
        .help(format!(
            "merge the branch that {} from, and build again",
            if unknown.len() == 1 {
                "it is"
            } else {
                "they are"
            }
        ))
        .help("or go back to where they agree, by a build that has it all")
}

/// Returns the migrations that are not applied and that the build has before one that is.
fn overtaking<'s>(set: &'s Set, agreed: usize, rows: &[Row], row: &Row) -> Vec<&'s str> {
    let applied: BTreeSet<&str> = rows.iter().map(|row| row.version.as_str()).collect();
    let rest = set.migrations().iter().skip(agreed);
    let versions: Vec<(String, &Migration)> = rest
        .map(|migration| (migration.version.to_string(), migration))
        .collect();
    let Some(there) = versions
        .iter()
        .position(|(version, _)| *version == row.version)
    else {
        return Vec::new();
    };
    versions
        .iter()
        .take(there)
        .filter(|(version, _)| !applied.contains(version.as_str()))
        .map(|(_, migration)| migration.label())
        .collect()
}

/// Returns the labels of what is applied and not in the build.
fn unknown<'r>(set: &Set, agreed: usize, rows: &'r [Row]) -> Vec<&'r str> {
    let known: BTreeSet<String> = set
        .migrations()
        .iter()
        .map(|migration| migration.version.to_string())
        .collect();
    rows.iter()
        .skip(agreed)
        .filter(|row| !known.contains(&row.version))
        .map(|row| row.label.as_str())
        .collect()
}

/// Names a row; with its version, where its label is the build's own.
fn named(row: &Row, ours: &Migration) -> String {
    if row.label == ours.label {
        format!("{} (version {})", row.label, row.version)
    } else {
        row.label.clone()
    }
}
