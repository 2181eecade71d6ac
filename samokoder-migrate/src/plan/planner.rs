//! From what is asked for and what is there to what will be done.

use std::fmt;

use super::{
    Alignment, Goal, Kind, NewerDatabase, Step, divergence,
    goal::{Adopt, Downward, Repair},
    refusal::{self, label},
    step::Resume,
};
use crate::{
    error::Result,
    revision::Target,
    set::{Downgrade, Set},
    state::{Outcome, RanSeed, Recorded, Row, Unfinished},
    stored::{Stored, Way},
};

/// What a run will do, in order, computed before anything is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The position that the database is at before it.
    pub(crate) from: usize,
    pub(crate) steps: Vec<Step>,
    pub(crate) warnings: Vec<String>,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            return writeln!(f, "nothing to do");
        }
        for step in &self.steps {
            let verb = match step.kind {
                Kind::Upgrade => "upgrade",
                Kind::Downgrade => "downgrade",
                Kind::Seed => "seed",
                Kind::Stamp => "stamp",
                Kind::Refresh => "refresh the stored downgrades up to",
                Kind::Repair => "decide on",
            };
            write!(f, "{verb} {}", step.subject)?;
            match &step.resume {
                Some(resume) if step.kind != Kind::Repair => {
                    writeln!(f, "{resume}")?;
                }
                _ => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// Everything a plan is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation<'p> {
    pub(crate) set: &'p Set,
    pub(crate) recorded: Option<&'p Recorded>,
    pub(crate) alignment: &'p Alignment,
    pub(crate) environment: Option<&'p str>,
    pub(crate) newer: NewerDatabase,
    /// The ways back that the history holds of what is above the build's head, if they were wanted.
    pub(crate) stored: &'p [Stored],
    /// What is seen of the statement that an earlier run was cut off at, if anything is.
    pub(crate) seen: Option<&'p Seen>,
}

/// What is seen of a statement outside a transaction after its run was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It happened.
    Happened,
    /// It did not, or may be done again.
    Not {
        /// The index, qualified and quoted, that it left invalid.
        left: Option<String>,
    },
}

/// Makes the plan.
pub(crate) fn plan(situation: Situation<'_>, goal: &Goal) -> Result<Plan> {
    exists(situation.set, goal)?;
    if let Goal::Stamp(target) = goal {
        return Ok(stamp(situation, *target));
    }
    if let Goal::Repair(decision) = goal {
        return Ok(repair(situation, *decision));
    }
    let (current, stale) = match situation.alignment {
        Alignment::At { point, stale } => (point.0, stale),
        Alignment::Ahead { rows } => return ahead(situation, goal, rows),
        Alignment::Diverged { position, rows } => {
            return Err(divergence::diverged(situation.set, *position, rows));
        }
        Alignment::Altered { rows } => return Err(refusal::altered(situation.set, rows)),
    };
    let mut plan = Plan {
        from: current,
        ..Plan::default()
    };
    go_on(situation, goal, &mut plan, current, stale)?;
    resume(situation, &mut plan)?;
    Ok(plan)
}

/// Plans what is asked for from a point of the build's own history.
fn go_on(
    situation: Situation<'_>,
    goal: &Goal,
    plan: &mut Plan,
    current: usize,
    stale: &[usize],
) -> Result<()> {
    if !stale.is_empty() {
        let mut step = Step::new(Kind::Refresh, current, &label(situation.set, current));
        step.refresh = stale.to_vec();
        plan.steps.push(step);
    }
    match goal {
        Goal::RunTo(target, downward) => run_to(situation, plan, current, *target, *downward)?,
        Goal::Downgrade(steps) => {
            let target = current
                .checked_sub(*steps)
                .ok_or_else(|| refusal::too_far(current, *steps))?;
            go_down(situation.set, plan, current, target)?;
        }
        Goal::DowngradeTo(target) => {
            let target = target.resolve(situation.set).0;
            if target > current {
                return Err(refusal::not_below(situation.set, current, target));
            }
            go_down(situation.set, plan, current, target)?;
        }
        Goal::Seed(index) => one_seed(situation, plan, current, *index)?,
        Goal::Adopt(asked) => adopt(situation.set, plan, current, asked)?,
        Goal::Stamp(_) | Goal::Repair(_) => {}
    }
    Ok(())
}

/// A point or a seed that is asked for by number may be none of the set's.
fn exists(set: &Set, goal: &Goal) -> Result<()> {
    match goal {
        Goal::RunTo(target, _) | Goal::DowngradeTo(target) | Goal::Stamp(target) => {
            let point = target.resolve(set).0;
            if point > set.migrations().len() {
                return Err(refusal::no_such_point(set, point));
            }
        }
        Goal::Seed(index) if *index >= set.seeds().len() => {
            return Err(refusal::no_such_seed(set, *index));
        }
        Goal::Seed(_) | Goal::Downgrade(_) | Goal::Adopt(_) | Goal::Repair(_) => {}
    }
    Ok(())
}

