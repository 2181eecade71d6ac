//! Kills at moments: of the client, of its backend, of its connection, of the server.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::{Database, Proxy, Server};

use super::{
    DRIVERS, PATIENCE, WAYS, Way,
    figures::Figures,
    held::Held,
    next,
    set::{Course, GATE, GATED, STEPS, label, moved, set, slow},
    victim::Victim,
};
use crate::{Result, random::Random};

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// By SIGKILL.
    Client,
    /// By `pg_terminate_backend`.
    Backend,
    /// Both ends of it.
    Connection,
    /// As `pg_ctl stop -m immediate` does it, and started again on the same data.
    Server,
}

/// One kill.
#[derive(Debug, Clone, Copy)]
struct Plan {
    target: Target,
    driver: &'static str,
    way: Way,
    course: Course,
    moment: Moment,
}

/// When it comes.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So long after a step was seen at work.
    In(usize, Duration),
    /// Once so many steps are reported to stand, before anything else is sent.
    Told(usize),
}

const TARGETS: [Target; 4] = [
    Target::Client,
    Target::Backend,
    Target::Connection,
    Target::Server,
];

/// Kills so many runs.
pub(super) fn run(count: usize) -> Result {
    // A server that is stopped loses what it has not written: commits without a flush, which nothing
    // else is to write by chance. It does not lose what it has written, on its disk yet or not.
    let server = Server::builder()
        .durable()
        .setting("fsync", "off")
        .setting("wal_writer_delay", "10s")
        .start()?;
    let origins = origins(&server)?;
    let mut random = Random::new(1);
    let mut figures = Figures::default();
    for number in 0.. {
        if figures.landed() == count {
            break;
        }
        let plan = Plan::new(number, &mut random);
        kill(&server, &origins, plan, &mut figures).map_err(|error| format!("{plan}: {error}"))?;
    }
    println!("kills of clients, backends, connections and servers: {figures}");
    Ok(())
}

/// Makes a database with nothing but the gate, and one at head.
fn origins(server: &Server) -> Result<[Database; 2]> {
    let base = server.database()?;
    Client::connect(&base.url(), NoTls)?.batch_execute(&format!("CREATE TABLE {GATE} (id int)"))?;
    let head = base.copy()?;
    moved(&set(Course::Smooth)?, Way::Up).on(&mut Client::connect(&head.url(), NoTls)?)?;
    Ok([base, head])
}

/// Kills one run.
fn kill(server: &Server, [base, top]: &[Database; 2], plan: Plan, figures: &mut Figures) -> Result {
    let Plan { way, course, .. } = plan;
    let set = set(course)?;
    let database = match way {
        Way::Up => base.copy()?,
        Way::Down => top.copy()?,
    };
    let mut watcher = Client::connect(&database.url(), NoTls)?;
    let proxy = Proxy::start(&database.url())?;
    let mut gate = Client::connect(&database.url(), NoTls)?;
    if course == Course::LosesLock {
        gate.batch_execute(&format!("BEGIN; LOCK TABLE {GATE}"))?;
    }
    let mut victim = Victim::start(
        &slow(&proxy.url()),
        &[
            "kills-child",
            plan.driver,
            way.name(),
            course.name(),
            &plan.hold().to_string(),
        ],
    )?;
    let met = match plan.moment {
        Moment::In(step, later) => {
            let met = wait_for_step(&mut watcher, &mut victim, step)?;
            thread::sleep(later);
            met
        }
        Moment::Told(times) => victim.says("stands", times)?,
    };
    let pid = backend(&mut watcher, &mut gate)?;
    let in_time = met && !victim.has_ended()?;
    match (plan.target, pid) {
        (Target::Client, _) => victim.kill()?,
        (Target::Backend, Some(pid)) => {
            watcher.execute("SELECT pg_terminate_backend($1)", &[&pid])?;
        }
        (Target::Backend, None) => {}
        (Target::Connection, _) => proxy.cut(),
        (Target::Server, _) => {
            server.stop_immediate();
            server.restart()?;
            watcher = Client::connect(&database.url(), NoTls)?;
        }
    }
    let ended = victim.end()?;
    drop(gate);
    let held = Held::look(&mut watcher)?;
    held.judge(way, course)?;
    held.keeps(&ended)?;
    if course == Course::Fails {
        watcher.execute(&format!("INSERT INTO {GATE} VALUES (1)"), &[])?;
    }
    let next = next::run(&mut watcher, &set, &held, (way, course))?;
    let killed = ended.was_killed() || course == Course::Fails;
    if in_time && killed {
        figures.enter(plan.kind(), &held, &ended, next);
    } else {
        figures.miss();
    }
    Ok(())
}

/// Waits until a backend is seen at work on a step; returns whether it was.
fn wait_for_step(watcher: &mut Client, victim: &mut Victim, step: usize) -> Result<bool> {
    let name = format!("samokoder-migrate {}", label(step));
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let seen = watcher.query_opt(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 AND state = 'active'",
            &[&name],
        )?;
        if seen.is_some() {
            return Ok(true);
        }
        if victim.has_ended()? {
            return Ok(false);
        }
    }
    Err("the run never came to its step".into())
}

/// Returns the victim's backend, if it is there.
fn backend(watcher: &mut Client, gate: &mut Client) -> Result<Option<i32>> {
    let gate: i32 = gate.query_one("SELECT pg_backend_pid()", &[])?.get(0);
    let row = watcher.query_opt(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), $1)",
        &[&gate],
    )?;
    Ok(row.map(|row| row.get(0)))
}

impl Plan {
    fn new(number: usize, random: &mut Random) -> Self {
        let cycle = |step: usize| number / step;
        let target = *TARGETS
            .get(number % TARGETS.len())
            .unwrap_or(&Target::Client);
        let driver = DRIVERS.get(cycle(4) % 2).unwrap_or(&"blocking");
        let way = *WAYS.get(cycle(8) % 2).unwrap_or(&Way::Up);
        // Steps that stand though a later one of their message does not: they were committed without a flush.
        let course = match (target, way, cycle(16) % 3) {
            (Target::Server, Way::Up, 0) => Course::LosesLock,
            (Target::Server, Way::Up, 1) => Course::Fails,
            _ => Course::Smooth,
        };
        let moment = match course {
            Course::Smooth if random.below(3) > 0 => {
                // As long as a step and a half: it may land in it, at its end, or in the next.
                let later = Duration::from_millis(random.below(70).try_into().unwrap_or(0));
                Moment::In(1 + random.below(STEPS), later)
            }
            // After the last step there is nothing left to kill.
            Course::Smooth => Moment::Told(1 + random.below(STEPS - 1)),
            _ => Moment::Told(GATED - 1),
        };
        Self {
            target,
            driver,
            way,
            course,
            moment,
        }
    }

    /// After how many reported steps the victim holds; 0 is never.
    fn hold(self) -> usize {
        match self.moment {
            Moment::In(..) => 0,
            Moment::Told(steps) => steps,
        }
    }

    fn kind(self) -> String {
        let target = match self.target {
            Target::Client => "client",
            Target::Backend => "backend",
            Target::Connection => "connection",
            Target::Server => "server",
        };
        let course = match self.course {
            Course::Smooth => "",
            Course::LosesLock => ", a step loses a lock",
            Course::Fails => ", a step fails",
        };
        let told = match self.moment {
            Moment::In(..) => "in a step",
            Moment::Told(_) => "once a step was reported",
        };
        let Self { driver, way, .. } = self;
        format!("{target} {driver} {} {told}{course}", way.name())
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?})", self.kind(), self.moment)
    }
}
