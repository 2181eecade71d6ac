//! The tables, in Markdown.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    args::Args,
    field::{FLOOR, Part},
    process::Action,
    results::{Key, Results},
    starters::STARTERS,
};

/// Prints all tables.
pub(crate) fn print(args: &Args, results: &Results) {
    for (action, title) in [
        (Action::Apply, "Cold apply"),
        (Action::Nothing, "A start with nothing to do"),
        (Action::Back, "Rollback of all"),
    ] {
        println!("## {title}: milliseconds, and times the floor\n");
        walls(args, results, action);
    }
    println!("## Waits and bytes\n");
    traffic(results);
    println!("## Client: CPU, peak memory, binary\n");
    client(results);
    if !results.crowds.is_empty() {
        println!("## {STARTERS} starters at once, on an empty database\n");
        crowds(results);
    }
}

fn head(columns: &[String]) {
    println!("| | {} |", columns.join(" | "));
    println!("|---|{}", "---:|".repeat(columns.len()));
}

fn row(name: &str, cells: &[String]) {
    println!("| {name} | {} |", cells.join(" | "));
}

fn walls(args: &Args, results: &Results, action: Action) {
    let mut columns = Vec::new();
    for &delay in &args.delays {
        for &count in &args.counts {
            columns.push((count, delay));
        }
    }
    let titles: Vec<String> = columns
        .iter()
        .map(|(count, delay)| match delay.as_millis() {
            0 => format!("N={count} direct"),
            millis => format!("N={count} {millis} ms"),
        })
        .collect();
    head(&titles);
    for one in &results.field {
        let cells: Vec<String> = columns
            .iter()
            .map(|&(count, delay)| {
                let key = Key {
                    count,
                    delay,
                    action,
                    name: one.name,
                };
                let floor = results.wall(Key {
                    name: FLOOR.name,
                    ..key
                });
                match (results.wall(key), floor) {
                    (Some(wall), Some(floor)) if one.part != Part::Floor => {
                        format!("{} ({})", millis(wall), times(wall, floor))
                    }
                    (Some(wall), _) => millis(wall),
                    (None, _) => "–".to_owned(),
                }
            })
            .collect();
        row(one.name, &cells);
    }
    for one in results.of(Part::Ours) {
        let cells: Vec<String> = columns
            .iter()
            .map(|&(count, delay)| {
                let key = Key {
                    count,
                    delay,
                    action,
                    name: one.name,
                };
                match (results.wall(key), best(results, key)) {
                    (Some(ours), Some((wall, name))) => format!("{} {name}", times(wall, ours)),
                    _ => "–".to_owned(),
                }
            })
            .collect();
        row(&format!("the fastest peer, to {}", one.name), &cells);
    }
    println!();
}

/// Returns the fastest peer, as it is by default.
pub(crate) fn best(results: &Results, key: Key) -> Option<(Duration, &'static str)> {
    results
        .of(Part::Peer)
        .filter_map(|one| {
            Some((
                results.wall(Key {
                    name: one.name,
                    ..key
                })?,
                one.name,
            ))
        })
        .min()
}

fn traffic(results: &Results) {
    let counts: BTreeSet<usize> = results.traffic.keys().map(|key| key.0).collect();
    let mut columns = Vec::new();
    for (action, word) in [
        (Action::Apply, "apply"),
        (Action::Nothing, "nothing to do"),
        (Action::Back, "back"),
    ] {
        for &count in &counts {
            columns.push((count, action, format!("{word} N={count}")));
        }
    }
    let titles: Vec<String> = columns.iter().map(|column| column.2.clone()).collect();
    head(&titles);
    for one in &results.field {
        let cells: Vec<String> = columns
            .iter()
            .map(|(count, action, _)| {
                results
                    .traffic
                    .get(&(*count, *action, one.name))
                    .map_or_else(
                        || "–".to_owned(),
                        |traffic| {
                            let connections = match traffic.connections {
                                1 => String::new(),
                                more => format!(", {more} connections"),
                            };
                            format!(
                                "{} waits, {}{connections}",
                                traffic.waits,
                                bytes(traffic.bytes())
                            )
                        },
                    )
            })
            .collect();
        row(one.name, &cells);
    }
    println!();
}

fn client(results: &Results) {
    let counts: BTreeSet<usize> = results.traffic.keys().map(|key| key.0).collect();
    let mut titles = Vec::new();
    for count in &counts {
        for what in [
            "apply CPU ms",
            "nothing to do CPU ms",
            "peak MiB",
            "binary KiB",
        ] {
            titles.push(format!("N={count} {what}"));
        }
    }
    head(&titles);
    for one in &results.field {
        let mut cells = Vec::new();
        for &count in &counts {
            let or_none = |cell: Option<String>| cell.unwrap_or_else(|| "–".to_owned());
            cells.push(or_none(
                results.cpu(count, Action::Apply, one.name).map(millis),
            ));
            cells.push(or_none(
                results.cpu(count, Action::Nothing, one.name).map(millis),
            ));
            cells.push(or_none(
                results
                    .peak(count, one.name)
                    .map(|kib| tenths(kib * 10 / 1024)),
            ));
            let size = results.sizes.get(&(count, one.package));
            cells.push(or_none(size.map(|size| (size / 1024).to_string())));
        }
        row(one.name, &cells);
    }
    println!();
}

fn crowds(results: &Results) {
    println!(
        "| | N | ended well, of {STARTERS} | database complete | wall ms | one that failed said |"
    );
    println!("|---|---:|---|---|---|---|");
    for (&(count, name), crowd) in &results.crowds {
        let join = |numbers: Vec<String>| numbers.join(", ");
        println!(
            "| {name} | {count} | {} | {} of {} | {} | {} |",
            join(crowd.succeeded.iter().map(ToString::to_string).collect()),
            crowd.complete,
            crowd.walls.len(),
            join(crowd.walls.iter().map(|&wall| millis(wall)).collect()),
            crowd
                .complaint
                .as_deref()
                .unwrap_or_default()
                .replace('|', "\\|"),
        );
    }
    println!();
}

/// Writes a time in milliseconds, with a decimal below 100.
pub(crate) fn millis(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1_000.0;
    if millis < 100.0 {
        format!("{millis:.1}")
    } else {
        format!("{millis:.0}")
    }
}

/// Writes how many times another a time is.
pub(crate) fn times(time: Duration, other: Duration) -> String {
    let ratio = time.as_secs_f64() / other.as_secs_f64();
    if ratio < 10.0 {
        format!("{ratio:.2}x")
    } else {
        format!("{ratio:.0}x")
    }
}

fn bytes(bytes: u64) -> String {
    if bytes < 10_000 {
        format!("{bytes} B")
    } else {
        format!("{} kB", bytes / 1_000)
    }
}

fn tenths(value: u64) -> String {
    format!("{}.{}", value / 10, value % 10)
}

/// Writes a time in seconds.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}
