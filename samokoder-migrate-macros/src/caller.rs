//! Who calls the macro: the one place that reads the environment.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The variable by which a build script says what it watches.
pub(crate) const WATCH: &str = "SAMOKODER_MIGRATE_WATCH";

/// What the compiler and cargo say about the crate that calls the macro.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    /// The crate root: the folder of its `Cargo.toml`.
    pub(crate) crate_root: PathBuf,
    /// The compiler's working directory, which its own messages are relative to.
    pub(crate) working_directory: PathBuf,
    /// The file that the call is written in, if the compiler says so.
    pub(crate) file: Option<PathBuf>,
    /// Whether cargo drives the build, and if so what the build script says it watches.
    pub(crate) build: Build,
}

/// What drives the build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Build {
    /// Something that tracks its inputs itself.
    #[default]
    Other,
    /// Cargo, with the value of [`WATCH`], if the build script sets it.
    Cargo(Option<String>),
}

impl Caller {
    /// Reads the environment; `file` is the local file of the call's span.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        let working_directory = env::current_dir().unwrap_or_default();
        let crate_root = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| working_directory.clone(), PathBuf::from);
        let build = match env::var_os("CARGO") {
            Some(_) => Build::Cargo(env::var(WATCH).ok()),
            None => Build::Other,
        };
        Self {
            file: file.and_then(|file| existing(&file, &working_directory, &crate_root)),
            crate_root,
            working_directory,
            build,
        }
    }
}

/// Makes the compiler's path absolute: it is relative to its working directory, but an editor's
/// macro server may have another one, below or above the workspace root.
fn existing(file: &Path, working_directory: &Path, crate_root: &Path) -> Option<PathBuf> {
    std::iter::once(working_directory)
        .chain(crate_root.ancestors())
        .map(|base| base.join(file))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::Caller;
    use std::path::PathBuf;

    #[test]
    fn finds_the_calling_file_from_any_working_directory() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let from_workspace = PathBuf::from("samokoder-migrate-macros/src/caller.rs");
        assert_eq!(
            Caller::new(Some(from_workspace)).file,
            Some(
                root.parent()
                    .unwrap()
                    .join("samokoder-migrate-macros/src/caller.rs")
            )
        );
        assert_eq!(Caller::new(Some("src/gone.rs".into())).file, None);
        assert_eq!(Caller::new(None).crate_root, root);
    }
}
