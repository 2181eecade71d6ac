//! Where a folder is: the path rule.

use std::{
    io::ErrorKind,
    path::{Component, Path, PathBuf},
};

use samokoder_migrate_core::{Code, Diagnostic, disk::Missing, near::closest};

use crate::caller::Caller;

/// A folder that an argument names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Where it is.
    pub(crate) root: PathBuf,
    /// How messages show it, with `/` between its parts.
    pub(crate) display: String,
    reading: Reading,
    other: Option<PathBuf>,
}

/// What a path was taken to be relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    CrateRoot,
    CallingFile,
    /// The path asks for the calling file, and the compiler does not say which that is.
    UnknownFile,
}

/// Finds a folder: `./x` and `../x` from the calling file, all others from the crate root.
pub(crate) fn locate(caller: &Caller, path: &str) -> Location {
    let source_folder = caller.file.as_deref().and_then(Path::parent);
    let from_root = caller.crate_root.join(path);
    let (root, reading, other) = match (is_relative_to_file(path), source_folder) {
        (true, Some(folder)) => (folder.join(path), Reading::CallingFile, Some(from_root)),
        (true, None) => {
            let from_sources = caller.crate_root.join("src").join(path);
            let root = if from_sources.is_dir() {
                from_sources
            } else {
                from_root
            };
            (root, Reading::UnknownFile, None)
        }
        (false, folder) => (
            from_root,
            Reading::CrateRoot,
            folder.map(|folder| folder.join(path)),
        ),
    };
    Location {
        display: shown(caller, &root).unwrap_or_else(|| slashes(&clean(Path::new(path)))),
        root: clean_if_same(root),
        reading,
        other: other.map(|path| clean(&path)),
    }
}

impl Location {
    /// Says that the folder is not there, where it was looked for, and what else may be meant.
    pub(crate) fn missing(&self, caller: &Caller, path: &str, missing: &Missing) -> Diagnostic {
        let message = match missing.why.kind() {
            ErrorKind::NotFound => format!("the folder `{path}` is not there"),
            ErrorKind::NotADirectory => format!("`{path}` is not a folder"),
            _ => format!("the folder `{path}` cannot be read: {}", missing.why),
        };
        let here = place(caller, &self.root);
        let diagnostic = Diagnostic::new(Code::FolderMissing, message).note(match self.reading {
            Reading::CrateRoot => format!("read from the crate root: `{here}`"),
            Reading::CallingFile => format!("read from the folder of the calling file: `{here}`"),
            Reading::UnknownFile => {
                format!("the compiler does not say which file calls, so it was read as `{here}`")
            }
        });
        let Some((written, other)) = self.other_reading(path) else {
            return self.suggest(path, diagnostic);
        };
        let is_there = other.is_dir();
        let diagnostic = diagnostic.note(format!(
            "`{written}` would be read from the {}: `{}`, which {}",
            match self.reading {
                Reading::CrateRoot => "folder of the calling file",
                Reading::CallingFile | Reading::UnknownFile => "crate root",
            },
            place(caller, other),
            if is_there {
                "is there"
            } else {
                "is not there either"
            }
        ));
        if is_there {
            diagnostic.help(format!("did you mean `{written}`?"))
        } else {
            self.suggest(path, diagnostic)
        }
    }

    /// Returns how the same name is written to be read the other way, and where that is.
    fn other_reading(&self, path: &str) -> Option<(String, &Path)> {
        let other = self.other.as_deref()?;
        if path.starts_with("..") || Path::new(path).is_absolute() {
            return None;
        }
        let written = match self.reading {
            Reading::CrateRoot => format!("./{path}"),
            Reading::CallingFile | Reading::UnknownFile => {
                path.strip_prefix("./").unwrap_or(path).to_owned()
            }
        };
        Some((written, other))
    }

    fn suggest(&self, path: &str, diagnostic: Diagnostic) -> Diagnostic {
        let Some(name) = self.similar() else {
            return diagnostic;
        };
        let parent = path.trim_end_matches('/').rfind('/');
        let parent = parent.and_then(|slash| path.get(..=slash));
        diagnostic.help(format!(
            "did you mean `{}{name}`?",
            parent.unwrap_or_default()
        ))
    }

    /// Finds a folder beside the missing one whose name is much like its own.
    fn similar(&self) -> Option<String> {
        let wanted = self.root.file_name()?.to_str()?;
        let mut names: Vec<String> = self
            .root
            .parent()?
            .read_dir()
            .ok()?
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        closest(wanted, names.iter().map(String::as_str)).map(str::to_owned)
    }
}

/// Returns a path as messages show it.
fn place(caller: &Caller, path: &Path) -> String {
    shown(caller, path).unwrap_or_else(|| slashes(&clean(path)))
}

