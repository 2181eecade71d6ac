//! The connections that a run can be given: thin, over one engine.

#[cfg(feature = "postgres")]
mod env;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod file;
#[cfg(feature = "cli")]
mod interruptible;
#[cfg(feature = "tokio-postgres")]
mod offload;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod server_error;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;

#[cfg(feature = "postgres")]
pub(crate) use env::from_env;
#[cfg(feature = "cli")]
pub(crate) use env::reason;
#[cfg(feature = "cli")]
pub(crate) use interruptible::{Interrupt, Interruptible};

use crate::engine::port::Session;

/// A connection that a run can be given: `&mut postgres::Client`, `&mut tokio_postgres::Client`.
///
/// A pool's object derefs to such a client: pass `&mut **pooled`.
#[diagnostic::on_unimplemented(
    message = "a run cannot be given `{Self}`",
    label = "not a connection that samokoder-migrate knows",
    note = "pass `&mut postgres::Client` (feature `postgres`) or `&mut tokio_postgres::Client` (feature `tokio-postgres`)",
    note = "a pool's object derefs to its client: pass `&mut **pooled`"
)]
pub trait Connection: sealed::Sealed {
    /// What a run gives: a result, or a future of one.
    type Outcome<'c, T: Send + 'c>
    where
        Self: 'c;

    /// Drives a session to its end.
    #[doc(hidden)]
    fn drive<'c, T: Send + 'c>(&'c mut self, session: Session<'c, T>) -> Self::Outcome<'c, T>;
}

mod sealed {
    pub trait Sealed {}
    #[cfg(feature = "postgres")]
    impl Sealed for postgres::Client {}
    #[cfg(feature = "cli")]
    impl Sealed for super::Interruptible<'_> {}
    #[cfg(feature = "tokio-postgres")]
    impl Sealed for tokio_postgres::Client {}
}
