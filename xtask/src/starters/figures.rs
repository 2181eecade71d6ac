//! What the rounds count.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::{STARTERS, kind::Kind, outcome::Outcome, round::Start};

/// The figures of all rounds, by what they were about.
#[derive(Debug, Default)]
pub(super) struct Figures(BTreeMap<(Kind, Start), Cell>);

#[derive(Debug, Default)]
struct Cell {
    rounds: usize,
    /// Messages of each copy that did nothing.
    messages: Vec<usize>,
    /// Messages of those of them that were told of nobody whom they waited for.
    untold: Vec<usize>,
    /// Copies that did something, beyond one a round.
    more: usize,
    longest: Duration,
    /// Indexes that another application built meanwhile.
    built: usize,
}

impl Figures {
    pub(super) fn enter(&mut self, kind: Kind, start: Start, outcomes: &[Outcome], built: usize) {
        let cell = self.0.entry((kind, start)).or_default();
        cell.rounds += 1;
        cell.built += built;
        let mut workers = 0;
        for outcome in outcomes {
            cell.longest = cell.longest.max(outcome.waited);
            if !outcome.done.is_empty() {
                workers += 1;
                continue;
            }
            cell.messages.push(outcome.messages);
            if outcome.is_untold() {
                cell.untold.push(outcome.messages);
            }
        }
        cell.more += workers.max(1) - 1;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounds: usize = self.0.values().map(|cell| cell.rounds).sum();
        writeln!(
            f,
            "{rounds} rounds of {STARTERS} copies: no copy failed that should not, each step was done once"
        )?;
        for ((kind, start), cell) in &self.0 {
            let mut messages = cell.messages.clone();
            messages.sort_unstable();
            let at = |part: usize| {
                let index = messages.len().saturating_sub(1) * part / 2;
                messages.get(index).copied().unwrap_or_default()
            };
            write!(
                f,
                "  {:3}  {kind}, {start}: {} to {} messages a loser, {} in the middle; {} were told of nobody (with {} messages at most), \
                 {} did a part of the work; longest wait {} ms",
                cell.rounds,
                at(0),
                at(2),
                at(1),
                cell.untold.len(),
                cell.untold.iter().max().copied().unwrap_or_default(),
                cell.more,
                cell.longest.as_millis()
            )?;
            if *kind == Kind::Busy {
                write!(f, "; {} indexes of another application's", cell.built)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
