//! Ten thousand migrations, held against one thousand: nothing grows faster than they do.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use samokoder_migrate::{Set, revision::Target, verb};

use crate::support::{Client, Driver, Given, World};

/// Every hundredth makes a table, the others say something of it.
fn set(count: usize) -> Set {
    let given = (0..count).fold(Given::new(), |given, i| {
        let table = format!("t_{}", i / 100);
        let (up, down) = if i % 100 == 0 {
            (
                format!("CREATE TABLE {table} (id bigint PRIMARY KEY, name text NOT NULL)"),
                format!("DROP TABLE {table}"),
            )
        } else {
            (
                format!("COMMENT ON TABLE {table} IS 'as of {i}'"),
                format!("COMMENT ON TABLE {table} IS NULL"),
            )
        };
        given.migration(&format!("{table}_step_{i}"), &up, &down)
    });
    given.set()
}

/// What each verb took.
#[derive(Debug)]
struct Times {
    plan: Duration,
    up: Duration,
    noop: Duration,
    /// Both ways.
    noop_bytes: usize,
    status: Duration,
    down: Duration,
}

fn timed<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    (act(), began.elapsed())
}

fn times(count: usize) -> Times {
    let set = set(count);
    let mut world = World::new(Driver::Blocking);
    let (preview, plan) = timed(|| world.client.plan(verb::plan_to(&set, Target::Head)));
    let preview = preview.unwrap();
    assert_eq!(preview.steps().len(), count);
    let bytes: usize = preview.scripts().iter().map(String::len).sum();
    let (report, up) = timed(|| world.up(&set).unwrap());
    assert_eq!(report.steps().len(), count);
    // A message is near 1 MB, and the first read is one wait.
    assert!(report.round_trips() <= 2 + bytes / 900_000, "{report}");
    let (mut client, passed) = counted(&world);
    let before = passed.load(Ordering::SeqCst);
    let (noop, noop_time) = timed(|| client.run(verb::run_to(&set, Target::Head)).unwrap());
    assert_eq!((noop.steps().len(), noop.round_trips()), (0, 1));
    let noop_bytes = passed.load(Ordering::SeqCst) - before;
    let (status, status_time) = timed(|| world.client.status(verb::status(&set)).unwrap());
    assert_eq!(status.applied().len(), count);
    assert!(status.is_at_head());
    let (report, down) = timed(|| world.down_to(&set, 0).unwrap());
    assert_eq!(report.steps().len(), count);
    assert!(!world.exists("t_0"));
    Times {
        plan,
        up,
        noop: noop_time,
        noop_bytes,
        status: status_time,
        down,
    }
}

/// Connects through a proxy that counts what passes, either way.
fn counted(world: &World) -> (Client, Arc<AtomicUsize>) {
    let url = world.database.url();
    let (head, rest) = url.rsplit_once(':').unwrap();
    let (port, name) = rest.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    let port: u16 = port.parse().unwrap();
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        for (from, to) in [(&client, &server), (&server, &client)] {
            let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            let count = Arc::clone(&count);
            thread::spawn(move || {
                let mut buffer = [0; 8192];
                while let Ok(read @ 1..) = from.read(&mut buffer) {
                    count.fetch_add(read, Ordering::SeqCst);
                    if to.write_all(&buffer[..read]).is_err() {
                        break;
                    }
                }
                // Whoever is left reads to the end.
                drop(to.shutdown(Shutdown::Both));
            });
        }
    });
    let client = Client::connect(world.driver, &format!("{head}:{own}/{name}"));
    (client, sent)
}

#[test]
fn ten_thousand_migrations_cost_ten_times_what_a_thousand_do_and_nothing_to_do_costs_the_same() {
    let (few, many) = (times(1_000), times(10_000));
    eprintln!(" 1,000: {few:?}\n10,000: {many:?}");
    // A count is a digit longer, in two places.
    assert!(
        many.noop_bytes.abs_diff(few.noop_bytes) <= 4,
        "{} and {} bytes",
        few.noop_bytes,
        many.noop_bytes
    );
    // What is quadratic would be a hundred times as long.
    for (what, few, many) in [
        ("plan", few.plan, many.plan),
        ("up", few.up, many.up),
        ("status", few.status, many.status),
        ("down", few.down, many.down),
    ] {
        let bound = few * 30 + Duration::from_secs(1);
        assert!(many < bound, "{what}: {few:?} and {many:?}");
    }
    assert!(many.noop < Duration::from_secs(1), "{:?}", many.noop);
}