/// Returns the path as rustc's own messages show it: relative to its working directory, or to the
/// crate root; `None` for a folder that is below neither.
pub(crate) fn shown(caller: &Caller, path: &Path) -> Option<String> {
    let path = clean(path);
    // A compiler that works in the root of the file system says nothing about the project.
    let workspace = Some(caller.working_directory.as_path())
        .filter(|folder| folder.parent().is_some() && caller.crate_root.starts_with(folder));
    let relative = workspace
        .and_then(|folder| path.strip_prefix(folder).ok())
        .or_else(|| path.strip_prefix(&caller.crate_root).ok())?;
    Some(if relative.as_os_str().is_empty() {
        ".".to_owned()
    } else {
        slashes(relative)
    })
}

fn is_relative_to_file(path: &str) -> bool {
    let mut components = Path::new(path).components();
    matches!(
        components.next(),
        Some(Component::CurDir | Component::ParentDir)
    )
}

/// Resolves `.` and `..` by their letters, as a reader does.
pub(crate) fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if cleaned.file_name().is_some() => {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}

/// Resolves `..` by its letters unless a symbolic link makes that another place.
fn clean_if_same(path: PathBuf) -> PathBuf {
    let cleaned = clean(&path);
    match (path.canonicalize(), cleaned.canonicalize()) {
        (Ok(real), Ok(guess)) if real != guess => path,
        (Ok(_), Err(_)) => path,
        _ => cleaned,
    }
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::{Location, clean, locate};
    use crate::caller::Caller;
    use samokoder_migrate_core::{
        Diagnostic,
        diagnostic::{Style, render},
        disk,
    };
    use std::path::{Path, PathBuf};

    fn caller(file: Option<&str>) -> Caller {
        Caller {
            crate_root: "/w/crates/db".into(),
            working_directory: "/w".into(),
            file: file.map(PathBuf::from),
            ..Caller::default()
        }
    }

    fn found(caller: &Caller, path: &str) -> (String, String) {
        let Location { root, display, .. } = locate(caller, path);
        (root.to_str().unwrap().to_owned(), display)
    }

    #[test]
    fn a_bare_path_is_relative_to_the_crate_root() {
        assert_eq!(
            found(&caller(Some("/w/crates/db/src/lib.rs")), "migrations/"),
            (
                "/w/crates/db/migrations".into(),
                "crates/db/migrations".into()
            )
        );
    }

    #[test]
    fn a_dotted_path_is_relative_to_the_calling_file() {
        let caller = caller(Some("/w/crates/db/src/store/mod.rs"));
        assert_eq!(
            found(&caller, "./migrations"),
            (
                "/w/crates/db/src/store/migrations".into(),
                "crates/db/src/store/migrations".into()
            )
        );
        assert_eq!(found(&caller, "../../sql").1, "crates/db/sql");
    }

    #[test]
    fn a_folder_outside_is_shown_as_it_is_written() {
        let mut caller = caller(Some("/elsewhere/tests/ui/case.rs"));
        caller.working_directory = "/w/crates/db".into();
        assert_eq!(
            found(&caller, "./case/sql"),
            ("/elsewhere/tests/ui/case/sql".into(), "case/sql".into())
        );
        assert_eq!(found(&caller, "/srv/sql").1, "/srv/sql");
        assert_eq!(found(&caller, "migrations").1, "migrations");
    }

    #[test]
    fn without_a_calling_file_the_crate_is_searched() {
        let mut caller = caller(None);
        caller.crate_root = env!("CARGO_MANIFEST_DIR").into();
        caller.working_directory = caller.crate_root.clone();
        assert_eq!(
            locate(&caller, "./../src").root,
            caller.crate_root.join("src")
        );
        assert_eq!(locate(&caller, "./tests").display, "tests");
    }

    fn missing(caller: &Caller, path: &str) -> Diagnostic {
        let location = locate(caller, path);
        let missing = disk::read(&location.root, &location.display).unwrap_err();
        location.missing(caller, path, &missing)
    }

    #[test]
    fn a_missing_folder_shows_both_readings() {
        let mut caller = caller(Some("/w/crates/db/src/lib.rs"));
        let show = |caller: &Caller, path: &str| render(&missing(caller, path), Style::Plain);
        insta::assert_snapshot!(show(&caller, "migrations"));
        insta::assert_snapshot!(show(&caller, "./migrations"));
        caller.file = None;
        insta::assert_snapshot!(show(&caller, "../migrations"));
    }

    #[test]
    fn a_missing_folder_names_the_one_that_is_meant() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let caller = Caller {
            file: Some(root.join("src/lib.rs")),
            working_directory: root.clone(),
            crate_root: root,
            ..Caller::default()
        };
        let help = |path: &str| missing(&caller, path).help_lines().join("\n");
        assert_eq!(help("./src"), "did you mean `src`?");
        assert_eq!(help("./../srcs/"), "did you mean `./../src`?");
        assert_eq!(help("elephants"), "");
        assert_eq!(
            missing(&caller, "Cargo.toml").message(),
            "`Cargo.toml` is not a folder"
        );
    }

    #[test]
    fn dots_are_resolved_by_their_letters() {
        assert_eq!(clean(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(clean(Path::new("../a/..")), Path::new(".."));
    }
}
