//! The ordered decision: what a run will do, computed before anything is written.

mod alignment;
mod goal;
mod planner;
mod refusal;
mod step;
#[cfg(test)]
mod tests;

pub(crate) use alignment::{Alignment, align};
pub use goal::NewerDatabase;
pub(crate) use goal::{Downward, Goal};
pub(crate) use planner::{Plan, Situation, plan};
pub(crate) use refusal::label;
pub use step::{Kind, Step};
