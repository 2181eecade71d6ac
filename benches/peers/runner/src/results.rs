//! What was measured.

use std::{collections::BTreeMap, time::Duration};

use samokoder_migrate::testing::Traffic;

use crate::{
    field::{Contestant, Part},
    process::{Action, Cost},
    starters::Crowd,
};

/// What is measured as one: a contestant, so many migrations, a delay, an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) count: usize,
    pub(crate) delay: Duration,
    pub(crate) action: Action,
    pub(crate) name: &'static str,
}

/// All that was measured.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) field: Vec<Contestant>,
    pub(crate) costs: BTreeMap<Key, Vec<Cost>>,
    /// Waits and bytes, by migrations, action and name; exact, so counted once.
    pub(crate) traffic: BTreeMap<(usize, Action, &'static str), Traffic>,
    pub(crate) crowds: BTreeMap<(usize, &'static str), Crowd>,
    /// Bytes, by migrations and package.
    pub(crate) sizes: BTreeMap<(usize, &'static str), u64>,
}

impl Results {
    /// Returns the median wall time, where it was measured.
    pub(crate) fn wall(&self, key: Key) -> Option<Duration> {
        median(self.costs.get(&key)?.iter().map(|cost| cost.wall).collect())
    }

    /// Returns the median CPU time without delay, where it was measured.
    pub(crate) fn cpu(&self, count: usize, action: Action, name: &'static str) -> Option<Duration> {
        median(
            self.direct(count, action, name)?
                .iter()
                .map(|cost| cost.cpu)
                .collect(),
        )
    }

    /// Returns the median peak memory without delay, where it was measured.
    pub(crate) fn peak(&self, count: usize, name: &'static str) -> Option<u64> {
        median(
            self.direct(count, Action::Apply, name)?
                .iter()
                .map(|cost| cost.peak_kib)
                .collect(),
        )
    }

    fn direct(&self, count: usize, action: Action, name: &'static str) -> Option<&Vec<Cost>> {
        self.costs.get(&Key {
            count,
            delay: Duration::ZERO,
            action,
            name,
        })
    }

    /// Returns those who play a part.
    pub(crate) fn of(&self, part: Part) -> impl Iterator<Item = Contestant> {
        self.field
            .iter()
            .copied()
            .filter(move |one| one.part == part)
    }
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}
