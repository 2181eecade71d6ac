//! Kills in mid-run: is what is applied recorded, and what is recorded applied?

use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use samokoder_migrate::{
    Set,
    revision::{Point, Target},
    testing::Server,
    verb,
};
use samokoder_migrate_core::{check, folder::Folder};

use crate::{Result, random::Random};

const STEPS: usize = 6;
/// The step that runs outside a transaction.
const OUTSIDE: usize = 4;
const PATIENCE: Duration = Duration::from_secs(20);

/// Kills `count` runs, and fails unless each left the history true and the next run finished.
pub(crate) fn run(count: usize) -> Result {
    let server = Server::builder().durable().start()?;
    let mut random = Random::new(1);
    let mut landed: BTreeMap<String, usize> = BTreeMap::new();
    let mut missed = 0;
    let mut kills = 0;
    while kills < count {
        let database = server.database()?;
        let mut watcher = Client::connect(&database.url(), NoTls)?;
        let driver = if kills % 2 == 0 { "blocking" } else { "async" };
        let victim = if kills / 2 % 2 == 0 {
            "client"
        } else {
            "backend"
        };
        let down = kills / 4 % 2 == 1;
        let set = set()?;
        if down {
            verb::run_to::<Point>(&set, Target::Head).on(&mut watcher)?;
        }
        let mut child = spawn(&database.url(), driver, if down { "base" } else { "head" })?;
        let wanted = 1 + random.below(STEPS);
        let Some(pid) = wait_for_step(&mut watcher, &mut child, wanted)? else {
            missed += 1;
            child.wait()?;
            continue;
        };
        // As long as a step and a half: the kill may land in it, at its end, or in the next.
        thread::sleep(Duration::from_millis(random.below(70) as u64));
        let live = backend(&mut watcher, pid)?;
        if victim == "client" {
            child.kill()?;
        } else {
            watcher.execute("SELECT pg_terminate_backend($1)", &[&pid])?;
        }
        let status = child.wait()?;
        wait_until_gone(&mut watcher, pid)?;
        let doubt = verdict(&mut watcher)?;
        let Some(step) = live.filter(|_| !status.success()) else {
            missed += 1;
            continue;
        };
        finish(&mut watcher, &set, down, doubt.as_deref())?;
        *landed
            .entry(format!(
                "{victim} {driver} {} in {step}",
                if down { "down" } else { "up" }
            ))
            .or_default() += 1;
        kills += 1;
    }
    println!(
        "{kills} kills landed in mid-run ({missed} came too early or too late and do not count):"
    );
    for (place, times) in landed {
        println!("  {times:3}  {place}");
    }
    println!(
        "applied and not recorded: 0; recorded and not applied: 0; the next run finished each time"
    );
    Ok(())
}

/// The victim: runs the set on a connection.
pub(crate) fn child(url: &str, driver: &str, target: &str) -> Result {
    let set = set()?;
    let target = if target == "base" {
        Target::BASE
    } else {
        Target::Head
    };
    if driver == "blocking" {
        let mut client = Client::connect(url, NoTls)?;
        verb::run_to::<Point>(&set, target)
            .allow_downgrade()
            .on(&mut client)?;
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        verb::run_to::<Point>(&set, target)
            .allow_downgrade()
            .on(&mut client)
            .await?;
        Ok(())
    })
}

/// Six migrations, each slowed in the middle; the fourth runs outside a transaction.
fn set() -> Result<Set> {
    let mut folder = Folder::new("migrations");
    for step in 1..=STEPS {
        let (up, down) = if step == OUTSIDE {
            (
                format!(
                    "-- samokoder: no-transaction\nSELECT pg_sleep(0.02);\nCREATE TABLE t{step} (id int);\nSELECT pg_sleep(0.02);\n"
                ),
                format!(
                    "-- samokoder: no-transaction\nSELECT pg_sleep(0.02);\nDROP TABLE t{step};\nSELECT pg_sleep(0.02);\n"
                ),
            )
        } else {
            (
                format!(
                    "SELECT pg_sleep(0.02);\nCREATE TABLE t{step} (id int);\nSELECT pg_sleep(0.02); -- the end"
                ),
                format!(
                    "SELECT pg_sleep(0.02);\nDROP TABLE t{step};\nSELECT pg_sleep(0.02); -- the end"
                ),
            )
        };
        folder = folder
            .file(format!("{step:03}_step_{step}.up.sql"), up)
            .file(format!("{step:03}_step_{step}.down.sql"), down);
    }
    let checked = check::check(&folder, None, &check::Options::default());
    let history = checked
        .history
        .ok_or("the test's own migrations do not pass")?;
    Ok(Set::of_history(&history, "main", "samokoder_migrate"))
}

