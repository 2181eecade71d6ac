//! The connections that a run can be given: thin, over one engine.

#[cfg(feature = "postgres")]
mod blocking;
#[cfg(any(feature = "postgres", feature = "tokio-postgres", feature = "sqlx"))]
mod chain;
#[cfg(feature = "postgres")]
mod connect;
#[cfg(feature = "postgres")]
mod drive;
#[cfg(any(feature = "tokio-postgres", feature = "sqlx"))]
mod drive_async;
#[cfg(feature = "postgres")]
mod env;
#[cfg(feature = "cli")]
mod interruptible;
#[cfg(feature = "postgres")]
mod own;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod server_error;
#[cfg(any(feature = "tokio-postgres", feature = "sqlx"))]
mod sleep;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "tls")]
mod tls;
#[cfg(all(feature = "postgres", not(feature = "tls")))]
#[path = "no_tls.rs"]
mod tls;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;
#[cfg(feature = "postgres")]
mod watcher;

#[cfg(feature = "cli")]
pub(crate) use connect::{Dial, Fault};
#[cfg(feature = "postgres")]
pub(crate) use env::from_env;
#[cfg(feature = "cli")]
pub(crate) use interruptible::{Interrupt, Interruptible};
#[cfg(feature = "postgres")]
pub(crate) use own::Own;
#[cfg(feature = "cli")]
pub(crate) use tls::Tls;
#[cfg(feature = "postgres")]
pub(crate) use watcher::Watcher;

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
    #[cfg(feature = "postgres")]
    impl Sealed for super::Own {}
    #[cfg(feature = "cli")]
    impl Sealed for super::Interruptible<'_> {}
    #[cfg(feature = "tokio-postgres")]
    impl Sealed for tokio_postgres::Client {}
    #[cfg(feature = "sqlx")]
    mod sqlx {
        use sqlx::{PgConnection, PgPool, Postgres, pool::PoolConnection};

        impl super::Sealed for PgConnection {}
        impl super::Sealed for PoolConnection<Postgres> {}
        impl super::Sealed for PgPool {}
        impl super::Sealed for &PgPool {}
    }
}
