//! The engine: it decides and writes SQL, and leaves the I/O to a driver.

mod advice;
mod batch;
mod clock;
mod doubt;
mod execute;
mod failure;
mod job;
#[cfg(feature = "cli")]
mod offline;
mod outside;
pub(crate) mod port;
mod preview;
mod read;
mod refused;
mod replay;
mod retry;
mod run;
mod wait;

pub(crate) use job::{Job, Locate};
#[cfg(feature = "cli")]
pub(crate) use offline::{Assumed, offline};
pub use preview::Preview;
pub(crate) use preview::preview;
pub(crate) use read::{status, verify};
pub(crate) use run::run;
