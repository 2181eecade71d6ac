//! What a crate that embeds migrations costs to build.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    history::{self, Kind},
    usage::{self, Cost},
};
use crate::{Result, embed::BUILD};

/// Builds a consumer cold, and then with one and with many migrations.
pub(crate) fn run() -> Result {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let home = root.join("target/xtask/weight");
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    let consumer = Consumer { root, home };
    consumer.write()?;

    println!(
        "\n{:36} | {:>7} {:>7}",
        "build of a consumer", "wall s", "user s"
    );
    consumer.migrations(1)?;
    consumer.cold()?;
    for (what, args) in [
        ("dev, cargo check", ["check", "--offline"].as_slice()),
        ("release, cargo build", &["build", "--offline", "--release"]),
    ] {
        // The dependencies are built before anything is weighed.
        consumer.cargo(args)?;
        for count in [1, 1_000] {
            consumer.migrations(count)?;
            let (done, cost) = usage::of(|| consumer.cargo(args));
            done?;
            tell(&format!("{what}, N = {count}"), cost);
        }
    }
    Ok(())
}

fn tell(what: &str, cost: Cost) {
    println!("{what:36} | {:>7.2} {:>7.2}", cost.wall, cost.user);
}

/// A crate made for the purpose.
#[derive(Debug)]
struct Consumer {
    /// The workspace.
    root: PathBuf,
    /// The crate's folder.
    home: PathBuf,
}

impl Consumer {
    fn write(&self) -> Result {
        fs::create_dir_all(self.home.join("src"))?;
        let root = self.root.display().to_string();
        fs::write(
            self.home.join("Cargo.toml"),
            MANIFEST.replace("ROOT", &root),
        )?;
        // The workspace's own versions, which are downloaded already.
        fs::copy(self.root.join("Cargo.lock"), self.home.join("Cargo.lock"))?;
        fs::write(self.home.join("build.rs"), BUILD)?;
        Ok(fs::write(self.home.join("src/main.rs"), PROGRAM)?)
    }

    fn migrations(&self, count: usize) -> Result {
        let folder = self.home.join("migrations");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        history::write(&history::history(Kind::Everyday, count), &folder)
    }

    fn cold(&self) -> Result {
        let (done, cost) = usage::of(|| self.cargo(&["build", "--offline"]));
        done?;
        tell("dev, cargo build, cold, N = 1", cost);
        let listed = self
            .command(&[
                "tree",
                "--offline",
                "--prefix",
                "none",
                "--edges",
                "normal,build",
            ])
            .output()?;
        let text = String::from_utf8(listed.stdout)?;
        let mut crates: Vec<&str> = text
            .lines()
            .map(|line| line.trim_end_matches(" (*)"))
            .collect();
        crates.sort_unstable();
        crates.dedup();
        println!("{} crates with the consumer itself", crates.len());
        Ok(())
    }

    fn cargo(&self, args: &[&str]) -> Result {
        let output = self.command(args).stderr(Stdio::piped()).output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(args)
            .current_dir(&self.home)
            .env("CARGO_TARGET_DIR", self.home.join("target"));
        command
    }
}

const MANIFEST: &str = r#"[package]
name = "weighed"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
postgres = { version = "0.19", default-features = false }
samokoder-migrate = { path = "ROOT/samokoder-migrate" }
"#;

const PROGRAM: &str = r#"samokoder_migrate::embed_migrations!();

use migrations::Revision;

fn main() {
    let mut client = postgres::Client::connect("host=localhost", postgres::NoTls).unwrap();
    migrations::run_to(Revision::Head).on(&mut client).unwrap();
}
"#;
