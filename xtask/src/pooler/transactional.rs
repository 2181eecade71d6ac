//! What passes in transaction mode.

use std::{fs, sync::Barrier, thread};

use samokoder_migrate::{revision::Target, verb};

use super::{
    World,
    bouncer::{Mode, POOL},
    client::{DRIVERS, Driver, column, connect, must, set, up},
};
use crate::Result;

/// Scripts that leave nothing of the session alone.
const SCRIPTS: [(&str, &str); 5] = [
    ("CREATE TABLE a (id int)", "DROP TABLE a"),
    (
        "SET lock_timeout = '7s'; SET statement_timeout = '70s'; SET search_path = pg_catalog; SET ROLE pg_monitor; RESET ROLE; CREATE TABLE public.b (id int)",
        "SET lock_timeout = '7s'; DROP TABLE public.b",
    ),
    (
        "SET TIME ZONE 'Asia/Tokyo'; SET client_encoding = 'LATIN1'; RESET ALL; CREATE TABLE c (id int)",
        "RESET ALL; DROP TABLE c",
    ),
    (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION f()",
    ),
    (
        "SET application_name = 'script'; CREATE INDEX i ON a (id)",
        "DROP INDEX i",
    ),
];

pub(super) fn goes_up_and_down(world: &World) -> Result {
    let set = set(&SCRIPTS)?;
    for mode in [Mode::Transaction, Mode::RoundRobin] {
        for driver in DRIVERS {
            let (bouncer, database) = (world.bouncer(mode)?, world.server.database()?);
            let url = bouncer.url(&database.url());
            let before = backends(&url)?;
            let report = driver.run(&url, up(&set))??;
            must(report.steps().len() == SCRIPTS.len(), || {
                format!("{report}")
            })?;
            must(driver.run(&url, up(&set))??.is_noop(), || {
                "the second run was not".to_owned()
            })?;
            must(driver.is_at_head(&url, &set)?, || {
                "it is not at head".to_owned()
            })?;
            let down = verb::downgrade_to(&set, Target::BASE);
            let report = driver.run(&url, down)??;
            must(report.steps().len() == SCRIPTS.len(), || {
                format!("{report}")
            })?;
            driver.run(&url, up(&set))??;
            let after = backends(&url)?;
            must(before == after, || changes(&before, &after))?;
        }
    }
    Ok(())
}

pub(super) fn of_eight_starters_one_works(world: &World) -> Result {
    const STARTERS: usize = 8;
    let set = set(&SCRIPTS)?;
    let (bouncer, database) = (world.bouncer(Mode::Transaction)?, world.server.database()?);
    let url = bouncer.url(&database.url());
    let before = backends(&url)?;
    let together = Barrier::new(STARTERS);
    let steps = thread::scope(|scope| {
        let starters: Vec<_> = (0..STARTERS)
            .map(|number| {
                let (url, set, together) = (&url, &set, &together);
                scope.spawn(move || {
                    let driver = if number % 2 == 0 {
                        Driver::Blocking
                    } else {
                        Driver::Async
                    };
                    together.wait();
                    match driver.run(url, up(set)) {
                        Ok(Ok(report)) => Ok(report.steps().len()),
                        Ok(Err(error)) => Err(format!("{error:?}")),
                        Err(error) => Err(error.to_string()),
                    }
                })
            })
            .collect();
        let ends = starters.into_iter().map(|starter| {
            starter
                .join()
                .unwrap_or_else(|_| Err("it panicked".to_owned()))
        });
        ends.collect::<Result<Vec<usize>, String>>()
    })?;
    must(steps.iter().sum::<usize>() == SCRIPTS.len(), || {
        format!("{steps:?}")
    })?;
    let after = backends(&url)?;
    must(before == after, || changes(&before, &after))?;
    no_locks(&database.url())
}

/// Only tests that are seen to fail are worth having: the log is not empty.
pub(super) fn no_statement_had_a_name(world: &World) -> Result {
    let log = fs::read_to_string(world.server.log_path())?;
    must(
        log.contains("LOG:  statement: BEGIN ISOLATION LEVEL"),
        || "the log does not tell".to_owned(),
    )?;
    let named: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("LOG:  execute "))
        .collect();
    must(named.is_empty(), || named.join("\n"))
}

/// Fails where an advisory lock is held in a database.
pub(super) fn no_locks(direct: &str) -> Result {
    let held = column(
        &mut connect(direct)?,
        "SELECT concat_ws(' ', l.pid, l.objid, l.granted, a.application_name, a.state, a.query) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )?;
    must(held.is_empty(), || format!("process {held:?} holds a lock"))
}

/// Returns what the next clients of each of a pool's backends will find: its settings, and what is prepared.
fn backends(url: &str) -> Result<Vec<Vec<String>>> {
    let mut clients = Vec::new();
    for _ in 0..POOL {
        let mut client = connect(url)?;
        // Held until the others have theirs.
        client.batch_execute("BEGIN")?;
        clients.push(client);
    }
    let mut seen = Vec::new();
    for mut client in clients {
        seen.push(column(
            &mut client,
            "SELECT concat(name, ' = ', setting) FROM pg_settings WHERE name NOT LIKE 'plpgsql.%' AND name NOT LIKE 'transaction\\_%' UNION ALL SELECT concat('prepared ', name) FROM pg_prepared_statements ORDER BY 1",
        )?);
        client.batch_execute("COMMIT")?;
    }
    Ok(seen)
}

fn changes(before: &[Vec<String>], after: &[Vec<String>]) -> String {
    let all: Vec<&String> = before.iter().flatten().collect();
    let new: Vec<&String> = after
        .iter()
        .flatten()
        .filter(|line| !all.contains(line))
        .collect();
    format!("left on the pool's backends: {new:?}")
}
