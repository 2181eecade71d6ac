//! Which drivers there are, and what each can tell.

/// What a run is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driver {
    Postgres,
    TokioPostgres,
    /// tokio-postgres in a pool of deadpool.
    Deadpool,
    /// tokio-postgres in a pool of bb8.
    Bb8,
    Sqlx,
    /// A connection that a pool of sqlx gave.
    SqlxPooled,
    /// The pool itself.
    SqlxPool,
    /// The pool by reference, as programs share it.
    SqlxPoolShared,
}

impl Driver {
    pub(crate) const ALL: [Self; 8] = [
        Self::Postgres,
        Self::TokioPostgres,
        Self::Deadpool,
        Self::Bb8,
        Self::Sqlx,
        Self::SqlxPooled,
        Self::SqlxPool,
        Self::SqlxPoolShared,
    ];

    /// Returns whether it tells which character of a message the server points at.
    pub(crate) fn tells_position(self) -> bool {
        true
    }

    /// Returns whether a run is given a pool, so that its caller has no session to begin a
    /// transaction in.
    pub(crate) fn is_pool(self) -> bool {
        matches!(self, Self::SqlxPool | Self::SqlxPoolShared)
    }
}