fn run_to(
    situation: Situation<'_>,
    plan: &mut Plan,
    current: usize,
    target: Target,
    downward: Downward,
) -> Result<()> {
    let target = target.resolve(situation.set).0;
    if target < current {
        return match downward {
            Downward::Allowed => go_down(situation.set, plan, current, target),
            Downward::Refused => Err(refusal::would_go_down(situation.set, current, target)),
        };
    }
    for (migration, position) in situation
        .set
        .migrations()
        .iter()
        .zip(1..)
        .take(target)
        .skip(current)
    {
        plan.steps
            .push(Step::new(Kind::Upgrade, position, &migration.label));
    }
    if target == situation.set.migrations().len() {
        due_seeds(situation, plan, target);
    }
    Ok(())
}

fn due_seeds(situation: Situation<'_>, plan: &mut Plan, head: usize) {
    for (index, seed) in situation.set.seeds().iter().enumerate() {
        let wanted = seed
            .environment()
            .is_none_or(|environment| Some(environment) == situation.environment);
        let ran = ran(situation, seed.path());
        let due = ran.is_none_or(|ran| ran.checksum != seed.script.checksum.to_string());
        if wanted && due {
            plan.steps.push(seed_step(situation, index, head));
        }
    }
}

fn one_seed(situation: Situation<'_>, plan: &mut Plan, current: usize, index: usize) -> Result<()> {
    let head = situation.set.migrations().len();
    if current != head {
        return Err(refusal::not_at_head(situation.set, current));
    }
    plan.steps.push(seed_step(situation, index, head));
    Ok(())
}

fn seed_step(situation: Situation<'_>, index: usize, position: usize) -> Step {
    let path = situation
        .set
        .seeds()
        .get(index)
        .map_or("", |seed| seed.path());
    let mut step = Step::new(Kind::Seed, position, path);
    step.seed = index;
    step.seen = ran(situation, path)
        .map(|ran| ran.checksum.clone())
        .unwrap_or_default();
    step
}

/// Returns a seed's row, unless it is forgotten with what is taken back above the build's head.
fn ran<'p>(situation: Situation<'p>, path: &str) -> Option<&'p RanSeed> {
    let head = situation.set.migrations().len();
    let mut seeds = situation.recorded?.seeds.iter();
    seeds.find(|ran| ran.path == path && ran.position <= head)
}

fn go_down(set: &Set, plan: &mut Plan, current: usize, target: usize) -> Result<()> {
    let way = (target + 1..=current)
        .rev()
        .filter_map(|position| Some((set.migration(position)?, position)));
    let mut blocked = Vec::new();
    for (migration, position) in way {
        if let Downgrade::Irreversible(reason) = &migration.downgrade {
            blocked.push(format!("{}: {reason}", migration.label));
        }
        plan.steps
            .push(Step::new(Kind::Downgrade, position, &migration.label));
    }
    if blocked.is_empty() {
        Ok(())
    } else {
        Err(refusal::irreversible(set, current, &blocked))
    }
}

fn stamp(situation: Situation<'_>, target: Target) -> Plan {
    let from = situation.recorded.map_or(0, |recorded| recorded.count);
    let target = target.resolve(situation.set).0;
    let exact = matches!(situation.alignment, Alignment::At { point, .. } if point.0 == target);
    let unfinished = situation
        .recorded
        .is_some_and(|recorded| recorded.unfinished.is_some());
    let mut plan = Plan {
        from,
        ..Plan::default()
    };
    if !exact || unfinished {
        plan.steps.push(Step::new(
            Kind::Stamp,
            target,
            &label(situation.set, target),
        ));
    }
    plan
}

fn repair(situation: Situation<'_>, decision: Repair) -> Plan {
    let from = situation.recorded.map_or(0, |recorded| recorded.count);
    let mut plan = Plan {
        from,
        ..Plan::default()
    };
    let unfinished = situation
        .recorded
        .and_then(|recorded| recorded.unfinished.as_ref());
    match unfinished {
        Some(unfinished) if unfinished.outcome == Outcome::Begun => {
            let statement = match decision {
                Repair::Done => unfinished.statement,
                Repair::Again => unfinished.statement.saturating_sub(1),
            };
            let mut step = Step::new(Kind::Repair, from, &unfinished.label);
            step.resume = Some(Resume {
                statement,
                statements: unfinished.statements,
                mark: unfinished.mark(),
                left: None,
            });
            plan.steps.push(step);
        }
        _ => plan
            .warnings
            .push("there is nothing to decide: no statement's outcome is unknown".to_owned()),
    }
    plan
}

