//! What a database holds after a kill, and whether that may be.

use std::{
    thread,
    time::{Duration, Instant},
};

use postgres::Client;

use super::{
    PATIENCE, Way,
    set::{Course, Level, OUTSIDE, SEEDED, STEPS, label, script, whole},
    victim::Ended,
};
use crate::Result;

/// What a database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// How much stands of each migration, from the first.
    levels: Vec<Level>,
    /// Which positions the history has.
    history: Vec<i32>,
    /// How often the seed's row is there, and how often it is recorded.
    seeded: (i64, i64),
    /// The script outside a transaction whose outcome is not recorded.
    pub(super) doubt: Option<Doubt>,
    /// Indexes that a build left behind.
    invalid: Vec<String>,
}

/// A script outside a transaction that was begun, and not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) label: String,
    pub(super) way: Way,
    /// The statement, from 1.
    pub(super) statement: usize,
    /// Whether the server is known to have refused it.
    pub(super) refused: bool,
}

impl Held {
    /// Looks, once nobody else is at work in the database any more.
    pub(super) fn look(watcher: &mut Client) -> Result<Self> {
        wait_until_alone(watcher)?;
        let kept: bool = watcher
            .query_one(
                "SELECT to_regclass('samokoder_migrate.history') IS NOT NULL",
                &[],
            )?
            .get(0);
        let mut levels = Vec::new();
        for step in 1..=STEPS {
            levels.push(level(watcher, step)?);
        }
        let sown = if levels.first() == Some(&Level::Nothing) {
            0
        } else {
            watcher
                .query_one("SELECT count(*) FROM t1 WHERE id = $1", &[&SEEDED])?
                .get(0)
        };
        let mut held = Self {
            levels,
            history: Vec::new(),
            seeded: (sown, 0),
            doubt: None,
            invalid: column(
                watcher,
                "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
            )?,
        };
        if kept {
            held.history = column(
                watcher,
                "SELECT position FROM samokoder_migrate.history ORDER BY position",
            )?;
            held.seeded.1 = watcher
                .query_one("SELECT count(*) FROM samokoder_migrate.seed", &[])?
                .get(0);
            held.doubt = doubt(watcher)?;
        }
        Ok(held)
    }

    /// Returns how many migrations are recorded.
    pub(super) fn recorded(&self) -> usize {
        self.history.len()
    }

    /// Fails where something is applied and not recorded, or the reverse, and no doubt says so.
    pub(super) fn judge(&self, way: Way, course: Course) -> Result {
        let expected: Vec<i32> = (1..).take(self.history.len()).collect();
        if self.history != expected {
            return Err(format!("the history has gaps: {self:?}").into());
        }
        for (step, &level) in (1..).zip(&self.levels) {
            let recorded = step <= self.history.len();
            let doubt = self
                .doubt
                .as_ref()
                .filter(|doubt| doubt.label == label(step));
            let may_be = match doubt {
                Some(doubt) => doubt.levels(step, course),
                None if recorded => vec![whole(step)],
                None => vec![Level::Nothing],
            };
            if !may_be.contains(&level) {
                return Err(format!(
                    "step {step}: {level:?} stands, recorded is {recorded}, in doubt is {doubt:?}: {self:?}"
                )
                .into());
            }
        }
        // A seed is forgotten on the way down before the table that it filled is dropped.
        let (sown, recorded) = self.seeded;
        if way == Way::Up && sown != recorded {
            return Err(format!("the seed ran {sown} times, recorded {recorded}").into());
        }
        if !self.invalid.is_empty() && self.doubt.is_none() {
            return Err(format!("an index is left invalid, and nothing says so: {self:?}").into());
        }
        Ok(())
    }

    /// Fails where something that was reported as standing does not stand.
    pub(super) fn keeps(&self, ended: &Ended) -> Result {
        let positions: Vec<String> = (1..=self.history.len()).map(label).collect();
        for (kind, subject) in ended.reported() {
            let stands = match kind {
                "upgrade" => positions.iter().any(|position| position == subject),
                "downgrade" => positions.iter().all(|position| position != subject),
                _ => self.seeded.1 == 1,
            };
            if !stands {
                return Err(format!(
                    "the {kind} of {subject} was reported, and does not stand: {self:?}; it said {:?}",
                    ended.said
                )
                .into());
            }
        }
        Ok(())
    }

    /// Fails unless all is done, once each.
    pub(super) fn is_finished(&self, way: Way, course: Course) -> Result {
        self.judge(way, course)?;
        let (steps, seeded) = match way {
            Way::Up => (STEPS, 1),
            Way::Down => (0, 0),
        };
        if self.doubt.is_some()
            || !self.invalid.is_empty()
            || self.history.len() != steps
            || self.seeded.0 != seeded
        {
            return Err(format!("the next run did not finish: {self:?}").into());
        }
        Ok(())
    }
}

impl Doubt {
    /// Returns how much of the migration may stand: what the statements before the one in doubt
    /// made, and what it makes itself.
    fn levels(&self, step: usize, course: Course) -> Vec<Level> {
        let start = match self.way {
            Way::Up => Level::Nothing,
            Way::Down => whole(step),
        };
        let after: Vec<Level> = script(step, self.way, course)
            .into_iter()
            .map(|(_, level)| level)
            .collect();
        let before = self
            .statement
            .checked_sub(2)
            .and_then(|index| after.get(index))
            .unwrap_or(&start);
        let itself = self
            .statement
            .checked_sub(1)
            .and_then(|index| after.get(index))
            .filter(|_| !self.refused);
        std::iter::once(before).chain(itself).copied().collect()
    }
}

/// Returns how much stands of a migration.
fn level(watcher: &mut Client, step: usize) -> Result<Level> {
    let there: bool = watcher
        .query_one("SELECT to_regclass($1) IS NOT NULL", &[&format!("t{step}")])?
        .get(0);
    if !there {
        return Ok(Level::Nothing);
    }
    let rows: i64 = watcher
        .query_one(
            &format!("SELECT count(*) FROM t{step} WHERE id = {step}"),
            &[],
        )?
        .get(0);
    let index: bool = watcher
        .query_one(
            "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND indisvalid)",
            &[&format!("i{step}")],
        )?
        .get(0);
    match (rows, index) {
        (0, false) => Ok(Level::Table),
        (1, false) => Ok(Level::Row),
        (1, true) if OUTSIDE.contains(&step) => Ok(Level::Index),
        _ => Err(format!("step {step} ran {rows} times, its index is {index}").into()),
    }
}

fn doubt(watcher: &mut Client) -> Result<Option<Doubt>> {
    let row = watcher.query_opt(
        "SELECT label, direction, statement, outcome FROM samokoder_migrate.unfinished",
        &[],
    )?;
    let Some(row) = row else { return Ok(None) };
    let way = match row.get(1) {
        "downgrade" => Way::Down,
        _ => Way::Up,
    };
    Ok(Some(Doubt {
        label: row.get(0),
        way,
        statement: usize::try_from(row.get::<_, i32>(2))?,
        refused: row.get::<_, &str>(3) == "refused",
    }))
}

fn column<T: for<'r> postgres::types::FromSql<'r>>(
    watcher: &mut Client,
    sql: &str,
) -> Result<Vec<T>> {
    let rows = watcher.query(sql, &[])?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Waits until the watcher's is the only session of the database.
pub(super) fn wait_until_alone(watcher: &mut Client) -> Result {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let others: i64 = watcher
            .query_one(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
                &[],
            )?
            .get(0);
        if others == 0 {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Err("the victim's backend did not end".into())
}
