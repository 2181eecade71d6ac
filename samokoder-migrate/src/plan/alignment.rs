//! How the database's history lies to this build's.

use crate::{
    revision::Point,
    set::{Downgrade, Migration, Set},
    state::{Recorded, Row},
};

/// How the database's history lies to this build's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Alignment {
    /// It is the build's, up to a point. `stale` are the positions whose stored downgrade is older
    /// than the build's.
    At { point: Point, stale: Vec<usize> },
    /// It is the build's whole history and goes on: a newer build ran.
    Ahead { rows: Vec<Row> },
    /// It parts from the build's at a position.
    Diverged { position: usize, rows: Vec<Row> },
    /// Its rows are not numbered from 1 without a gap: somebody altered them.
    Altered { rows: Vec<Row> },
}

/// Compares the digests that the database recomputed with the build's own.
///
/// `None` means that the digests do not settle it, and the rows must be read.
pub(crate) fn align(set: &Set, recorded: Option<&Recorded>) -> Option<Alignment> {
    let Some(recorded) = recorded.filter(|recorded| recorded.count > 0 || recorded.last > 0) else {
        return Some(Alignment::At {
            point: Point(0),
            stale: Vec::new(),
        });
    };
    let migration = set.migration(recorded.count)?;
    let settled = recorded.count == recorded.last
        && recorded.chain == Some(migration.chain)
        && recorded.downgrade_chain == Some(migration.downgrade_chain);
    settled.then(|| Alignment::At {
        point: Point(recorded.count),
        stale: Vec::new(),
    })
}

impl Alignment {
    /// Compares row by row.
    pub(crate) fn of_rows(set: &Set, rows: Vec<Row>) -> Self {
        if rows
            .iter()
            .zip(1..)
            .any(|(row, position)| row.position != position)
        {
            return Self::Altered { rows };
        }
        let parts = |(row, migration): (&Row, &Migration)| {
            row.version != migration.version.to_string()
                || row.checksum != migration.upgrade.checksum.to_string()
        };
        if let Some(index) = rows.iter().zip(set.migrations()).position(parts) {
            return Self::Diverged {
                position: index + 1,
                rows,
            };
        }
        if rows.len() > set.migrations().len() {
            return Self::Ahead { rows };
        }
        let stale = |(row, migration): &(&Row, &Migration)| {
            row.downgrade_checksum != downgrade_checksum(migration)
        };
        Self::At {
            point: Point(rows.len()),
            stale: rows
                .iter()
                .zip(set.migrations())
                .filter(stale)
                .map(|(row, _)| row.position)
                .collect(),
        }
    }
}

fn downgrade_checksum(migration: &Migration) -> String {
    match &migration.downgrade {
        Downgrade::Script(script) => script.checksum.to_string(),
        Downgrade::Irreversible(_) => "0".repeat(64),
    }
}
