//! What it costs to build each contestant from nothing.

use std::{fs, time::Instant};

use crate::{
    Result,
    args::Args,
    binaries::{cargo, target},
    process::children,
    tables::seconds,
};

/// Builds each package to an empty folder, as `cargo build` does, and tells the cost.
///
/// Whatever cargo downloads is downloaded before.
pub(crate) fn run(args: &Args) -> Result {
    let count = args.counts.first().copied().unwrap_or(10);
    let folder = target()?.join("peers").join("cold");
    if !cargo().args(["fetch", "--quiet"]).status()?.success() {
        return Err("cargo cannot fetch".into());
    }
    println!("## A build from nothing, with {count} migrations\n");
    println!("| | CPU s | wall s |\n|---|---:|---:|");
    let mut done = Vec::new();
    for one in &args.field {
        if done.contains(&one.package) {
            continue;
        }
        done.push(one.package);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let before = children()?;
        let begun = Instant::now();
        let status = cargo()
            .args(["build", "--quiet", "--package", one.package, "--target-dir"])
            .arg(&folder)
            .env(workload::COUNT_VARIABLE, count.to_string())
            .env_remove("CARGO_TARGET_DIR")
            .status()?;
        let wall = begun.elapsed();
        if !status.success() {
            return Err(format!("{} was not built", one.package).into());
        }
        let cpu = children()?.saturating_sub(before);
        println!("| {} | {} | {} |", one.name, seconds(cpu), seconds(wall));
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}
