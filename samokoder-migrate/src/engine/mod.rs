//! The engine: it decides and writes SQL, and leaves the I/O to a driver.

mod advice;
mod batch;
mod clock;
mod doubt;
mod execute;
mod failure;
mod job;
mod naming;
#[cfg(feature = "cli")]
mod offline;
mod outside;
mod pooler;
pub(crate) mod port;
mod preview;
mod read;
mod refused;
mod replay;
mod retry;
mod rows;
mod run;
mod wait;

pub(crate) use job::{Job, Locate};
#[cfg(feature = "cli")]
pub(crate) use offline::{Assumed, offline};
pub(crate) use pooler::Pooler;
pub use preview::Preview;
pub(crate) use preview::preview;
pub(crate) use read::{status, verify};
pub(crate) use rows::Files;
pub(crate) use run::run;
