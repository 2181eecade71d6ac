//! Connections that we make ourselves, from a connection string as libpq reads it.

mod dial;
mod encryption;
mod fault;
mod string;

pub(crate) use dial::Dial;
pub(super) use encryption::Encryption;
#[cfg(feature = "tls")]
pub(super) use encryption::{Mode, Root};
pub(crate) use fault::Fault;
