//! A running throwaway server.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use super::{Builder, Database, Error, cluster::Cluster, keeper::Stop};

/// A PostgreSQL server of this process alone.
///
/// It stops when the last handle (this, and every [`Database`] made from it) is dropped, or when
/// the process ends, however that ends. Its data goes with it, unless [`Builder::data_dir`] keeps it.
#[derive(Debug)]
pub struct Server {
    cluster: Arc<Cluster>,
}

impl Server {
    /// Starts a server with an empty cluster.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`].
    pub fn start() -> Result<Self, Error> {
        Self::builder().start()
    }

    /// Returns the options of a server, to change before it starts.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the one server that all callers in this process share. The first call starts it.
    ///
    /// It runs until the process ends. Give each test a [`Server::database`] of its own in it;
    /// roles and settings belong to the whole server, so give them names of their own too.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`]; where the first call failed, every call returns the same error.
    pub fn shared() -> Result<&'static Self, Error> {
        static SHARED: OnceLock<Result<Server, Error>> = OnceLock::new();
        SHARED
            .get_or_init(Self::start)
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Creates an empty database with a name of its own.
    ///
    /// # Errors
    ///
    /// Where the server is stopped or refuses.
    pub fn database(&self) -> Result<Database, Error> {
        Database::create(&self.cluster, "template0")
    }

    /// Returns the URL of the database `postgres`, for its superuser `postgres`, without a password.
    #[must_use]
    pub fn url(&self) -> String {
        self.cluster.url("postgres")
    }

    /// Returns the major version, such as 15.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.cluster.recipe.binaries.major
    }

    /// Returns the folder of the server's binaries. A fetched one may hold no more than `initdb` and `postgres`.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.cluster.recipe.binaries.folder
    }

    /// Returns the file that the server's messages go to.
    #[must_use]
    pub fn log_path(&self) -> &Path {
        &self.cluster.recipe.log
    }

    /// Returns the server's process, or `None` while it is stopped.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.cluster.pid()
    }

    /// Stops the server as a crash would, and returns when it is gone. [`Server::restart`] recovers it.
    pub fn stop_immediate(&self) {
        self.cluster.stop(Stop::Immediate);
    }

    /// Starts the server again, on the same port, after ending its sessions if it runs.
    ///
    /// # Errors
    ///
    /// Where the server does not start; the error shows its log.
    pub fn restart(&self) -> Result<(), Error> {
        self.cluster.restart()
    }

    pub(super) fn of(cluster: Arc<Cluster>) -> Self {
        Self { cluster }
    }
}
