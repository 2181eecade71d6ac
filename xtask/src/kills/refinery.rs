//! What the harness finds in refinery's blocking path, which commits a script and its row apart: a
//! harness that finds nothing there would find nothing anywhere.

use std::{
    thread,
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use refinery_core::{Migration, Runner};
use samokoder_migrate::testing::{Database, Direction, Proxy, Server};

use super::{held::wait_until_alone, span::Span, victim::Victim};
use crate::{Result, random::Random};

const STEPS: usize = 8;
const VICTIM: [&str; 1] = ["kills-refinery-child"];
/// How far the server is: six waits a migration, some of them between a script and its row.
const ROUND_TRIP: Duration = Duration::from_millis(4);

/// How a run is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    /// By SIGKILL, after so long.
    Client(Duration),
    /// By cutting its connection after so many bytes.
    Cut(u64, Direction),
}

/// What was found.
#[derive(Debug, Default)]
struct Found {
    landed: usize,
    missed: usize,
    /// Kills that left a migration applied and not recorded.
    apart: usize,
    /// Next runs that failed after it.
    stuck: usize,
}

/// Kills so many runs of refinery's: of half the client, of half the connection.
pub(super) fn run(count: usize) -> Result {
    let server = Server::start()?;
    let took = duration(&server.database()?)?;
    let spans = [Direction::ToServer, Direction::ToClient].map(|of| {
        let database = server.database()?;
        Ok::<_, Box<dyn std::error::Error>>((of, Span::measure(&database, of, &VICTIM)?))
    });
    let mut random = Random::new(2);
    let (mut clients, mut cuts) = (Found::default(), Found::default());
    for _ in 0..count.div_ceil(2) {
        let moment = random.below(took.as_micros().try_into()?).try_into()?;
        let moment = Duration::from_micros(moment);
        kill(&server.database()?, Kill::Client(moment), &mut clients)?;
    }
    for span in spans {
        let (of, span) = span?;
        let parts = count.div_ceil(4);
        for part in 0..parts {
            let after = span.point(part, parts)?;
            kill(&server.database()?, Kill::Cut(after, of), &mut cuts)?;
        }
    }
    println!("refinery {STEPS} migrations a run, blocking:");
    for (what, found) in [("clients killed", &clients), ("connections cut", &cuts)] {
        let Found {
            landed,
            missed,
            apart,
            stuck,
        } = found;
        println!(
            "  {landed} {what} in mid-run ({missed} came too early or too late): {apart} left a migration applied and not recorded, \
             {stuck} next runs failed over it"
        );
    }
    if clients.apart == 0 || cuts.apart == 0 {
        return Err("the harness is blind: refinery commits the script and the row apart".into());
    }
    Ok(())
}

/// The victim: runs refinery on a connection.
pub(crate) fn child(url: &str) -> Result {
    migrate(&mut Client::connect(url, NoTls)?)
}

fn migrate(client: &mut Client) -> Result {
    let migrations = (1..=STEPS)
        .map(|step| {
            let sql = format!("CREATE TABLE t{step} (id int)");
            Migration::unapplied(&format!("V{step}__step_{step}"), &sql)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Runner::new(&migrations).run(client)?;
    Ok(())
}

/// Measures a run that nobody kills.
fn duration(database: &Database) -> Result<Duration> {
    let proxy = way(database, Kill::Client(Duration::ZERO))?;
    let begun = Instant::now();
    let ended = Victim::through(&proxy, &VICTIM)?.end()?;
    if !ended.status.success() {
        return Err("a run of refinery's that nobody killed failed".into());
    }
    Ok(begun.elapsed())
}

fn way(database: &Database, kill: Kill) -> Result<Proxy> {
    let proxy = match kill {
        Kill::Client(_) => Proxy::builder().round_trip(ROUND_TRIP),
        Kill::Cut(after, of) => Proxy::builder().cut_after(after, of),
    };
    Ok(proxy.start(&database.url())?)
}

fn kill(database: &Database, kill: Kill, found: &mut Found) -> Result {
    let proxy = way(database, kill)?;
    let mut victim = Victim::through(&proxy, &VICTIM)?;
    if let Kill::Client(moment) = kill {
        thread::sleep(moment);
        victim.kill()?;
    }
    let ended = victim.end()?;
    let mut watcher = Client::connect(&database.url(), NoTls)?;
    wait_until_alone(&mut watcher)?;
    let recorded = recorded(&mut watcher)?;
    if ended.status.success() || proxy.traffic().connections == 0 {
        found.missed += 1;
        return Ok(());
    }
    found.landed += 1;
    let mut apart = false;
    for step in 1..=STEPS {
        let applied: bool = watcher
            .query_one("SELECT to_regclass($1) IS NOT NULL", &[&format!("t{step}")])?
            .get(0);
        apart |= applied && !recorded.contains(&i32::try_from(step)?);
    }
    if apart {
        found.apart += 1;
        if migrate(&mut watcher).is_err() {
            found.stuck += 1;
        }
    }
    Ok(())
}

fn recorded(watcher: &mut Client) -> Result<Vec<i32>> {
    let kept: bool = watcher
        .query_one(
            "SELECT to_regclass('refinery_schema_history') IS NOT NULL",
            &[],
        )?
        .get(0);
    if !kept {
        return Ok(Vec::new());
    }
    let rows = watcher.query("SELECT version FROM refinery_schema_history", &[])?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