fn spawn(url: &str, driver: &str, target: &str) -> Result<Child> {
    Ok(Command::new(std::env::current_exe()?)
        .args(["kills-child", url, driver, target])
        .stdout(Stdio::null())
        .spawn()?)
}

/// Waits until a backend is seen at work on a step, and returns its process.
fn wait_for_step(watcher: &mut Client, child: &mut Child, step: usize) -> Result<Option<i32>> {
    let name = format!("samokoder-migrate {step:03}_step_{step}");
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let row = watcher.query_opt(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 AND state = 'active'",
            &[&name],
        )?;
        if let Some(row) = row {
            return Ok(Some(row.get(0)));
        }
        if child.try_wait()?.is_some() {
            return Ok(None);
        }
    }
    Err("the run never came to its step".into())
}

/// Returns what a backend is at work on now: a step, or what is between two; `None` if it is idle.
fn backend(watcher: &mut Client, pid: i32) -> Result<Option<String>> {
    let row = watcher.query_opt(
        "SELECT application_name FROM pg_stat_activity WHERE pid = $1 AND state = 'active'",
        &[&pid],
    )?;
    Ok(row.map(|row| {
        let name: String = row.get(0);
        name.strip_prefix("samokoder-migrate ")
            .map_or_else(|| "between steps".to_owned(), str::to_owned)
    }))
}

fn wait_until_gone(watcher: &mut Client, pid: i32) -> Result {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if watcher
            .query_opt("SELECT FROM pg_stat_activity WHERE pid = $1", &[&pid])?
            .is_none()
        {
            return Ok(());
        }
    }
    Err("the backend did not end".into())
}

/// Fails if a step is applied and not recorded, or the reverse; returns the label of the script
/// outside a transaction whose doubt is on record.
fn verdict(watcher: &mut Client) -> Result<Option<String>> {
    let doubt = watcher
        .query_opt("SELECT label FROM samokoder_migrate.unfinished", &[])
        .map_err(|_| "the history is not there")?
        .map(|row| row.get::<_, String>(0));
    for step in 1..=STEPS {
        let row = watcher.query_one(
            "SELECT to_regclass($1) IS NOT NULL, EXISTS (SELECT FROM samokoder_migrate.history WHERE position = $2)",
            &[&format!("t{step}"), &i32::try_from(step)?],
        )?;
        let (applied, recorded): (bool, bool) = (row.get(0), row.get(1));
        let doubted = doubt.as_deref() == Some(&*format!("{step:03}_step_{step}"));
        if applied != recorded && !doubted {
            return Err(
                format!("step {step}: applied is {applied}, recorded is {recorded}").into(),
            );
        }
    }
    Ok(doubt)
}

/// Decides a doubt as a person would, by looking, and has the next run finish.
fn finish(watcher: &mut Client, set: &Set, down: bool, doubt: Option<&str>) -> Result {
    if doubt.is_some() {
        let target = if down { Target::BASE } else { Target::Head };
        let refused = verb::run_to::<Point>(set, target)
            .allow_downgrade()
            .on(watcher);
        if !refused.is_err_and(|error| error.code() == samokoder_migrate::Code::InDoubt) {
            return Err("the next run did not say that a script is in doubt".into());
        }
        let there: bool = watcher
            .query_one(
                "SELECT to_regclass($1) IS NOT NULL",
                &[&format!("t{OUTSIDE}")],
            )?
            .get(0);
        let stands = if there { OUTSIDE } else { OUTSIDE - 1 };
        verb::stamp::<Point>(set, Target::At(Point(stands))).on(watcher)?;
    }
    let target = if down { Target::BASE } else { Target::Head };
    verb::run_to::<Point>(set, target)
        .allow_downgrade()
        .on(watcher)?;
    if verdict(watcher)?.is_some() {
        return Err("the next run left a script in doubt".into());
    }
    let rows: i64 = watcher
        .query_one("SELECT count(*) FROM samokoder_migrate.history", &[])?
        .get(0);
    if usize::try_from(rows)? != if down { 0 } else { STEPS } {
        return Err("the next run did not finish".into());
    }
    Ok(())
}
