//! Cached clusters that servers begin as a copy of.

use std::{fs, path::Path, time::Duration};

use samokoder_migrate_core::Digest;
use sha2::{Digest as _, Sha256};

use super::{Account, Binaries, Error, lock::Lock, place, place::Scratch, tool};

/// Makes `target` a new cluster: a copy of the cached one, which is made if it is absent.
pub(super) fn new_cluster(
    target: &Path,
    binaries: &Binaries,
    account: &Account,
) -> Result<(), Error> {
    let cache = place::cache(account)?;
    let template = cache.join(key(binaries, account));
    if copy(&template, target, account).is_ok_and(|whole| whole) {
        return Ok(());
    }
    let _lock = Lock::wait(template.with_extension("lock"), LIMIT);
    drop(fs::remove_dir_all(target));
    if copy(&template, target, account).is_ok_and(|whole| whole) {
        return Ok(());
    }
    drop(fs::remove_dir_all(target));
    make(&template, &cache, binaries, account)?;
    if copy(&template, target, account)? {
        return Ok(());
    }
    Err(Error::new(format!("{} changes while it is copied", template.display())).help("remove it"))
}

/// What initdb is told. Small segments of the write-ahead log, as a cluster is 28 MB with and 39 MB
/// without; one locale, for the same order of rows on all machines.
const INITDB: &[&str] = &[
    "--no-sync",
    "--wal-segsize=1",
    "-A",
    "trust",
    "-U",
    "postgres",
    "-E",
    "UTF8",
    "--locale=C",
];

const LIMIT: Duration = Duration::from_secs(120);

/// A template's name: two builds of one version do not share one, nor do two users.
fn key(binaries: &Binaries, account: &Account) -> String {
    let Binaries {
        folder,
        major,
        version,
    } = binaries;
    let text = format!(
        "{}\n{version}\n{}\n{}",
        folder.display(),
        account.uid(),
        INITDB.join(" ")
    );
    let digest = Digest::new(Sha256::digest(text).into()).to_string();
    format!("cluster-{major}-{}", digest.get(..16).unwrap_or(&digest))
}

/// Copies a template. Tells whether it was whole: a cleaner of temporary files takes old ones one by one.
fn copy(template: &Path, target: &Path, account: &Account) -> Result<bool, Error> {
    let count = template.join("files");
    let expected = fs::read_to_string(&count).map_err(|error| Error::io("read", &count, error))?;
    let copied = place::copy_folder(&template.join("data"), target, account)?;
    Ok(expected.parse() == Ok(copied))
}

fn make(
    template: &Path,
    cache: &Path,
    binaries: &Binaries,
    account: &Account,
) -> Result<(), Error> {
    let scratch = Scratch::new(cache, account)?;
    let made = scratch.path().join("cluster");
    let data = made.join("data");
    place::create_data_folder(&made, account)?;
    place::create_data_folder(&data, account)?;
    let mut initdb = account.command(binaries.tool("initdb"));
    initdb.args(INITDB).arg("-D").arg(&data);
    tool::run(&mut initdb, &scratch.path().join("initdb.log"), LIMIT)?;
    let files = place::count_files(&data).map_err(|error| Error::io("read", &data, error))?;
    let count = made.join("files");
    fs::write(&count, files.to_string()).map_err(|error| Error::io("write", &count, error))?;
    // A broken one has to go first: a folder is not renamed onto a full one.
    let old = scratch.path().join("old");
    drop(fs::rename(template, old));
    match fs::rename(&made, template) {
        Err(error) if !template.exists() => Err(Error::io("create", template, error)),
        _ => Ok(()),
    }
}
