//! Whether the build script watches the folders: an added file is noticed in no other way.

use std::path::{Path, PathBuf};

use samokoder_migrate_core::{Code, Diagnostic};

use crate::{
    caller::{Build, Caller, WATCH},
    locate,
};

/// Warns about folders that the crate's build script does not say it watches.
pub(crate) fn unwatched(caller: &Caller, folders: &[&Path]) -> Option<Diagnostic> {
    let Build::Cargo(watch) = &caller.build else {
        return None;
    };
    let watched: Vec<PathBuf> = watch
        .iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(|path| real(&caller.crate_root.join(path)))
        .collect();
    let missed: Vec<String> = folders
        .iter()
        .filter(|folder| {
            let folder = real(folder);
            !watched.iter().any(|path| folder.starts_with(path))
        })
        .map(|folder| format!("`{}`", from_crate_root(caller, folder)))
        .collect();
    if missed.is_empty() {
        return None;
    }
    let is_inside_another = |folder: &Path| {
        let mut others = folders.iter().filter(|other| **other != folder);
        others.any(|other| folder.starts_with(other))
    };
    let names: Vec<String> = folders
        .iter()
        .filter(|folder| !is_inside_another(folder))
        .map(|folder| from_crate_root(caller, folder))
        .collect();
    let mut script = String::from("write into `build.rs`, beside `Cargo.toml`:\nfn main() {\n");
    for name in &names {
        script.push_str(&format!(
            "    println!(\"cargo::rerun-if-changed={name}\");\n"
        ));
    }
    script.push_str(&format!(
        "    println!(\"cargo::rustc-env={WATCH}={}\");\n}}",
        names.join(",")
    ));
    Some(
        Diagnostic::new(
            Code::NotWatched,
            format!(
                "cargo does not watch {}, so a file that is added or deleted goes unnoticed",
                missed.join(" and ")
            ),
        )
        .help(script),
    )
}

/// Writes a folder as a build script does, whose working directory is the crate root.
fn from_crate_root(caller: &Caller, folder: &Path) -> String {
    let root = real(&caller.crate_root);
    let folder = real(folder);
    let mut up = String::new();
    for base in root.ancestors() {
        if let Ok(rest) = folder.strip_prefix(base) {
            let path = up + &rest.to_string_lossy().replace('\\', "/");
            return if path.is_empty() {
                ".".to_owned()
            } else {
                path
            };
        }
        up.push_str("../");
    }
    folder.to_string_lossy().into_owned()
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| locate::clean(path))
}

#[cfg(test)]
mod tests {
    use super::unwatched;
    use crate::caller::{Build, Caller};
    use samokoder_migrate_core::diagnostic::{Style, render};
    use std::path::Path;

    fn warning(watch: Option<&str>, folders: &[&str]) -> Option<String> {
        let caller = Caller {
            crate_root: "/w/db".into(),
            build: Build::Cargo(watch.map(str::to_owned)),
            ..Caller::default()
        };
        let folders: Vec<&Path> = folders.iter().map(Path::new).collect();
        unwatched(&caller, &folders).map(|diagnostic| render(&diagnostic, Style::Plain))
    }

    #[test]
    fn a_missing_line_is_told_with_the_lines_to_write() {
        insta::assert_snapshot!(warning(None, &["/w/db/migrations", "/w/db/seeds"]).unwrap());
    }

    #[test]
    fn a_folder_that_the_lines_forget_is_told() {
        insta::assert_snapshot!(
            warning(Some("migrations"), &["/w/db/migrations", "/w/sql/seeds"]).unwrap()
        );
    }

    #[test]
    fn a_folder_inside_another_needs_no_line_of_its_own() {
        let text = warning(None, &["/w/db/sql", "/w/db/sql/seeds"]).unwrap();
        assert!(text.contains("WATCH=sql\""), "{text}");
    }

    #[test]
    fn watched_folders_are_quiet() {
        assert_eq!(
            warning(
                Some(" migrations , seeds,"),
                &["/w/db/migrations", "/w/db/seeds"]
            ),
            None
        );
        assert_eq!(
            warning(Some("./sql"), &["/w/db/sql/migrations", "/w/db/sql/seeds"]),
            None
        );
        assert_eq!(warning(Some("../migrations"), &["/w/migrations"]), None);
    }

    #[test]
    fn other_build_systems_are_not_told_about_cargo() {
        let caller = Caller {
            crate_root: "/w/db".into(),
            ..Caller::default()
        };
        assert_eq!(unwatched(&caller, &[Path::new("/w/db/migrations")]), None);
    }
}
