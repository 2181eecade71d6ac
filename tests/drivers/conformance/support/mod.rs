//! What the tests share: every driver under one face, a database of a test's own, sets in memory.

mod client;
mod driver;
#[allow(dead_code, reason = "the tests of the engine need more of it")]
#[path = "../../../../samokoder-migrate/tests/engine/support/given.rs"]
mod given;
mod world;

pub(crate) use client::Client;
pub(crate) use driver::Driver;
pub(crate) use given::{Given, set};
pub(crate) use world::{Admin, World, eventually, worlds};
