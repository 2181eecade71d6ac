//! What a process that was killed had said.

use std::collections::BTreeSet;

use crate::process::Ended;

/// Returns what it was told that stands: what was done, and to which migration or seed.
pub(super) fn reported(ended: &Ended) -> BTreeSet<(&str, &str)> {
    ended
        .said_after("stands ")
        .filter_map(|line| line.split_once(' '))
        .collect()
}

/// Returns whether it was made to end, by its own death or that of its connection.
pub(super) fn was_killed(ended: &Ended) -> bool {
    match ended.error() {
        // The connection is lost, or the server says whose doing it was (57P01, 57P02).
        Some((code, sqlstate)) => code == "SM0705" || sqlstate.starts_with("57P"),
        None => ended.status.code().is_none(),
    }
}
