//! The connections that a run can be given: thin, over one engine.

#[cfg(feature = "postgres")]
mod blocking;
#[cfg(any(
    feature = "postgres",
    feature = "tokio-postgres",
    feature = "sqlx",
    feature = "diesel",
    feature = "diesel-async"
))]
mod chain;
#[cfg(feature = "postgres")]
mod connect;
#[cfg(feature = "diesel")]
mod diesel;
#[cfg(any(feature = "diesel", feature = "diesel-async"))]
mod diesel_answer;
#[cfg(feature = "diesel-async")]
mod diesel_async;
#[cfg(any(feature = "postgres", feature = "diesel"))]
mod drive;
#[cfg(any(feature = "tokio-postgres", feature = "sqlx", feature = "diesel-async"))]
mod drive_async;
#[cfg(feature = "postgres")]
mod env;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod file;
#[cfg(feature = "cli")]
mod interruptible;
#[cfg(any(feature = "tokio-postgres", feature = "sqlx", feature = "diesel-async"))]
mod offload;
#[cfg(feature = "postgres")]
mod own;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "tokio-postgres")]
mod process;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod server_error;
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

/// A connection that a run can be given.
///
/// | feature | connection |
/// | --- | --- |
/// | `postgres` | `postgres::Client` |
/// | `tokio-postgres` | `tokio_postgres::Client` |
/// | `sqlx` | `sqlx::PgConnection`, `sqlx::pool::PoolConnection<Postgres>`, `sqlx::PgPool`, `&sqlx::PgPool` |
/// | `diesel` | `diesel::PgConnection` |
/// | `diesel-async` | `diesel_async::AsyncPgConnection` |
///
/// What a pool gives derefs to one of them: pass `&mut *pooled` (r2d2, bb8), or `&mut **pooled`
/// (deadpool). A pool of sqlx's gives one connection for the whole run; where the run's future is
/// dropped in the middle, that connection is closed and does not go back.
///
/// diesel, blocking and async, tells the kind of an error and not its SQLSTATE. Where it is missing,
/// what failed is run once more, in a transaction that is rolled back, and says it; what cannot be
/// learned so is left empty: see [`ServerError::sqlstate`](crate::ServerError::sqlstate). A deadlock is
/// known by its words, so it is tried again only where the server's `lc_messages` is English. Of
/// diesel's async connection an error names the statement, and mostly not the word in it.
#[diagnostic::on_unimplemented(
    message = "a run cannot be given `{Self}`",
    label = "not a connection that samokoder-migrate knows",
    note = "pass `&mut postgres::Client` (feature `postgres`) or `&mut tokio_postgres::Client` (feature `tokio-postgres`)",
    note = "or one of sqlx, diesel or diesel-async, with the feature of that name",
    note = "what a pool gives derefs to its client: pass `&mut *pooled`, or `&mut **pooled`"
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
    #[cfg(feature = "diesel")]
    impl Sealed for diesel::PgConnection {}
    #[cfg(feature = "diesel-async")]
    impl Sealed for diesel_async::AsyncPgConnection {}
    #[cfg(feature = "sqlx")]
    mod sqlx {
        use sqlx::{PgConnection, PgPool, Postgres, pool::PoolConnection};

        impl super::Sealed for PgConnection {}
        impl super::Sealed for PoolConnection<Postgres> {}
        impl super::Sealed for PgPool {}
        impl super::Sealed for &PgPool {}
    }
}
