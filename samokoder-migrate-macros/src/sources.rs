//! The folders of a call.

use std::path::{self, Path, PathBuf};

use samokoder_migrate_core::{
    disk,
    folder::{Content, Folder},
};

use crate::{
    args::{self, Arguments},
    caller::Caller,
    failure::Failure,
    locate::locate,
};

/// The folders of a call, as far as they can be read.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The migrations.
    pub(crate) migrations: Option<Source>,
    /// The seeds.
    pub(crate) seeds: Option<Source>,
    /// Which of them are missing.
    pub(crate) missing: Vec<Failure>,
}

/// A folder that was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// What is in it.
    pub(crate) folder: Folder,
    root: PathBuf,
}

/// Reads the folders, and says which are missing; seeds by default may be.
///
/// After a fault in the arguments, a default folder need not be the one that is meant.
pub(crate) fn read(arguments: &Arguments, faults: &[Failure], caller: &Caller) -> Sources {
    let mut failures = Vec::new();
    let mut source = |folder: &args::Folder| {
        let path = folder.path();
        let location = locate(caller, &path);
        let missing = match disk::read(&location.root, &location.display) {
            Ok(folder) => {
                return Some(Source::new(folder, location.root));
            }
            Err(missing) => missing,
        };
        let is_told = match folder {
            args::Folder::Written(..) => true,
            args::Folder::Default(name) => *name == args::MIGRATIONS && faults.is_empty(),
        };
        if is_told {
            let diagnostic = location.missing(caller, &path, &missing);
            failures.push(Failure::new(folder.span(), diagnostic));
        }
        None
    };
    let migrations = source(&arguments.migrations);
    let seeds = source(&arguments.seeds);
    Sources {
        migrations,
        seeds,
        missing: failures,
    }
}

impl Source {
    /// Wraps what was read from a folder.
    pub(crate) fn new(folder: Folder, root: PathBuf) -> Self {
        Self { folder, root }
    }
}

impl Sources {
    /// Returns where the folders are.
    pub(crate) fn roots(&self) -> Vec<&Path> {
        self.all().map(|source| source.root.as_path()).collect()
    }

    /// Returns where the folder of the seeds is, from the root of the disk on.
    pub(crate) fn seed_root(&self) -> Option<PathBuf> {
        path::absolute(&self.seeds.as_ref()?.root).ok()
    }

    /// Returns the files that were read: scripts, lock file and metadata.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.all()
            .flat_map(|source| {
                let entries = source.folder.entries().iter();
                entries
                    .filter(|entry| matches!(entry.content, Content::File(_)))
                    .map(|entry| source.root.join(&entry.path))
            })
            .collect()
    }

    fn all(&self) -> impl Iterator<Item = &Source> {
        [&self.migrations, &self.seeds].into_iter().flatten()
    }
}
