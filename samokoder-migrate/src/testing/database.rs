//! A database of its own for each test.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::SystemTime,
};

use postgres::{Client, NoTls, error::SqlState};

use super::{Error, cluster::Cluster};

/// A database of a [`Server`](super::Server), removed when dropped, with whatever sessions it has then.
///
/// It keeps its server running.
#[derive(Debug)]
pub struct Database {
    cluster: Arc<Cluster>,
    name: String,
}

impl Database {
    /// Returns the URL of the database, for the superuser `postgres`, without a password.
    #[must_use]
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// Returns the name, made of lower-case letters, digits and underscores.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Creates another database with the same content, such as a schema that took long to make.
    ///
    /// # Errors
    ///
    /// Where this database has an open session, or the server is stopped or refuses.
    pub fn copy(&self) -> Result<Self, Error> {
        Self::create(&self.cluster, &self.name)
    }

    pub(super) fn create(cluster: &Arc<Cluster>, template: &str) -> Result<Self, Error> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Copying files is as fast as writing them to the log, or up to twice as fast.
        let strategy = if cluster.recipe.binaries.major < 15 {
            ""
        } else {
            " STRATEGY file_copy"
        };
        // A cluster that is kept may hold databases that a killed process with this one's id left.
        let time = SystemTime::UNIX_EPOCH
            .elapsed()
            .unwrap_or_default()
            .as_secs();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{time}_{}_{number}", process::id());
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}{strategy}");
        cluster.execute("create a database", &sql)?;
        Ok(Self {
            cluster: Arc::clone(cluster),
            name,
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.cluster.pid().is_some() {
            // Nobody is left to tell, and the server is thrown away with all that is in it.
            drop(self.cluster.execute(
                "drop a database",
                &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
            ));
        }
    }
}

impl Cluster {
    pub(super) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs one statement in the database `postgres`.
    ///
    /// On a thread of its own: the blocking client panics on one that runs asynchronous code.
    fn execute(&self, what: &str, sql: &str) -> Result<(), Error> {
        let run = || Client::connect(&self.url("postgres"), NoTls)?.batch_execute(sql);
        thread::scope(|scope| {
            let failed = || Error::new(format!("cannot {what}"));
            let client = thread::Builder::new()
                .spawn_scoped(scope, run)
                .map_err(|error| failed().because(error))?;
            match client.join() {
                Ok(result) => result.map_err(|error| explain(failed(), error)),
                Err(_) => Err(failed().help("the client panicked, as its message on stderr tells")),
            }
        })
    }
}

/// Says what the server said. The driver's own text is no more than "db error".
fn explain(failed: Error, error: postgres::Error) -> Error {
    let Some(db) = error.as_db_error() else {
        return failed.because(error);
    };
    let said = failed.output(&format!(
        "{}: {} ({})",
        db.severity(),
        db.message(),
        db.code().code()
    ));
    if *db.code() == SqlState::OBJECT_IN_USE {
        said.help("close every session on the database first")
    } else {
        said
    }
}
