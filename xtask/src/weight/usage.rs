//! What a piece of work costs: the clock, and the processor.

use std::{fs, ops::Sub, time::Instant};

/// A moment, or the time between two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    begun: Instant,
    /// Of this process and its threads, in seconds, in user mode.
    own: f64,
    /// Of the children that were waited for.
    children: f64,
}

/// The time between two moments, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    pub(super) wall: f64,
    /// In user mode: of this process, and of its children.
    pub(super) user: f64,
}

/// Ticks a second in `/proc`, on every Linux.
const TICKS: f64 = 100.0;

impl Usage {
    /// Returns this moment; without `/proc` the processor's time is zero.
    pub(super) fn now() -> Self {
        let line = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // The name, in parentheses, may hold spaces.
        let fields: Vec<&str> = line
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let ticks = |index: usize| {
            let field = fields.get(index).and_then(|field| field.parse().ok());
            field.unwrap_or(0.0) / TICKS
        };
        Self {
            begun: Instant::now(),
            own: ticks(11),
            children: ticks(13),
        }
    }
}

impl Sub for Usage {
    type Output = Cost;

    fn sub(self, earlier: Self) -> Cost {
        Cost {
            wall: (self.begun - earlier.begun).as_secs_f64(),
            user: self.own - earlier.own + self.children - earlier.children,
        }
    }
}

/// Does some work, and says what it cost.
pub(super) fn of<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let before = Usage::now();
    let done = work();
    (done, Usage::now() - before)
}
