//! The command, as a user runs it: a real process, real folders, a real server.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod check;
mod explain;
mod interrupt;
mod lock;
mod new;
mod run;
mod sql;
mod support;
