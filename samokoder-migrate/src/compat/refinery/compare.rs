//! Refinery's rows beside a set's migrations: what fits, and what is said of what does not.

use std::collections::{BTreeMap, BTreeSet};

use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    checksum::recognise,
    comparison::{Outcome, Row},
    foreign::name_in_refinery,
    table::Recorded,
};
use crate::{
    Version,
    set::{Migration, Set},
};

/// How many rows an error names.
const SHOWN: usize = 20;

/// Lays refinery's rows, which are in order of version, beside the set's migrations.
pub(super) fn compare(set: &Set, recorded: &[Recorded]) -> Vec<Row> {
    let late = late(recorded);
    let last = recorded.last().map(|row| Version::new(row.version));
    let mut both: BTreeMap<Version, (Option<&Recorded>, Option<&Migration>)> = BTreeMap::new();
    for row in recorded {
        both.entry(Version::new(row.version)).or_default().0 = Some(row);
    }
    for migration in set.migrations() {
        both.entry(migration.version()).or_default().1 = Some(migration);
    }
    both.into_iter()
        .filter_map(|(version, pair)| {
            let (name, outcome) = match pair {
                (Some(row), Some(migration)) => {
                    let outcome = match outcome(row, migration) {
                        Outcome::Matched { .. } if late.contains(&row.version) => {
                            Outcome::OutOfOrder
                        }
                        outcome => outcome,
                    };
                    (row.name.clone().unwrap_or_default(), outcome)
                }
                (Some(row), None) => (row.name.clone().unwrap_or_default(), Outcome::NoFile),
                (None, Some(migration)) => {
                    let outcome = if Some(version) < last {
                        Outcome::PassedOver
                    } else {
                        Outcome::Pending
                    };
                    (migration.name().to_owned(), outcome)
                }
                (None, None) => return None,
            };
            Some(Row {
                version,
                name,
                outcome,
            })
        })
        .collect()
}

/// Says which rows do not fit and what to do; `None` where all that refinery applied is the
/// beginning of the set.
pub(super) fn refusal(set: &Set, table: &str, rows: &[Row]) -> Option<Diagnostic> {
    let wrong: Vec<&Row> = rows
        .iter()
        .filter(|row| !matches!(row.outcome, Outcome::Matched { .. } | Outcome::Pending))
        .collect();
    let first = wrong.first()?;
    let message = match wrong.len() {
        1 => format!("refinery's table {table} does not fit: {}", said(first)),
        count => format!("refinery's table {table} does not fit: {count} migrations differ"),
    };
    let mut diagnostic = Diagnostic::new(Code::ForeignHistory, message);
    if let Some(migration) = set
        .migrations()
        .iter()
        .find(|migration| migration.version() == first.version)
    {
        diagnostic = diagnostic.in_path(migration.upgrade().path());
    }
    if wrong.len() > 1 {
        for row in wrong.iter().take(SHOWN) {
            diagnostic = diagnostic.note(said(row));
        }
        if wrong.len() > SHOWN {
            diagnostic = diagnostic.note(format!("and {} more", wrong.len() - SHOWN));
        }
    }
    diagnostic = diagnostic.note("nothing was written, here or in refinery's table");
    let mut advice: Vec<&str> = Vec::new();
    for row in wrong {
        if let Some(line) = advise(&row.outcome).filter(|line| !advice.contains(line)) {
            advice.push(line);
        }
    }
    let diagnostic = advice.into_iter().fold(diagnostic, Diagnostic::help);
    Some(diagnostic.help(
        "`stamp` records a revision without comparing, where you know that the schema is the one",
    ))
}

fn outcome(row: &Recorded, migration: &Migration) -> Outcome {
    let name = row.name.as_deref().unwrap_or_default();
    let file = name_in_refinery(migration.name());
    if file.as_deref() != Some(name) {
        return Outcome::NameDiffers {
            file: file.unwrap_or_else(|| migration.name().to_owned()),
        };
    }
    row.checksum
        .as_deref()
        .and_then(|checksum| checksum.parse().ok())
        .and_then(|checksum| recognise(name, row.version, migration.upgrade().text(), checksum))
        .map_or(Outcome::ChecksumDiffers, |(form, width)| Outcome::Matched {
            form,
            width,
        })
}

/// Returns the versions that were applied after a later one.
fn late(recorded: &[Recorded]) -> BTreeSet<i64> {
    let mut earliest = i64::MAX;
    let mut late = BTreeSet::new();
    for row in recorded.iter().rev() {
        let Some(time) = row.applied_at else { continue };
        if time > earliest {
            late.insert(row.version);
        }
        earliest = earliest.min(time);
    }
    late
}

fn said(row: &Row) -> String {
    match &row.outcome {
        Outcome::Matched { .. } => format!("{row} matches"),
        Outcome::OutOfOrder => format!("{row} was applied after a later one"),
        Outcome::ChecksumDiffers => {
            format!("{row} is not the text that refinery applied: the checksum differs")
        }
        Outcome::NameDiffers { file } => {
            format!("{row} is what refinery applied, and the file's name is `{file}`")
        }
        Outcome::NoFile => format!("{row} was applied by refinery, and has no file here"),
        Outcome::PassedOver => format!("{row} was not applied by refinery, and later ones were"),
        Outcome::Pending => format!("{row} was not applied by refinery"),
    }
}

fn advise(outcome: &Outcome) -> Option<&'static str> {
    Some(match outcome {
        Outcome::ChecksumDiffers => {
            "put an edited file back as refinery applied it, and make the change in a new migration; a text that mixes LF and CRLF cannot be recognised"
        }
        Outcome::NameDiffers { .. } => "give the file the name that refinery applied it under",
        Outcome::NoFile => {
            "bring the missing file back: refinery also reads folders inside the folder, and Rust files, whose SQL would have to be written out"
        }
        Outcome::PassedOver => {
            "run what was passed over with refinery, or give it a version after the last one applied"
        }
        Outcome::OutOfOrder => {
            "here migrations run in order of version: see whether a database made in that order is the same"
        }
        Outcome::Matched { .. } | Outcome::Pending => return None,
    })
}

#[cfg(test)]
mod tests;
