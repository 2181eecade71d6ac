//! What needs a session.

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use samokoder_migrate::testing::Database;

use super::{
    World,
    bouncer::{Mode, POOL},
    client::{DRIVERS, Driver, column, connect, must, outside, refused, set, up},
    transactional::no_locks,
};
use crate::Result;

const CODE: &str = "SM0711";
const PORT: &str = "session port (Supabase: 5432 instead of 6543)";
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn is_refused_in_transaction_mode(world: &World) -> Result {
    let set = outside()?;
    for mode in [Mode::Transaction, Mode::RoundRobin] {
        let (bouncer, database) = (world.bouncer(mode)?, world.server.database()?);
        let url = bouncer.url(&database.url());
        for driver in DRIVERS {
            refused(driver.run(&url, up(&set))?, CODE, PORT)?;
            nothing_is_written(&database)?;
        }
        let said = from_env(&url)?;
        must(
            said.contains(CODE) && said.contains(PORT) && said.contains("to different backends"),
            || said,
        )?;
        nothing_is_written(&database)?;
        // What is done directly is not in the way of it, nor is what has nothing left to do.
        Driver::Blocking.run(&database.url(), up(&set))??;
        must(Driver::Async.run(&url, up(&set))??.is_noop(), || {
            "it was no no-op".to_owned()
        })?;
    }
    Ok(())
}

pub(super) fn works_in_session_mode(world: &World) -> Result {
    let set = outside()?;
    let bouncer = world.bouncer(Mode::Session)?;
    for driver in DRIVERS {
        let database = world.server.database()?;
        let url = bouncer.url(&database.url());
        refused(driver.run(&url, up(&set))?, CODE, "`.session_pooler()`")?;
        nothing_is_written(&database)?;
        driver.run(&url, up(&set).session_pooler())??;
        is_built(&database)?;
    }
    // A second connection tells, and nobody has to.
    let database = world.server.database()?;
    let said = from_env(&bouncer.url(&database.url()))?;
    must(said.contains("the database is at 002_step"), || said)?;
    is_built(&database)
}

pub(super) fn is_not_believed(world: &World) -> Result {
    let set = outside()?;
    let (bouncer, database) = (world.bouncer(Mode::RoundRobin)?, world.server.database()?);
    let url = bouncer.url(&database.url());
    for driver in DRIVERS {
        // So that there are two to change between.
        free(busy(&url, POOL)?)?;
        refused(
            driver.run(&url, up(&set).session_pooler())?,
            CODE,
            "to different backends",
        )?;
        nothing_is_written(&database)?;
    }
    Ok(())
}

pub(super) fn is_lost_in_the_middle(world: &World) -> Result {
    let set = set(&[
        ("CREATE TABLE t (id int)", "DROP TABLE t"),
        (
            "-- samokoder: no-transaction\nSET lock_timeout = '77s';\nSELECT pg_advisory_lock(77), pg_advisory_unlock(77);\nCREATE INDEX CONCURRENTLY i ON t (id)",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY i",
        ),
    ])?;
    for driver in DRIVERS {
        let (bouncer, database) = (world.bouncer(Mode::RoundRobin)?, world.server.database()?);
        let url = bouncer.url(&database.url());
        let mut holder = connect(&database.url())?;
        holder.batch_execute("SELECT pg_advisory_lock(77)")?;
        // One backend is taken, so that the run has the other for itself, until it is in the middle.
        let taken = busy(&url, 1)?;
        let outcome = thread::scope(|scope| {
            let run = scope.spawn(|| {
                let outcome = driver.run(&url, up(&set).session_pooler());
                outcome.map_err(|error| error.to_string())
            });
            let waiting = wait(
                &mut holder,
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted",
            );
            let freed = free(taken).map_err(|error| error.to_string());
            holder.batch_execute("SELECT pg_advisory_unlock(77)").ok();
            let outcome = run.join().unwrap_or_else(|_| Err("it panicked".to_owned()));
            waiting
                .map_err(|error| error.to_string())
                .and(freed)
                .and(outcome)
        })?;
        refused(outcome, CODE, "002_step lost its session")?;
        no_locks(&database.url())?;
        let doubt = column(
            &mut holder,
            "SELECT concat_ws(' ', label, statement, outcome) FROM samokoder_migrate.unfinished",
        )?;
        must(doubt == ["002_step 2 begun"], || format!("{doubt:?}"))?;
        let index = column(&mut holder, "SELECT 1 FROM pg_class WHERE relname = 'i'")?;
        must(index.is_empty(), || "the next statement ran".to_owned())?;
        let kept = settings(&url)?;
        must(!kept.contains(&"77s".to_owned()), || format!("{kept:?}"))?;
    }
    Ok(())
}

/// A process whose environment names the database.
pub(crate) fn child() -> Result {
    match up(&outside()?).from_env() {
        Ok(report) => println!("{report}"),
        Err(error) => println!("{error:?}"),
    }
    Ok(())
}

fn from_env(url: &str) -> Result<String> {
    let output = Command::new(std::env::current_exe()?)
        .arg("pooler-child")
        .env("DATABASE_URL", url)
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Takes so many backends of a pool.
fn busy(url: &str, count: usize) -> Result<Vec<postgres::Client>> {
    let mut clients = Vec::new();
    for _ in 0..count {
        let mut client = connect(url)?;
        client.batch_execute("BEGIN; SELECT 1")?;
        clients.push(client);
    }
    Ok(clients)
}

/// Gives them back as they were: whoever leaves in a transaction has its backend closed.
fn free(clients: Vec<postgres::Client>) -> Result {
    for mut client in clients {
        client.batch_execute("COMMIT")?;
    }
    Ok(())
}

/// Returns the lock timeouts that the next clients of a pool find.
fn settings(url: &str) -> Result<Vec<String>> {
    let mut clients = busy(url, POOL)?;
    let mut found = Vec::new();
    for client in &mut clients {
        found.extend(column(client, "SHOW lock_timeout")?);
    }
    free(clients)?;
    Ok(found)
}

fn nothing_is_written(database: &Database) -> Result {
    let mut client = connect(&database.url())?;
    let made = column(
        &mut client,
        "SELECT nspname FROM pg_namespace WHERE nspname = 'samokoder_migrate' UNION ALL SELECT relname FROM pg_class WHERE relname IN ('t', 'i')",
    )?;
    must(made.is_empty(), || format!("{made:?} was made"))?;
    no_locks(&database.url())
}

fn is_built(database: &Database) -> Result {
    let mut client = connect(&database.url())?;
    let valid = column(
        &mut client,
        "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid",
    )?;
    must(valid == ["2"], || format!("{valid:?} indexes are valid"))?;
    no_locks(&database.url())
}

fn wait(client: &mut postgres::Client, sql: &str) -> Result {
    let begun = Instant::now();
    while column(client, sql)?.is_empty() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("it did not come: {sql}").into());
        }
    }
    Ok(())
}