/// What is recorded already is not recorded again, and a history that was begun is not gone on
/// with: whether the other tool went on, or this one took something back, is not known.
fn adopt(set: &Set, plan: &mut Plan, current: usize, asked: &Adopt) -> Result<()> {
    let position = asked.point.0;
    if position <= current {
        return Ok(());
    }
    if current > 0 {
        return Err(refusal::behind(set, current, position).into());
    }
    let mut step = Step::new(Kind::Stamp, position, &label(set, position));
    step.condition.clone_from(&asked.condition);
    plan.steps.push(step);
    Ok(())
}

fn ahead(situation: Situation<'_>, goal: &Goal, rows: &[Row]) -> Result<Plan> {
    let head = situation.set.migrations().len();
    let to_head = matches!(goal, Goal::RunTo(target, Downward::Refused) if target.resolve(situation.set).0 == head);
    if to_head && situation.newer == NewerDatabase::Accept {
        return Ok(Plan {
            from: rows.len(),
            steps: Vec::new(),
            warnings: vec![refusal::ahead_of(situation.set, rows)],
        });
    }
    let goes_back = matches!(
        goal,
        Goal::RunTo(..) | Goal::Downgrade(_) | Goal::DowngradeTo(_)
    );
    if goes_back && situation.newer == NewerDatabase::Downgrade {
        return back(situation, goal, rows);
    }
    Err(refusal::newer(situation.set, rows))
}

/// Takes back what a newer build applied, by the scripts that it left in the history, and goes on.
fn back(situation: Situation<'_>, goal: &Goal, rows: &[Row]) -> Result<Plan> {
    let head = situation.set.migrations().len();
    let mut plan = Plan {
        from: rows.len(),
        warnings: vec![refusal::ahead_of(situation.set, rows)],
        ..Plan::default()
    };
    let mut blocked = Vec::new();
    // Only as many as are asked for, where they are counted.
    let wanted = match goal {
        Goal::Downgrade(steps) => (*steps).min(rows.len().saturating_sub(head)),
        _ => usize::MAX,
    };
    let below = situation.stored.iter().rev().skip(1).map(Some);
    let below = below.chain(std::iter::once(None));
    let ways = situation.stored.iter().rev().zip(below);
    for (stored, below) in ways.take(wanted) {
        if let Way::Irreversible(reason) = &stored.way {
            blocked.push(format!("{}: {reason}", stored.label));
        }
        let mut step = Step::new(Kind::Downgrade, stored.position, &stored.label);
        step.stored = Some(Box::new(stored.clone()));
        step.below = below.map(|below| (below.version.clone(), below.label.clone()));
        plan.steps.push(step);
    }
    if !blocked.is_empty() {
        return Err(refusal::stored_irreversible(rows, &blocked));
    }
    match goal {
        Goal::Downgrade(steps) => {
            let rest = Goal::Downgrade(steps - plan.steps.len());
            go_on(situation, &rest, &mut plan, head, &[])?;
        }
        goal => go_on(situation, goal, &mut plan, head, &[])?,
    }
    resume(situation, &mut plan)?;
    Ok(plan)
}

/// An unfinished script must be the plan's first step, and it must be known where it goes on.
fn resume(situation: Situation<'_>, plan: &mut Plan) -> Result<()> {
    let Some(unfinished) = situation
        .recorded
        .and_then(|recorded| recorded.unfinished.as_ref())
    else {
        return Ok(());
    };
    let first = plan
        .steps
        .iter_mut()
        .find(|step| step.kind != Kind::Refresh);
    let kind = if unfinished.upgrade {
        Kind::Upgrade
    } else {
        Kind::Downgrade
    };
    match first {
        Some(step)
            if step.kind == kind
                && step.position == unfinished.position
                && step
                    .script(situation.set)
                    .is_some_and(|script| script.checksum.to_string() == unfinished.checksum) =>
        {
            step.resume = goes_on(unfinished, situation.seen);
            if step.resume.is_some() {
                return Ok(());
            }
        }
        _ => {}
    }
    Err(refusal::in_doubt(situation.set, unfinished))
}

/// Returns where a script goes on; `None` where that is to be decided.
fn goes_on(unfinished: &Unfinished, seen: Option<&Seen>) -> Option<Resume> {
    let statement = unfinished.statement.saturating_sub(1);
    let (statement, left) = match (unfinished.outcome, seen) {
        (Outcome::Begun, None) => return None,
        (Outcome::Begun, Some(Seen::Happened)) => (statement + 1, None),
        (_, Some(Seen::Not { left })) => (statement, left.clone()),
        (Outcome::Refused | Outcome::Decided, _) => (statement, None),
    };
    Some(Resume {
        statement,
        statements: unfinished.statements,
        mark: unfinished.mark(),
        left,
    })
}
