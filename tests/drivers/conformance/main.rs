//! One list of behaviours on a real server, through every driver and pool that a run can be given.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops at what it did not expect, and says where"
)]

mod caller;
mod failure;
mod locks;
mod lost;
mod many;
mod outside;
mod own;
mod refused;
mod seeds;
mod session;
mod support;
mod verbs;
