//! The grammar alone: what no check can be cheaper than.

use std::{path::Path, thread};

use samokoder_migrate_core::folder::{Content, Folder};

use super::usage;

/// As much as the core gives it.
const STACK: usize = 64 * 1024 * 1024;

/// Returns how many bytes of SQL a folder has, and what reading them costs at least: user seconds on
/// one thread, zero if no thread can be made.
pub(super) fn weigh(folder: &Folder, runs: usize) -> (usize, f64) {
    let texts: Vec<&str> = folder
        .entries()
        .iter()
        .filter(|entry| {
            Path::new(&entry.path)
                .extension()
                .is_some_and(|end| end == "sql")
        })
        .filter_map(|entry| match &entry.content {
            Content::File(bytes) => str::from_utf8(bytes).ok(),
            _ => None,
        })
        .collect();
    let bytes = texts.iter().map(|text| text.len()).sum();
    let once = || {
        let done = thread::scope(|scope| {
            thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, || {
                    usage::of(|| {
                        for text in &texts {
                            drop(rupg_sql::parse(text));
                        }
                    })
                })
                .ok()
                .and_then(|thread| thread.join().ok())
        });
        done.map_or(0.0, |((), cost)| cost.user)
    };
    let least = (0..runs).map(|_| once()).fold(f64::INFINITY, f64::min);
    (bytes, least)
}
