//! Where a thread may block: the blocking driver has a small runtime of its own inside, which
//! panics where another is polling a task.

use std::{
    iter,
    task::{Context, Waker},
};

use samokoder_migrate_core::{Code, Diagnostic};
use tokio::{runtime::Handle, task::coop};

use crate::error::{Error, Result};

/// More than the budget that tokio gives a task for a poll, which is 128 today.
const BEYOND_A_BUDGET: usize = 1024;

/// Refuses to block where an async runtime is polling a task.
pub(super) fn may_block() -> Result<()> {
    // A runtime is also at hand in `spawn_blocking`, in `block_in_place` and beside a guard of
    // `Runtime::enter`, where a thread may block.
    if Handle::try_current().is_err() || !is_in_a_task() {
        return Ok(());
    }
    Err(Error::new(
        Diagnostic::new(
            Code::BlockingInAsync,
            "a blocking connection was used inside an async runtime",
        )
        .help("give the run a `tokio_postgres::Client` (feature `tokio-postgres`) and await it")
        .help("or move it to a thread of its own: `tokio::task::spawn_blocking`"),
    ))
}

/// Returns whether tokio is polling a task on this thread: then, and only then, it counts what the
/// task does. Asking costs nothing of what the task has left.
fn is_in_a_task() -> bool {
    let mut context = Context::from_waker(Waker::noop());
    let mut taken: Vec<_> = iter::from_fn(|| match coop::has_budget_remaining() {
        true => Some(coop::poll_proceed(&mut context)),
        false => None,
    })
    .take(BEYOND_A_BUDGET)
    .collect();
    let is_limited = !coop::has_budget_remaining();
    // Each gives back what was left when it was taken, so the first must be the last.
    while let Some(last) = taken.pop() {
        drop(last);
    }
    is_limited
}
