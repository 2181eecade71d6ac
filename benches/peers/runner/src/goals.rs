//! What samokoder-migrate sets out to reach, and whether it does.

use std::{fmt, time::Duration};

use crate::{
    field::{FLOOR, Part},
    process::Action,
    results::{Key, Results},
    tables::{best, millis, times},
};

/// The delay at which goals are set.
const FAR: Duration = Duration::from_millis(40);

/// How many bytes a number of five digits more may cost, twice.
const DIGITS: u64 = 16;

/// How sure a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The same in each run: a miss is a fault.
    Exact,
    /// Time: it is told.
    Timed,
}

/// A goal, and what was found.
#[derive(Debug)]
pub(crate) struct Goal {
    what: String,
    kind: Kind,
    /// Whether it is met, and the figure; `None` where it was not measured.
    found: Option<(bool, String)>,
}

impl Goal {
    /// Returns whether nothing is wrong that luck cannot explain.
    pub(crate) fn is_kept(&self) -> bool {
        self.kind == Kind::Timed || self.found.as_ref().is_none_or(|found| found.0)
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            None => write!(f, "- not measured: {}", self.what),
            Some((true, figure)) => write!(f, "- met: {}: {figure}", self.what),
            Some((false, figure)) => write!(f, "- NOT MET: {}: {figure}", self.what),
        }
    }
}

/// Judges all goals; of the two drivers the worse counts.
pub(crate) fn judge(results: &Results) -> Vec<Goal> {
    let mut counts: Vec<usize> = results.traffic.keys().map(|key| key.0).collect();
    counts.dedup();
    let mut goals = vec![
        exact(
            "a start with nothing to do waits once after connecting",
            Some(worst_waits(results, &counts, Action::Nothing)).filter(|_| !counts.is_empty()),
            |waits| waits <= 2,
            |waits| format!("{waits} with connecting"),
        ),
        same_bytes(results, &counts),
        exact(
            "1,000 are applied in at most 5 waits, connecting among them",
            counts
                .contains(&1_000)
                .then(|| worst_waits(results, &[1_000], Action::Apply)),
            |waits| waits <= 5,
            |waits| waits.to_string(),
        ),
    ];
    for &count in &counts {
        let apply = |delay| Key {
            count,
            delay,
            action: Action::Apply,
            name: "",
        };
        goals.push(at_most(results, apply(FAR), 1.2));
        let least = match count {
            100 => Some(35.0),
            1_000 => Some(100.0),
            _ => None,
        };
        goals.extend(least.map(|least| faster(results, apply(FAR), least)));
        goals.push(at_most(results, apply(Duration::ZERO), 1.15));
        goals.push(faster(results, apply(Duration::ZERO), 1.0));
    }
    goals.push(faster_back(results));
    goals.push(less_cpu(results));
    goals
}

fn worst_waits(results: &Results, counts: &[usize], action: Action) -> u64 {
    let ours = results.of(Part::Ours).flat_map(|one| {
        counts
            .iter()
            .filter_map(move |&count| results.traffic.get(&(count, action, one.name)))
    });
    ours.map(|traffic| traffic.waits).max().unwrap_or_default()
}

fn exact(
    what: &str,
    found: Option<u64>,
    is_met: impl Fn(u64) -> bool,
    figure: impl Fn(u64) -> String,
) -> Goal {
    Goal {
        what: what.to_owned(),
        kind: Kind::Exact,
        found: found.map(|found| (is_met(found), figure(found))),
    }
}

fn same_bytes(results: &Results, counts: &[usize]) -> Goal {
    let mut found: Option<(bool, String)> = None;
    for one in results.of(Part::Ours) {
        let bytes: Vec<u64> = counts
            .iter()
            .filter_map(|&count| results.traffic.get(&(count, Action::Nothing, one.name)))
            .map(samokoder_migrate::testing::Traffic::bytes)
            .collect();
        let (Some(least), Some(most)) = (bytes.iter().min(), bytes.iter().max()) else {
            continue;
        };
        let (was_met, mut figures) = found.take().unwrap_or((true, String::new()));
        if !figures.is_empty() {
            figures.push_str("; ");
        }
        figures.extend([format!("{bytes:?}")]);
        found = Some((was_met && most - least <= DIGITS, figures));
    }
    Goal {
        what: format!("it moves as many bytes whatever N is, but for its digits ({counts:?})"),
        kind: Kind::Exact,
        found: found.filter(|_| counts.len() > 1),
    }
}

/// The slower of the two drivers.
fn ours(results: &Results, key: Key) -> Option<Duration> {
    results
        .of(Part::Ours)
        .map(|one| {
            results.wall(Key {
                name: one.name,
                ..key
            })
        })
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .max()
}

fn at_most(results: &Results, key: Key, most: f64) -> Goal {
    let figures = ours(results, key).zip(results.wall(Key {
        name: FLOOR.name,
        ..key
    }));
    Goal {
        what: format!(
            "N={} at {} ms: at most {most} times the floor",
            key.count,
            key.delay.as_millis()
        ),
        kind: Kind::Timed,
        found: figures.map(|(ours, floor)| {
            let is_met = ours.as_secs_f64() <= most * floor.as_secs_f64();
            (
                is_met,
                format!(
                    "{} ({} ms to {})",
                    times(ours, floor),
                    millis(ours),
                    millis(floor)
                ),
            )
        }),
    }
}

fn faster(results: &Results, key: Key, least: f64) -> Goal {
    let figures = ours(results, key).zip(best(results, key));
    let how = if least > 1.0 {
        format!("at least {least} times faster than the fastest peer")
    } else {
        "no peer is faster".to_owned()
    };
    Goal {
        what: format!("N={} at {} ms: {how}", key.count, key.delay.as_millis()),
        kind: Kind::Timed,
        found: figures.map(|(ours, (peer, name))| {
            let is_met = peer.as_secs_f64() >= least * ours.as_secs_f64();
            (
                is_met,
                format!(
                    "{} ({name} {} ms to {})",
                    times(peer, ours),
                    millis(peer),
                    millis(ours)
                ),
            )
        }),
    }
}

fn faster_back(results: &Results) -> Goal {
    let key = Key {
        count: 100,
        delay: FAR,
        action: Action::Back,
        name: "",
    };
    let figures = ours(results, key).zip(results.wall(Key {
        name: "diesel",
        ..key
    }));
    Goal {
        what: "rollback of 100 at 40 ms: at least 50 times faster than diesel".to_owned(),
        kind: Kind::Timed,
        found: figures.map(|(ours, diesel)| {
            let is_met = diesel.as_secs_f64() >= 50.0 * ours.as_secs_f64();
            (
                is_met,
                format!(
                    "{} ({} ms to {})",
                    times(diesel, ours),
                    millis(diesel),
                    millis(ours)
                ),
            )
        }),
    }
}

fn less_cpu(results: &Results) -> Goal {
    let cpu = |name| results.cpu(1_000, Action::Apply, name);
    let ours = results.of(Part::Ours).filter_map(|one| cpu(one.name)).max();
    let peer = results
        .of(Part::Peer)
        .filter_map(|one| Some((cpu(one.name)?, one.name)))
        .min();
    Goal {
        what: "N=1000: client CPU at most a tenth of the best peer's".to_owned(),
        kind: Kind::Timed,
        found: ours.zip(peer).map(|(ours, (peer, name))| {
            let is_met = peer >= ours * 10;
            (
                is_met,
                format!(
                    "1/{:.1} ({} ms; {name} {})",
                    peer.as_secs_f64() / ours.as_secs_f64(),
                    millis(ours),
                    millis(peer)
                ),
            )
        }),
    }
}
