//! Where caches and the data of running servers are kept.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use super::{Account, Error, os};

/// The folder that outlives processes: fetched binaries and cluster templates.
pub(super) fn cache(account: &Account) -> Result<PathBuf, Error> {
    let mut places: Vec<PathBuf> = Vec::new();
    places.extend(folder_in("XDG_CACHE_HOME"));
    places.extend(folder_in("HOME").map(|home| home.join(".cache")));
    if account.own_uid() == 0 {
        places.push("/var/cache".into());
    }
    let places = places
        .into_iter()
        .map(|place| place.join("samokoder-migrate"));
    first_usable(account, places.chain([in_temp(&env::temp_dir(), account)]))
}

/// The folder of what ends with its process.
pub(super) fn temporary(account: &Account) -> Result<PathBuf, Error> {
    // The folder for temporary files can be closed to others, as root's home can.
    let places = [env::temp_dir(), "/tmp".into(), "/var/tmp".into()];
    first_usable(account, places.iter().map(|place| in_temp(place, account)))
}

/// A folder of this process alone, removed when dropped.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Creates a folder below `parent`, and removes those that killed processes left there.
    pub(super) fn new(parent: &Path, account: &Account) -> Result<Self, Error> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        sweep(parent);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("{SCRATCH}{}-{number}", std::process::id()));
            match os::create_new_folder(&path, mode(account)) {
                Ok(()) => return Ok(Self { path }),
                // An earlier process with this one's id left it, or somebody waits for us to use it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io("create", &path, error)),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Forgets the folder, which a keeper removes.
    pub(super) fn leave_to_keeper(mut self) -> PathBuf {
        std::mem::take(&mut self.path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            drop(fs::remove_dir_all(&self.path));
        }
    }
}

/// Creates an empty folder for a cluster, owned by the account.
pub(super) fn create_data_folder(path: &Path, account: &Account) -> Result<(), Error> {
    os::create_new_folder(path, 0o700).map_err(|error| Error::io("create", path, error))?;
    account.own(path)
}

/// Copies a folder of plain files and gives the copy to the account. Returns how many files there were.
pub(super) fn copy_folder(from: &Path, to: &Path, account: &Account) -> Result<usize, Error> {
    let reading = |error| Error::io("copy", from, error);
    create_data_folder(to, account)?;
    let mut files = 0;
    for entry in fs::read_dir(from).map_err(reading)? {
        let entry = entry.map_err(reading)?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().map_err(reading)?.is_dir() {
            files += copy_folder(&source, &target, account)?;
        } else {
            fs::copy(&source, &target).map_err(|error| Error::io("copy", &source, error))?;
            account.own(&target)?;
            files += 1;
        }
    }
    Ok(files)
}

/// Counts the files in a folder and in those below it.
pub(super) fn count_files(folder: &Path) -> io::Result<usize> {
    fs::read_dir(folder)?.try_fold(0, |files, entry| {
        let entry = entry?;
        Ok(files
            + if entry.file_type()?.is_dir() {
                count_files(&entry.path())?
            } else {
                1
            })
    })
}

/// Whether a process of this user, or any process for root, has this id.
pub(super) fn is_alive(pid: u32) -> bool {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", r#"kill -0 "$1""#, "sh", &pid.to_string()]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // When in doubt, it is: nothing of a living process may be taken away.
    command.status().map_or(true, |status| status.success())
}

const SCRATCH: &str = "samokoder-pg-";

/// An absolute path in an environment variable; a relative one depends on the current folder.
fn folder_in(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

fn in_temp(temp: &Path, account: &Account) -> PathBuf {
    temp.join(format!("samokoder-migrate-{}", account.own_uid()))
}

fn mode(account: &Account) -> u32 {
    if account.other_name().is_some() {
        0o755
    } else {
        0o700
    }
}

fn first_usable(
    account: &Account,
    places: impl Iterator<Item = PathBuf>,
) -> Result<PathBuf, Error> {
    let mut reasons = Vec::new();
    for place in places {
        match usable(&place, account) {
            Ok(()) => return Ok(place),
            Err(reason) => reasons.push(format!("{}: {reason}", place.display())),
        }
    }
    Err(Error::new("there is no folder to keep servers in")
        .output(&reasons.join("\n"))
        .help("set XDG_CACHE_HOME and TMPDIR to folders that this user can write to"))
}

fn usable(place: &Path, account: &Account) -> Result<(), String> {
    if !account.can_enter(place) {
        return Err(format!(
            "user {} cannot enter it",
            account.other_name().unwrap_or("postgres")
        ));
    }
    let text = |error: io::Error| error.to_string();
    fs::create_dir_all(place.parent().unwrap_or(place)).map_err(text)?;
    match os::create_new_folder(place, mode(account)) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(text(error)),
        _ => {}
    }
    // Below a folder that all can write to, somebody else may have made it, to have us run what is in it.
    match os::is_private(place, account.own_uid()) {
        Ok(true) if fs::metadata(place).is_ok_and(|metadata| metadata.permissions().readonly()) => {
            Err("read-only".into())
        }
        Ok(true) => Ok(()),
        Ok(false) => Err("others can write to it".into()),
        Err(error) => Err(error.to_string()),
    }
}

/// Removes what processes left that were killed, together with their keepers, over an hour ago.
fn sweep(parent: &Path) {
    let old = |entry: &fs::DirEntry| {
        let changed = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .ok()?;
        (changed.elapsed().ok()? > Duration::from_secs(3600)).then_some(())
    };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(SCRATCH)?.split('-').next()?.parse().ok());
        let server = fs::read_to_string(entry.path().join("data/postmaster.pid")).ok();
        let server = server.and_then(|text| text.lines().next()?.trim().parse().ok());
        if owner.is_some()
            && old(&entry).is_some()
            && !owner.into_iter().chain(server).any(is_alive)
        {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs, process::Command};

    use super::{Scratch, is_alive, sweep, usable};
    use crate::testing::account::Account;

    #[test]
    fn knows_the_living_from_the_dead() {
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(is_alive(std::process::id()));
        assert!(!is_alive(child.id()));
    }

    #[test]
    fn refuses_a_folder_that_others_can_write_to() {
        let account = Account::current().unwrap();
        let scratch = Scratch::new(&std::env::temp_dir(), account).unwrap();
        let mine = scratch.path().join("mine");
        usable(&mine, account).unwrap();
        let open = Command::new("chmod")
            .arg("o+w")
            .arg(&mine)
            .status()
            .unwrap();
        assert!(open.success());
        assert_eq!(usable(&mine, account), Err("others can write to it".into()));
    }

    #[test]
    fn removes_only_what_the_long_dead_left() {
        let account = Account::current().unwrap();
        let scratch = Scratch::new(&std::env::temp_dir(), account).unwrap();
        let mut dead = Command::new("true").spawn().unwrap();
        dead.wait().unwrap();
        let left = scratch.path().join(format!("samokoder-pg-{}-0", dead.id()));
        let living = scratch
            .path()
            .join(format!("samokoder-pg-{}-7", std::process::id()));
        let other = scratch.path().join("servers");
        let folders = [&left, &living, &other];
        for folder in folders {
            fs::create_dir(folder).unwrap();
        }
        sweep(scratch.path());
        assert_eq!(
            folders.map(|folder| folder.exists()),
            [true, true, true],
            "all are young"
        );
        let age = Command::new("touch")
            .args(["-t", "202001010000"])
            .args(folders)
            .status()
            .unwrap();
        assert!(age.success());
        sweep(scratch.path());
        assert_eq!(folders.map(|folder| folder.exists()), [false, true, true]);
    }
}
