//! Building the contestants, each by itself, so that no one's features are another's.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Result, field::Contestant};

/// The binary of each package.
pub(crate) type Binaries = BTreeMap<&'static str, PathBuf>;

/// Builds what the field needs with so many migrations, for release.
pub(crate) fn build(count: usize, field: &[Contestant]) -> Result<Binaries> {
    let target = target()?;
    let folder = target.join("peers").join(count.to_string());
    fs::create_dir_all(&folder)?;
    let mut binaries = Binaries::new();
    for one in field {
        if binaries.contains_key(one.package) {
            continue;
        }
        eprintln!("building {} with {count} migrations", one.package);
        let status = cargo()
            .args(["build", "--release", "--quiet", "--package", one.package])
            .arg("--target-dir")
            .arg(&target)
            .env(workload::COUNT_VARIABLE, count.to_string())
            .status()?;
        if !status.success() {
            return Err(format!("{} was not built", one.package).into());
        }
        // The next count is built to the same place.
        let binary = folder.join(one.package);
        fs::copy(target.join("release").join(one.package), &binary)?;
        binaries.insert(one.package, binary);
    }
    Ok(binaries)
}

/// Returns a call of cargo in this workspace.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    cargo
}

/// Returns the folder that this program was built to.
pub(crate) fn target() -> Result<PathBuf> {
    let own = env::current_exe()?;
    let target = own.parent().and_then(Path::parent);
    Ok(target
        .ok_or("this program is in no target folder")?
        .to_owned())
}
