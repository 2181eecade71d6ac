//! The SQL that is sent: what is printed for review is what runs.

mod guard;
pub(crate) mod look;
pub(crate) mod message;
pub(crate) mod opening;
pub(crate) mod outside;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod settings;
pub(crate) mod shared;
pub(crate) mod step;
pub(crate) mod tables;
mod trust;
