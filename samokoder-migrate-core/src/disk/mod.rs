//! The only module that reads the disk.

use std::{
    fmt, fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::folder::{Content, Folder, is_ignored};

/// How many levels of files a layout has: `001_users/up.sql` has two.
const DEPTH: usize = 2;

/// Reads a folder of migrations or of seeds.
///
/// Symbolic links to files and folders are followed. What is hidden, and an editor's leftover, is
/// passed over; of a file of rows (`seeds/x.csv`) only the beginning is read, and a file whose text
/// nothing needs is listed and not read. `display`
/// is the path that messages show, such as `migrations`.
///
/// # Errors
///
/// Returns [`Missing`] if there is no folder that can be listed; what is wrong with a single file
/// in it is in its entry.
pub fn read(root: &Path, display: &str) -> Result<Folder, Missing> {
    let missing = |why| Missing {
        path: root.to_owned(),
        why,
    };
    let metadata = fs::metadata(root).map_err(missing)?;
    if !metadata.is_dir() {
        return Err(missing(io::ErrorKind::NotADirectory.into()));
    }
    let mut walk = Walk {
        found: Vec::new(),
        above: vec![fs::canonicalize(root).map_err(missing)?],
    };
    walk.folder(root, "").map_err(missing)?;
    walk.found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(walk.found.into_iter().fold(
        Folder::new(display),
        |folder, (path, content)| match content {
            Content::File(bytes) => folder.file(path, bytes),
            Content::Head(bytes) => folder.head(path, bytes),
            Content::Unread => folder.unread(path),
            Content::Folder => folder.folder(path),
            Content::Unreadable(why) => folder.unreadable(path, why),
        },
    ))
}

/// A folder that is not there, or cannot be listed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Missing {
    /// Where it was looked for.
    pub path: PathBuf,
    /// What the system said.
    pub why: io::Error,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.why.kind() {
            io::ErrorKind::NotFound => write!(f, "`{path}` is not there"),
            io::ErrorKind::NotADirectory => write!(f, "`{path}` is not a folder"),
            _ => write!(f, "`{path}` cannot be read: {}", self.why),
        }
    }
}

impl std::error::Error for Missing {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.why)
    }
}

struct Walk {
    found: Vec<(String, Content)>,
    /// The folders on the way down, without symbolic links, so that none is entered twice.
    above: Vec<PathBuf>,
}

impl Walk {
    fn folder(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let shown = name.to_string_lossy();
            if is_ignored(&shown) {
                continue;
            }
            let path = format!("{prefix}{shown}");
            let content = if name.to_str().is_some() {
                self.content(&entry.path(), &path)
            } else {
                Content::Unreadable("its name is not UTF-8".to_owned())
            };
            self.found.push((path, content));
        }
        Ok(())
    }

    fn content(&mut self, full: &Path, path: &str) -> Content {
        let looked = fs::metadata(full).and_then(|metadata| {
            if metadata.is_dir() {
                self.enter(full, path)
            } else if !metadata.is_file() {
                Err(io::Error::other("it is neither a file nor a folder"))
            } else if is_text(path) {
                fs::read(full).map(Content::File)
            } else if path.to_lowercase().ends_with(".csv") {
                head(full).map(Content::Head)
            } else {
                Ok(Content::Unread)
            }
        });
        looked.unwrap_or_else(|why| Content::Unreadable(why.to_string()))
    }

    fn enter(&mut self, full: &Path, path: &str) -> io::Result<Content> {
        let real = fs::canonicalize(full)?;
        if self.above.contains(&real) {
            return Err(io::Error::other(
                "it is a symbolic link to a folder that it is in",
            ));
        }
        if self.above.len() < DEPTH {
            self.above.push(real);
            let listed = self.folder(full, &format!("{path}/"));
            self.above.pop();
            listed?;
        }
        Ok(Content::Folder)
    }
}

/// How much of a file of rows is read, in bytes: its header is in it.
const HEAD: u64 = 64 * 1024;

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(HEAD).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns whether somebody needs what is in a file: scripts, also misnamed ones, and the few
/// files that speak about them.
fn is_text(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    name.contains("sql")
        || [".toml", ".lock"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
