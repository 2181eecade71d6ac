//! What a harness counts.

use std::{collections::BTreeMap, fmt};

use super::{held::Held, next::Next, victim::Ended};

/// Kills that landed, by where they did.
#[derive(Debug, Default)]
pub(super) struct Figures {
    landed: BTreeMap<String, Cell>,
    missed: usize,
}

/// The kills of one kind.
#[derive(Debug, Default, Clone)]
struct Cell {
    kills: usize,
    /// Kills with so many migrations recorded.
    recorded: BTreeMap<usize, usize>,
    /// Steps that were reported before the kill.
    reported: usize,
    resumed: usize,
    asked: usize,
}

impl Figures {
    pub(super) fn landed(&self) -> usize {
        self.landed.values().map(|cell| cell.kills).sum()
    }

    pub(super) fn miss(&mut self) {
        self.missed += 1;
    }

    pub(super) fn enter(&mut self, kind: String, held: &Held, ended: &Ended, next: Next) {
        let cell = self.landed.entry(kind).or_default();
        cell.kills += 1;
        *cell.recorded.entry(held.recorded()).or_default() += 1;
        cell.reported += ended.reported().len();
        match next {
            Next::Finished => {}
            Next::Resumed => cell.resumed += 1,
            Next::Asked => cell.asked += 1,
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} landed in mid-run ({} came too early or too late, and do not count):",
            self.landed(),
            self.missed
        )?;
        for (kind, cell) in &self.landed {
            let recorded: Vec<String> = cell
                .recorded
                .iter()
                .map(|(steps, times)| format!("{steps}: {times}"))
                .collect();
            writeln!(
                f,
                "  {:4}  {kind}; migrations recorded: {}",
                cell.kills,
                recorded.join(", ")
            )?;
        }
        let sum = |what: fn(&Cell) -> usize| self.landed.values().map(what).sum::<usize>();
        write!(
            f,
            "applied and not recorded: 0; recorded and not applied: 0; of {} steps that were reported all stand; \
             the next run finished each time: {} times it went on in a script in doubt, {} times it asked",
            sum(|cell| cell.reported),
            sum(|cell| cell.resumed),
            sum(|cell| cell.asked)
        )
    }
}
