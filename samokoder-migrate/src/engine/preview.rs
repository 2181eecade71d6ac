//! What a run would do, and the scripts it would send.

use std::fmt;

use super::{clock::Clock, doubt, execute::Execution, job::Job, port::Port, read};
use crate::{
    error::Result,
    plan::{Plan, Step, plan},
    script::tables::Tables,
};

/// What a run would do: the steps, and the messages exactly as they would be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    plan: Plan,
    scripts: Vec<String>,
}

impl Preview {
    /// Returns the steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    /// Returns the messages, in order, exactly as they would be sent.
    #[must_use]
    pub fn scripts(&self) -> &[String] {
        &self.scripts
    }

    /// Returns what the caller should know.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.plan.warnings
    }
}

impl fmt::Display for Preview {
    /// Writes the steps, one a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.plan)
    }
}

/// Makes the plan of a job, and writes its scripts, without sending them.
pub(crate) async fn preview(port: Port, job: Job<'_>) -> Result<Preview> {
    let tables = Tables::of(job.set);
    let state = read::state(&port, job.set, &tables).await?;
    let alignment = read::alignment(&port, job.set, &tables, &state).await?;
    let stored = read::stored(&port, &job, &tables, &alignment).await?;
    let history = state.history.as_ref();
    let seen = doubt::seen(&port, job.set, &tables, history, &stored).await?;
    let situation = job.situation(history, &alignment, &stored, seen.as_ref());
    let plan = plan(situation, &job.goal)?;
    let scripts = if plan.steps.is_empty() {
        Vec::new()
    } else {
        let clock = Clock::new(&port, None);
        Execution::new(&port, &job, &tables, &state, &plan, &state.run, &clock).scripts()
    };
    Ok(Preview { plan, scripts })
}
