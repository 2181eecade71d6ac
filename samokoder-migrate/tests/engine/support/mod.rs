//! What the tests share: databases, clients of both drivers, sets made in memory.

mod client;
mod given;
mod world;

pub(crate) use client::{Client, Driver};
pub(crate) use given::{Given, set};
pub(crate) use world::{World, eventually, worlds};
