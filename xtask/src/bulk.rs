//! A seed of many megabytes: how fast it is loaded, and what memory that takes.

use std::{
    env, fs,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use postgres::{Client, NoTls};
use samokoder_migrate::{
    Set,
    revision::{Point, Target},
    testing::Server,
    verb,
};
use samokoder_migrate_core::{check, folder::Folder};

use crate::Result;

/// How much memory, in MB, a load may take beyond what the program has before it: far below any file
/// that is worth a test.
const BOUND: f64 = 16.0;

const HEADER: &str = "id,name,country,latitude,longitude,population,note\n";
const COPY: &str = "-- samokoder: copy \"cities.csv\" into cities key (id)";
const TABLE: &str = "CREATE TABLE cities (id bigint PRIMARY KEY, name text NOT NULL, country text NOT NULL,
    latitude double precision NOT NULL, longitude double precision NOT NULL, population integer, note text)";

/// Loads a file of so many megabytes through each driver, then again with some rows changed.
pub(crate) fn run(megabytes: usize) -> Result {
    let server = Server::builder().durable().start()?;
    let folder = Scratch::new()?;
    println!("a seed of {megabytes} MB");
    println!(
        "{:8}  {:28}  {:>7}  {:>6}  {:>12}",
        "driver", "what", "seconds", "MB/s", "peak MB more"
    );
    for driver in ["blocking", "async"] {
        let database = server.database()?;
        for (what, changed) in [
            ("every row is new", 0),
            ("one row in ten is changed", 10),
            ("nothing is changed", 10),
        ] {
            let (bytes, rows) = write(&folder.0, megabytes, changed)?;
            let loaded = child(&database.url(), driver, &folder.0)?;
            let size = f64::from(u32::try_from(bytes)?) / 1e6;
            let Loaded { seconds, more } = loaded;
            println!(
                "{driver:8}  {what:28}  {seconds:7.2}  {:6.1}  {more:>12.1}",
                size / seconds
            );
            if more > BOUND {
                return Err(format!("{more:.1} MB for a file of {size:.1} MB").into());
            }
            let mut client = Client::connect(&database.url(), NoTls)?;
            let count: i64 = client.query_one("SELECT count(*) FROM cities", &[])?.get(0);
            if count != i64::try_from(rows)? {
                return Err(format!("{count} rows of {rows} are there").into());
            }
        }
    }
    Ok(())
}

/// Loads it, and prints how long that took and what memory.
pub(crate) fn load(url: &str, driver: &str, folder: &str) -> Result {
    let set = set()?;
    let run = verb::run_to::<Point>(&set, Target::Head).seed_files(folder);
    let before;
    let began;
    if driver == "blocking" {
        let mut client = Client::connect(url, NoTls)?;
        (before, began) = (peak()?, Instant::now());
        run.on(&mut client)?;
    } else {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        (before, began) = runtime.block_on(async {
            let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            let start = (peak()?, Instant::now());
            run.on(&mut client).await?;
            Ok::<_, Box<dyn std::error::Error>>(start)
        })?;
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{seconds} {}", peak()? - before);
    Ok(())
}

struct Loaded {
    seconds: f64,
    /// The peak of memory beyond what there was before, in MB.
    more: f64,
}

fn child(url: &str, driver: &str, folder: &Path) -> Result<Loaded> {
    let output = Command::new(env::current_exe()?)
        .args(["bulk-child", url, driver])
        .arg(folder)
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8(output.stdout)?;
    let numbers = said
        .trim()
        .split_once(' ')
        .filter(|_| output.status.success());
    let (seconds, more) = numbers.ok_or_else(|| said.clone())?;
    Ok(Loaded {
        seconds: seconds.parse()?,
        more: more.parse()?,
    })
}

/// Returns the most memory that this process had, in MB.
fn peak() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")
        .map_err(|error| format!("only Linux tells what memory a process had: {error}"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("no VmHWM in /proc/self/status")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1024.0)
}

fn set() -> Result<Set> {
    let migrations = Folder::new("migrations")
        .file("001_cities.up.sql", TABLE)
        .file("001_cities.down.sql", "DROP TABLE cities");
    let seeds = Folder::new("seeds")
        .file("cities.sql", COPY)
        .file("cities.csv", HEADER);
    let checked = check::check(&migrations, Some(&seeds), &check::Options::default());
    let history = checked.history.ok_or("the test's own seed does not pass")?;
    Ok(Set::of_history(&history, "main", "samokoder_migrate"))
}

/// Writes the file; every so manieth row is another than the first time. Returns its size and rows.
fn write(folder: &Path, megabytes: usize, changed: usize) -> Result<(usize, usize)> {
    let mut file = BufWriter::new(fs::File::create(folder.join("cities.csv"))?);
    file.write_all(HEADER.as_bytes())?;
    let (mut size, mut rows) = (HEADER.len(), 0);
    while size < megabytes * 1_000_000 {
        let people = if changed > 0 && rows % changed == 0 {
            rows + 1
        } else {
            rows
        };
        let line = format!(
            "{rows},\"City no. {rows}, as \"\"it\"\" is\",ES,{}.5,-{}.25,{people},some words about it that nobody reads\n",
            rows % 90,
            rows % 180
        );
        file.write_all(line.as_bytes())?;
        size += line.len();
        rows += 1;
    }
    file.flush()?;
    Ok((size, rows))
}

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let path = env::temp_dir().join(format!("samokoder-bulk-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
