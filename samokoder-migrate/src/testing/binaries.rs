//! Finding `initdb` and `postgres`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use super::{
    Account, Error,
    fetch::{self, Policy},
    place, tool,
};

/// A folder with a working `initdb` and `postgres`.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    pub(super) major: u32,
    /// What `postgres --version` says, whole: two builds of one version differ in it.
    pub(super) version: String,
}

impl Binaries {
    /// Finds binaries, or fetches them. The first that are found serve the whole process.
    pub(super) fn find(account: &Account) -> Result<&'static Self, Error> {
        static FOUND: OnceLock<Binaries> = OnceLock::new();
        match FOUND.get() {
            Some(found) => Ok(found),
            None => look(account).map(|found| FOUND.get_or_init(|| found)),
        }
    }

    pub(super) fn tool(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The oldest major version whose servers can be asked for all that is asked of them here.
const OLDEST: u32 = 13;

/// Where packages put versions side by side: what stands before and after the version.
const INSTALLED: &[(&str, &str)] = &[
    ("/usr/lib/postgresql/", "bin"),
    ("/usr/pgsql-", "bin"),
    ("/opt/homebrew/opt/postgresql@", "bin"),
    ("/usr/local/opt/postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions/", "bin"),
];

fn look(account: &Account) -> Result<Binaries, Error> {
    if let Some(folder) = env::var_os("SAMOKODER_PG_BIN").filter(|folder| !folder.is_empty()) {
        let folder = std::path::absolute(&folder).unwrap_or_else(|_| folder.into());
        return try_folder(&folder, account).map_err(|error| {
            Error::new("SAMOKODER_PG_BIN does not lead to a PostgreSQL server")
                .because(error)
                .help(format!(
                    "set it to the folder that holds `initdb` and `postgres`; {}",
                    install(account)
                ))
        });
    }
    let policy = Policy::from_env()?;
    let mut rejected = Vec::new();
    let mut first = |folders: Vec<PathBuf>| {
        let mut check = |folder: PathBuf| {
            try_folder(&folder, account)
                .map_err(|error| rejected.push(error))
                .ok()
        };
        folders.into_iter().find_map(&mut check)
    };
    let system = match env::var("SAMOKODER_PG_SEARCH").unwrap_or_default().as_str() {
        "" => first(installed())
            .or_else(|| first(pg_config()))
            .or_else(|| first(on_path())),
        "cache" => None,
        other => {
            return Err(
                Error::new(format!("SAMOKODER_PG_SEARCH={other} is not understood"))
                    .help("set it to `cache`, or leave it out"),
            );
        }
    };
    if let Some(found) = system {
        return Ok(found);
    }
    let cache = place::cache(account)?;
    let cached: Vec<PathBuf> = fetch::folders(&cache)
        .filter(|folder| folder.exists())
        .collect();
    if let Some(found) = first(cached) {
        return Ok(found);
    }
    match fetch::fetch(&cache, policy, account).map(|folder| try_folder(&folder, account)) {
        Ok(Ok(found)) => return Ok(found),
        Ok(Err(error)) => rejected.push(error),
        Err(reasons) => rejected.extend(reasons),
    }
    let reasons: Vec<String> = rejected.iter().map(Error::to_string).collect();
    Err(Error::new(format!(
        "there is no PostgreSQL server here:\n{}",
        reasons.join("\n")
    ))
    .help(format!(
        "{}, or set SAMOKODER_PG_BIN to the folder that holds `initdb` and `postgres`",
        install(account)
    )))
}

/// Checks that a folder holds a server (a client's package brings `pg_config` without one) that is
/// new enough and that the account can run.
fn try_folder(folder: &Path, account: &Account) -> Result<Binaries, Error> {
    let shown = folder.display();
    let absent = ["initdb", "postgres"]
        .into_iter()
        .find(|tool| !folder.join(tool).is_file());
    if let Some(tool) = absent {
        // Root's closed folders look whole to root.
        return Err(Error::new(format!("there is no {tool} in {shown}")));
    }
    let version = |tool| {
        let answer = tool::answer(account.command(folder.join(tool)).arg("--version"));
        answer.map_err(|error| match account.other_name() {
            Some(name) if !account.can_enter(folder) => {
                Error::new(format!("user {name} cannot enter {shown}"))
            }
            Some(name) => {
                Error::new(format!("user {name} cannot run {tool} in {shown}")).because(error)
            }
            None => Error::new(format!("cannot run {tool} in {shown}")).because(error),
        })
    };
    version("initdb")?;
    let version = version("postgres")?;
    let major = major(&version);
    match major {
        Some(major) if major >= OLDEST => Ok(Binaries {
            folder: folder.to_owned(),
            major,
            version,
        }),
        _ => Err(Error::new(format!(
            "the server in {shown} is `{version}`; version {OLDEST} or later is needed"
        ))),
    }
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_once(") ")?.1;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// The folders of installed versions, newest first.
fn installed() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for &(before, after) in INSTALLED {
        let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix));
            let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
            if let Some(major) = major {
                found.push((major, entry.path().join(after)));
            }
        }
    }
    found.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn pg_config() -> Vec<PathBuf> {
    let mut command = Command::new("pg_config");
    tool::answer(command.arg("--bindir").stdin(Stdio::null()))
        .ok()
        .map(PathBuf::from)
        .into_iter()
        .collect()
}

fn on_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter(|folder| folder.is_absolute() && folder.join("postgres").is_file())
        .collect()
}

/// The one command that installs PostgreSQL on this machine.
fn install(account: &Account) -> String {
    const FIRST: (&str, &str) = ("apt-get", "apt-get install -y postgresql");
    const OTHERS: &[(&str, &str)] = &[
        ("dnf", "dnf install -y postgresql-server"),
        ("apk", "apk add postgresql"),
        ("pacman", "pacman -S --noconfirm postgresql"),
        ("zypper", "zypper install -y postgresql-server"),
        ("brew", "brew install postgresql@17"),
    ];
    let path = env::var_os("PATH").unwrap_or_default();
    let there = |tool: &str| env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let others = || OTHERS.iter().copied().find(|(tool, _)| there(tool));
    let (tool, command) = if there(FIRST.0) {
        FIRST
    } else {
        others().unwrap_or(FIRST)
    };
    let sudo = if account.own_uid() == 0 || tool == "brew" {
        ""
    } else {
        "sudo "
    };
    format!("install it with `{sudo}{command}`")
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn reads_the_major_version_of_every_kind_of_build() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 17.10"), Some(17));
        assert_eq!(major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("postgres (PostgreSQL) devel"), None);
        assert_eq!(major("something else"), None);
    }
}
