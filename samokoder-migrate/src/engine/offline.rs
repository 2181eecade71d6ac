//! The scripts of a run whose database nobody asks: it is assumed to be at a revision.

use super::{batch::scripts, job::Job};
use crate::{
    error::Result,
    plan::{Alignment, Plan, Step, plan},
    revision::Point,
    script::{
        opening::{EMPTY_LINE, opening},
        shared::Sharing,
        step::Writer,
        tables::Tables,
    },
    set::{Script, Set},
    state::Recorded,
};

/// Where the database is assumed to be, and the name that its rows will carry for the run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assumed<'a> {
    pub(crate) at: Point,
    pub(crate) run: &'a str,
}

/// Makes the plan of a job, and returns the messages that carry it out on a database that is where
/// it is assumed to be. On any other the guard of the first refuses, and nothing is done.
///
/// Seeds are in it from Base only: elsewhere only the database knows which ran.
pub(crate) fn offline(job: &Job<'_>, assumed: Assumed<'_>) -> Result<Vec<String>> {
    let recorded = recorded(job.set, assumed.at);
    let alignment = Alignment::At {
        point: assumed.at,
        stale: Vec::new(),
    };
    let situation = job.situation(recorded.as_ref(), &alignment, &[], None);
    let mut plan = plan(situation, &job.goal)?;
    if recorded.is_some() {
        plan.steps.retain(|step| step.kind != crate::Kind::Seed);
    }
    let is_rows = |step: &Step| {
        let seed = job.set.seeds().get(step.seed);
        step.kind == crate::Kind::Seed && seed.is_some_and(|seed| seed.rows.is_some())
    };
    let (rows, steps) = plan.steps.into_iter().partition(is_rows);
    plan.steps = steps;
    let mut scripts = if plan.steps.is_empty() {
        Vec::new()
    } else {
        write(job, assumed, recorded.as_ref(), &plan)
    };
    let rows: Vec<Step> = rows;
    scripts.extend(rows.iter().map(|step| {
        let path = step.script(job.set).map_or("", Script::path);
        format!(
            "-- Only a run loads {}: it is a file of rows.\n",
            path.replace(['\n', '\r'], " ")
        )
    }));
    Ok(scripts)
}

fn write(
    job: &Job<'_>,
    assumed: Assumed<'_>,
    recorded: Option<&Recorded>,
    plan: &Plan,
) -> Vec<String> {
    let tables = Tables::of(job.set);
    let line = recorded.map(|recorded| recorded.line.as_str());
    let writer = Writer {
        tables: &tables,
        set: job.set,
        run: assumed.run,
        timeouts: job.timeouts,
        // Nothing is sent that a server of some version would refuse.
        major: 0,
        line: line.unwrap_or(EMPTY_LINE),
    };
    scripts(
        &writer,
        plan,
        &opening(&tables, job.set, line, &job.trusted),
        // They are read by people, and run by other tools.
        Sharing::No,
    )
}

/// Returns what the history holds at a point; `None` at Base, where nothing need be there.
fn recorded(set: &Set, at: Point) -> Option<Recorded> {
    let migration = set.migration(at.0)?;
    Some(Recorded {
        line: format!(
            "history\t{count}\t{count}\t{}\t{}",
            migration.chain,
            migration.downgrade_chain,
            count = at.0
        ),
        count: at.0,
        last: at.0,
        chain: Some(migration.chain),
        downgrade_chain: Some(migration.downgrade_chain),
        ..Recorded::default()
    })
}
