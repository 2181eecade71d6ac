//! A real project's migrations, embedded by the macro in a crate of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use samokoder_migrate::testing::Server;
use samokoder_migrate_core::{
    check::{Options, check},
    disk,
    lock::{FILE, Lock},
};

use crate::Result;

const REASON: &str = "released before it was checked";

/// Embeds `dir/migrations`, locked, with its broken downgrades accepted; builds it and runs it.
pub(crate) fn run(dir: &Path) -> Result {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let home = root.join("target/xtask/embed");
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(home.join("src"))?;
    copy(&dir.join("migrations"), &home.join("migrations"))?;
    write_lock(&home.join("migrations"))?;
    fs::write(
        home.join("Cargo.toml"),
        MANIFEST.replace("ROOT", &root.display().to_string()),
    )?;
    // The workspace's own versions, which are downloaded already.
    fs::copy(root.join("Cargo.lock"), home.join("Cargo.lock"))?;
    fs::write(home.join("build.rs"), BUILD)?;
    fs::write(home.join("src/main.rs"), PROGRAM)?;
    let cargo = |args: &[&str]| {
        Command::new(env!("CARGO"))
            .args(args)
            .current_dir(&home)
            .env("CARGO_TARGET_DIR", home.join("target"))
            .status()
    };
    for (what, args) in [
        ("cold build", ["build", "--offline"]),
        ("build again", ["build", "--offline"]),
    ] {
        if what == "build again" {
            fs::write(home.join("src/main.rs"), format!("{PROGRAM}\n"))?;
        }
        let begun = Instant::now();
        if !cargo(&args)?.success() {
            return Err("the crate does not build".into());
        }
        println!("{what}: {:.1} s", begun.elapsed().as_secs_f32());
    }
    let database = Server::shared()?.database()?;
    let status = Command::new(home.join("target/debug/embedded"))
        .env("DATABASE_URL", database.url())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err("the program failed".into())
    }
}

/// Locks everything, and accepts each downgrade that has a fault.
fn write_lock(folder: &Path) -> Result {
    let read = disk::read(folder, "migrations").map_err(|_| "no such folder")?;
    let checked = check(&read, None, &Options::default());
    let lock = checked
        .broken_downgrades
        .iter()
        .fold(Lock::new(checked.upgrades), |lock, label| {
            lock.accept(label, REASON)
        });
    println!(
        "locked: {} migrations, accepted: {} broken downgrades: {}",
        lock.lines().len(),
        checked.broken_downgrades.len(),
        checked.broken_downgrades.join(", ")
    );
    Ok(fs::write(folder.join(FILE), lock.to_string())?)
}

fn copy(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::write(target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

const MANIFEST: &str = r#"[package]
name = "embedded"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
postgres = { version = "0.19", default-features = false }
samokoder-migrate = { path = "ROOT/samokoder-migrate" }
"#;

/// The build script of a crate that embeds `migrations`.
pub(crate) const BUILD: &str = r#"fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rustc-env=SAMOKODER_MIGRATE_WATCH=migrations");
}
"#;

const PROGRAM: &str = r#"samokoder_migrate::embed_migrations!();

use std::time::Instant;

use migrations::Revision;

fn main() {
    let url = std::env::var("DATABASE_URL").unwrap();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    let head = Revision::Head.resolve();

    let up = |client: &mut postgres::Client, what: &str| {
        let begun = Instant::now();
        let report = migrations::run_to(Revision::Head).on(client).unwrap();
        println!("{what}: {} migrations, {} ms, {} round trips", report.steps().len(), begun.elapsed().as_millis(), report.round_trips());
        assert_eq!(report.current(), head);
    };
    up(&mut client, "to head");
    up(&mut client, "again, nothing to do");

    let begun = Instant::now();
    let status = migrations::status().on(&mut client).unwrap();
    println!("status: at {}, {} applied, {} pending, {} ms", head, status.applied().len(), status.pending().len(), begun.elapsed().as_millis());
    assert!(status.is_at_head());

    let begun = Instant::now();
    let (mut down, mut trips) = (0, 0);
    let stop = loop {
        match migrations::downgrade(1).on(&mut client) {
            Ok(report) => { down += 1; trips += report.round_trips(); }
            Err(error) => break error,
        }
        if migrations::status().on(&mut client).unwrap().current() == Revision::Base { return up(&mut client, "up again"); }
    };
    println!("down, one by one: {down} migrations, {} ms, {trips} round trips, stopped by:\n{stop:?}", begun.elapsed().as_millis());
    let below = migrations::status().on(&mut client).unwrap().current().known().unwrap();
    up(&mut client, "up again");

    let begun = Instant::now();
    let report = migrations::downgrade_to(below).on(&mut client).unwrap();
    println!("down to {below} in one run: {} migrations, {} ms, {} round trips", report.steps().len(), begun.elapsed().as_millis(), report.round_trips());
    up(&mut client, "and up once more");
}
"#;
