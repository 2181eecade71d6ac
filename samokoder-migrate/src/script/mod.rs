//! The SQL that is sent: what is printed for review is what runs.

mod guard;
mod held;
pub(crate) mod look;
pub(crate) mod message;
pub(crate) mod opening;
pub(crate) mod outside;
pub(crate) mod pooler;
pub(crate) mod read;
pub(crate) mod record;
mod rows;
pub(crate) mod settings;
pub(crate) mod shared;
pub(crate) mod sqlstate;
pub(crate) mod step;
pub(crate) mod tables;
mod trust;
