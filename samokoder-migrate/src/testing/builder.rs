//! How a server is to be.

use std::{
    fs,
    path::{self, Path, PathBuf},
    sync::Arc,
};

use super::{
    Account, Binaries, Error, Server,
    cluster::{Cluster, Recipe},
    keeper::{Keeper, Stop},
    place::{self, Scratch},
    template,
};

/// The options of a [`Server`], made by [`Server::builder`].
///
/// ```no_run
/// use samokoder_migrate::testing::Server;
///
/// # fn main() -> Result<(), samokoder_migrate::testing::Error> {
/// let server = Server::builder().setting("log_statement", "all").start()?;
/// println!("{}", server.url());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing starts before `start`"]
pub struct Builder {
    data_dir: Option<PathBuf>,
    settings: Vec<(String, String)>,
    durability: Durability,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Durability {
    #[default]
    None,
    Full,
}

/// Settings of every server; later ones win, so a user's come last.
const SETTINGS: &[(&str, &str)] = &[
    ("listen_addresses", "127.0.0.1"),
    // A socket's path may be at most 107 bytes long, which temporary folders exceed.
    ("unix_socket_directories", ""),
    ("shared_buffers", "32MB"),
    ("autovacuum", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
];

/// What makes commits fast, and lets a crash of the server lose the last of them.
const FORGETFUL: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
];

impl Builder {
    /// Keeps the cluster in `folder`, which is created if it is absent, and leaves it there.
    ///
    /// The next start in the same folder finds what this one left. One server at a time can run in it.
    pub fn data_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(folder.into());
        self
    }

    /// Sets a parameter of PostgreSQL, as `-c name=value` does; of two values the later one counts.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Makes commits outlive a crash, as those of a production server do.
    ///
    /// Without it `fsync`, `synchronous_commit` and `full_page_writes` are off.
    pub fn durable(mut self) -> Self {
        self.durability = Durability::Full;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// Where no PostgreSQL is found or can be fetched, where it does not start, and on systems
    /// other than Unix.
    pub fn start(self) -> Result<Server, Error> {
        let account = Account::current()?;
        let binaries = Binaries::find(account)?;
        let forgetful = if self.durability == Durability::Full {
            &[]
        } else {
            FORGETFUL
        };
        let fixed = SETTINGS
            .iter()
            .chain(forgetful)
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let settings = fixed.chain(self.settings).collect();
        let at_end = if self.data_dir.is_some() {
            Stop::Fast
        } else {
            Stop::Immediate
        };
        let (keeper, data, log) = if let Some(folder) = self.data_dir {
            let folder =
                path::absolute(&folder).map_err(|error| Error::io("find", &folder, error))?;
            prepare(&folder, binaries, account)?;
            let log = folder.join("server.log");
            (Keeper::start(at_end, None)?, folder, log)
        } else {
            let scratch = Scratch::new(&place::temporary(account)?, account)?;
            let keeper = Keeper::start(at_end, Some(scratch.path()))?;
            let folder = scratch.leave_to_keeper();
            let data = folder.join("data");
            template::new_cluster(&data, binaries, account)?;
            (keeper, data, folder.join("server.log"))
        };
        let recipe = Recipe {
            binaries,
            account,
            data,
            log,
            settings,
            at_end,
        };
        Ok(Server::of(Arc::new(Cluster::start(recipe, keeper)?)))
    }
}

/// Makes `folder` a cluster that these binaries can run, if it is not one yet.
fn prepare(folder: &Path, binaries: &Binaries, account: &Account) -> Result<(), Error> {
    let shown = folder.display();
    let parent = folder.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(|error| Error::io("create", parent, error))?;
    if !account.can_enter(parent) {
        let name = account.other_name().unwrap_or("postgres");
        return Err(Error::new(format!(
            "user {name}, as whom the server runs, cannot enter {}",
            parent.display()
        ))
        .help("choose a folder that is not below root's home"));
    }
    match fs::read_to_string(folder.join("PG_VERSION")) {
        Ok(version) if version.trim() == binaries.major.to_string() => return Ok(()),
        Ok(version) => {
            let (found, have) = (version.trim(), binaries.major);
            return Err(Error::new(format!(
                "{shown} holds a cluster of PostgreSQL {found}, and the server is {have}"
            ))
            .help(format!(
                "remove the folder, or set SAMOKODER_PG_BIN to the binaries of version {found}"
            )));
        }
        Err(_) => {}
    }
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(
            Error::new(format!("{shown} is not empty and holds no cluster"))
                .help("choose another folder"),
        );
    }
    // Copied beside it and renamed, so that a killed process does not leave half a cluster.
    let scratch = Scratch::new(parent, account)?;
    let data = scratch.path().join("data");
    template::new_cluster(&data, binaries, account)?;
    fs::rename(&data, folder).map_err(|error| Error::io("create", folder, error))
}
