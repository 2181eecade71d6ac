//! Another application, which builds an index CONCURRENTLY on a table of its own, again and again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use postgres::{Client, NoTls};

use crate::Result;

/// The application at work.
#[derive(Debug)]
pub(super) struct Builder {
    enough: Arc<AtomicBool>,
    work: JoinHandle<Result<usize, String>>,
}

impl Builder {
    pub(super) fn start(url: &str) -> Result<Self> {
        let mut client = Client::connect(&format!("{url}?application_name=another"), NoTls)?;
        client.batch_execute("CREATE TABLE theirs AS SELECT generate_series(1, 1000) AS id")?;
        let enough = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&enough);
        let work = thread::spawn(move || {
            let mut built = 0;
            while !stop.load(Ordering::Relaxed) {
                build(&mut client)?;
                built += 1;
            }
            Ok(built)
        });
        Ok(Self { enough, work })
    }

    /// Ends it; returns how many indexes it has built.
    pub(super) fn stop(self) -> Result<usize> {
        self.enough.store(true, Ordering::Relaxed);
        let built = self.work.join().map_err(|_| "the builder panicked")?;
        Ok(built?)
    }
}

/// Builds an index, sees that it is valid, and drops it.
fn build(client: &mut Client) -> Result<(), String> {
    let told = |error: postgres::Error| {
        let server = error
            .as_db_error()
            .map(|server| format!("{} ({})", server.message(), server.code().code()));
        format!(
            "another application's index: {}",
            server.unwrap_or_else(|| error.to_string())
        )
    };
    client
        .batch_execute("CREATE INDEX CONCURRENTLY theirs_id ON theirs (id)")
        .map_err(told)?;
    let valid: bool = client
        .query_one(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'theirs_id'::regclass",
            &[],
        )
        .map_err(told)?
        .get(0);
    if !valid {
        return Err("another application's index is not valid".to_owned());
    }
    client
        .batch_execute("DROP INDEX CONCURRENTLY theirs_id")
        .map_err(told)
}
