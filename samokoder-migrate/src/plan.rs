//! The ordered decision: what a run will do, computed before anything is written.

mod alignment;
mod divergence;
mod goal;
mod planner;
mod refusal;
mod step;
#[cfg(test)]
mod tests;

pub(crate) use alignment::{Alignment, align};
#[cfg(feature = "refinery")]
pub(crate) use goal::Adopt;
pub(crate) use goal::{Downward, Goal};
pub use goal::{NewerDatabase, Repair};
pub(crate) use planner::{Plan, Seen, Situation, plan};
#[cfg(feature = "refinery")]
pub(crate) use refusal::behind;
pub(crate) use refusal::label;
pub use step::{Kind, Step};
