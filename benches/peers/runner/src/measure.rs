//! The runs, in the order in which luck is shared most fairly.

use std::{error::Error, fs, thread, time::Duration};

use samokoder_migrate::testing::{Database, Proxy, Server};

use crate::{
    Result,
    args::Args,
    binaries::Binaries,
    field::{Contestant, Part, WayBack},
    ground,
    process::{self, Action, Cost},
    results::{Key, Results},
    starters,
};

/// What takes longer, by its waits alone, is done once, all of it at the same time.
const SLOW: Duration = Duration::from_secs(20);

/// How long ext4 remembers a deleted file.
const PAUSE: Duration = Duration::from_secs(6);

/// The most migrations that eight starters are let loose on.
const CROWD: usize = 100;

/// Measures all that is asked.
pub(crate) fn run(args: &Args, built: &[(usize, Binaries)]) -> Result<Results> {
    let server = ground::server()?;
    let mut results = Results {
        field: args.field.clone(),
        ..Results::default()
    };
    let mut kept = Vec::new();
    for (count, binaries) in built {
        let ring = Ring {
            args,
            server: &server,
            binaries,
            count: *count,
        };
        ring.sizes(&mut results)?;
        ring.traffic(&mut results)?;
        for &delay in &args.delays {
            ring.walls(delay, &mut results, &mut kept)?;
        }
        if *count <= CROWD {
            ring.crowds(&mut results)?;
        }
    }
    // By their waits these take minutes each, and nearly no CPU.
    for (count, binaries) in built {
        for &delay in &args.delays {
            Ring {
                args,
                server: &server,
                binaries,
                count: *count,
            }
            .slow(delay, &mut results)?;
        }
    }
    // With it goes what is in it: nobody has to drop the databases.
    server.stop_immediate();
    Ok(results)
}

/// One number of migrations.
struct Ring<'r> {
    args: &'r Args,
    server: &'r Server,
    binaries: &'r Binaries,
    count: usize,
}

impl Ring<'_> {
    fn sizes(&self, results: &mut Results) -> Result {
        for (&package, binary) in self.binaries {
            let size = fs::metadata(binary)?.len();
            results.sizes.insert((self.count, package), size);
        }
        Ok(())
    }

    /// Counts waits and bytes, and sees that each contestant does what the floor does.
    fn traffic(&self, results: &mut Results) -> Result {
        let mut expected = None;
        for one in &self.args.field {
            eprintln!(
                "{} migrations: counting the waits of {}",
                self.count, one.name
            );
            let database = self.server.database()?;
            let proxy = Proxy::start(&database.url())?;
            for action in Action::ALL.into_iter().filter(|action| can(one, *action)) {
                let before = proxy.traffic();
                self.once(one, action, &proxy.url())?;
                let traffic = proxy.traffic().since(&before);
                results
                    .traffic
                    .insert((self.count, action, one.name), traffic);
                let objects = ground::objects(&database)?;
                let expected = match action {
                    Action::Back => "",
                    _ => expected.get_or_insert_with(|| objects.clone()),
                };
                if *expected != objects {
                    return Err(
                        format!("after {action:?} of {} the schema is another", one.name).into(),
                    );
                }
            }
        }
        Ok(())
    }

    /// Measures what is quick, contestants taking turns.
    ///
    /// Databases are made beforehand and kept, and nobody applies while another's tables are just
    /// gone: ext4 takes longer to make a file for some seconds after many were deleted.
    fn walls(&self, delay: Duration, results: &mut Results, kept: &mut Vec<Database>) -> Result {
        let quick: Vec<Contestant> = self.of(|one| !self.is_slow(one, delay, results));
        for round in 0..self.args.rounds {
            eprintln!(
                "{} migrations, {} ms: round {}",
                self.count,
                delay.as_millis(),
                round + 1
            );
            let mut ways = Vec::new();
            for one in &quick {
                let database = self.server.database()?;
                ways.push((one, ground::way(&database, delay)?));
                kept.push(database);
            }
            thread::sleep(PAUSE);
            for action in Action::ALL {
                for (one, (_, url)) in ways.iter().filter(|(one, _)| can(one, action)) {
                    let cost = self.once(one, action, url)?;
                    results
                        .costs
                        .entry(self.key(one, delay, action))
                        .or_default()
                        .push(cost);
                }
            }
        }
        Ok(())
    }

    /// Measures what waits for long, once, at the same time, each in a database of its own.
    fn slow(&self, delay: Duration, results: &mut Results) -> Result {
        let slow: Vec<Contestant> = self.of(|one| self.is_slow(one, delay, results));
        if slow.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = slow.iter().map(|one| one.name).collect();
        eprintln!(
            "{} migrations, {} ms: {}, at the same time",
            self.count,
            delay.as_millis(),
            names.join(", ")
        );
        let mut databases = Vec::new();
        for _ in &slow {
            databases.push(self.server.database()?);
        }
        let costs = thread::scope(|scope| {
            let running: Vec<_> = slow
                .iter()
                .zip(&databases)
                .map(|(one, database)| {
                    scope.spawn(move || {
                        let told = |error: Box<dyn Error>| error.to_string();
                        let (_proxy, url) = ground::way(database, delay).map_err(told)?;
                        let mut costs = Vec::new();
                        for action in Action::ALL.into_iter().filter(|action| can(one, *action)) {
                            let cost = self.once(one, action, &url).map_err(told)?;
                            costs.push((self.key(one, delay, action), cost));
                        }
                        Ok::<_, String>(costs)
                    })
                })
                .collect();
            running
                .into_iter()
                .map(|thread| thread.join().map_err(|_| "a thread panicked".to_owned())?)
                .collect::<Result<Vec<_>, String>>()
        })?;
        for (key, cost) in costs.into_iter().flatten() {
            results.costs.entry(key).or_default().push(cost);
        }
        Ok(())
    }

    fn of(&self, wanted: impl Fn(&Contestant) -> bool) -> Vec<Contestant> {
        self.args.field.iter().copied().filter(wanted).collect()
    }

    fn key(&self, one: &Contestant, delay: Duration, action: Action) -> Key {
        Key {
            count: self.count,
            delay,
            action,
            name: one.name,
        }
    }

    fn once(&self, one: &Contestant, action: Action, url: &str) -> Result<Cost> {
        let binary = self
            .binaries
            .get(one.package)
            .ok_or("a binary is missing")?;
        process::run(binary, one, action, url)
    }

    /// Lets eight of each start at once.
    fn crowds(&self, results: &mut Results) -> Result {
        for one in self.args.field.iter().filter(|one| one.part != Part::Floor) {
            eprintln!("{} migrations: eight starters of {}", self.count, one.name);
            let binary = self
                .binaries
                .get(one.package)
                .ok_or("a binary is missing")?;
            let crowd = starters::run(self.server, binary, one, self.args.rounds)?;
            results.crowds.insert((self.count, one.name), crowd);
        }
        Ok(())
    }

    /// Returns whether a contestant's waits alone take long.
    fn is_slow(&self, one: &Contestant, delay: Duration, results: &Results) -> bool {
        let traffic = results.traffic.get(&(self.count, Action::Apply, one.name));
        let waits = traffic.map_or(0, |traffic| traffic.waits);
        delay.saturating_mul(u32::try_from(waits).unwrap_or(u32::MAX)) > SLOW
    }
}

fn can(one: &Contestant, action: Action) -> bool {
    action != Action::Back || one.way_back == WayBack::Yes
}
