//! Real projects' migrations as a folder in memory, whatever tool they are written for.
//!
//! What the checks read themselves stays as it is on disk. The rest is rewritten: one file with
//! markers becomes two, the other half blanked so that each line stays where it is; what has no way
//! back says so. What cannot be represented is noted, never dropped in silence.

mod marked;
mod names;
mod shape;
mod template;

use std::{collections::BTreeMap, path::Path};

use samokoder_migrate_core::{
    disk,
    folder::{Content, Entry, Folder},
    layout,
};

use crate::Result;

/// What a migration without a way back says.
const FORWARD_ONLY: &str = "-- samokoder: irreversible \"forward only\"\n";
const NO_TRANSACTION: &str = "-- samokoder: no-transaction";

/// A history of migrations, in the form that the checks read.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder's name; with `/` and a part where a folder holds several histories.
    pub(crate) name: String,
    pub(crate) folder: Folder,
    /// What is not represented, and why.
    pub(crate) notes: Vec<String>,
    /// The original names, by label, of the migrations whose labels had to differ.
    origins: BTreeMap<String, String>,
}

/// Reads the histories below a project's folder of migrations.
pub(crate) fn read(name: &str, path: &Path) -> Result<Vec<Project>> {
    let listed =
        |path: &Path| disk::read(path, "migrations").map_err(|missing| missing.to_string());
    let folder = listed(path)?;
    let inner: Vec<String> = folder
        .top()
        .filter(|entry| entry.is_folder())
        .map(|entry| entry.path.clone())
        .collect();
    let found = projects(name, folder);
    if !found.is_empty() {
        return Ok(found);
    }
    // A folder for each database or part, and a folder for each migration in it.
    let mut deeper = Vec::new();
    for part in inner {
        deeper.extend(projects(
            &format!("{name}/{part}"),
            listed(&path.join(&part))?,
        ));
    }
    if deeper.is_empty() {
        return Err(format!("{}: no scripts are found", path.display()).into());
    }
    Ok(deeper)
}

impl Project {
    #[cfg(test)]
    pub(crate) fn of(name: &str, folder: Folder) -> Self {
        finish(name, folder, Vec::new(), BTreeMap::new())
    }

    /// Returns the name that a migration has in its project.
    pub(crate) fn origin<'a>(&'a self, label: &'a str) -> &'a str {
        self.origins.get(label).map_or(label, String::as_str)
    }

    /// Returns the label of the migration that a path shown in a message belongs to.
    pub(crate) fn label_of<'a>(&self, shown: &'a str) -> &'a str {
        label_of(&self.folder, shown)
    }

    /// Returns the project without some of its migrations.
    pub(crate) fn without(&self, labels: &[String]) -> Folder {
        without(&self.folder, labels)
    }
}

/// Returns a project's folder without some of its migrations, and all that belongs to them.
pub(crate) fn without(folder: &Folder, labels: &[String]) -> Folder {
    let stays = |entry: &&Entry| {
        let label = label_of(folder, &entry.path);
        !labels.iter().any(|other| other == label)
    };
    let display = Folder::new(folder.display());
    folder
        .entries()
        .iter()
        .filter(stays)
        .fold(display, |rest, entry| match &entry.content {
            Content::File(bytes) => rest.file(&entry.path, bytes.clone()),
            Content::Folder => rest.folder(&entry.path),
            Content::Unreadable(why) => rest.unreadable(&entry.path, why),
            _ => rest.unread(&entry.path),
        })
}

fn label_of<'a>(folder: &Folder, shown: &'a str) -> &'a str {
    let path = shown
        .strip_prefix(folder.display())
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(shown);
    match path.split_once('/') {
        Some((label, _)) => label,
        None => [".up.sql", ".down.sql", ".sql"]
            .iter()
            .find_map(|suffix| path.strip_suffix(suffix))
            .unwrap_or(path),
    }
}

/// One migration as it is read, before it has the names that the checks want.
#[derive(Debug, Default)]
struct Script {
    /// What the project calls it.
    origin: String,
    up: String,
    /// The way back; `None` where there is none.
    down: Option<String>,
}

fn projects(name: &str, folder: Folder) -> Vec<Project> {
    let has_sql = |entry: &&Entry| is_sql(entry.name()) && !entry.is_folder();
    let files = folder.top().filter(has_sql).count();
    // A folder for each migration may have a stray script beside them, and the reverse.
    let holds = |file: &str| {
        let inner = folder.entries().iter();
        let found = inner.filter(|entry| entry.path.contains('/') && entry.name() == file);
        found.count() > files
    };
    if holds("up.sql") {
        return vec![shape::folders(name, folder)];
    }
    if holds("migration.sql") {
        return vec![shape::single_files(name, &folder, "migration.sql")];
    }
    if files > 0 {
        let mut project = shape::files(name, &folder);
        for inner in folder.top().filter(|entry| entry.is_folder()) {
            let scripts = folder.inside(&inner.path).filter(has_sql).count();
            if scripts > 0 {
                let path = &inner.path;
                let note = format!("`{path}/` is beside migrations: its {scripts} are not read");
                project.notes.push(note);
            }
        }
        return vec![project];
    }
    let mut found = Vec::new();
    for inner in folder.top().filter(|entry| entry.is_folder()) {
        let files = folder.inside(&inner.path).filter(has_sql).fold(
            Folder::new("migrations"),
            |part, entry| match &entry.content {
                Content::File(bytes) => part.file(entry.name(), bytes.clone()),
                Content::Unreadable(why) => part.unreadable(entry.name(), why),
                _ => part.unread(entry.name()),
            },
        );
        if !files.entries().is_empty() {
            found.push(shape::files(&format!("{name}/{}", inner.path), &files));
        }
    }
    found
}

/// Gives scripts the names that the checks want; `None` for a way back means that none is written.
fn build(name: &str, scripts: Vec<Script>, mut notes: Vec<String>, back: Back) -> Project {
    let origins: Vec<&str> = scripts.iter().map(|script| &*script.origin).collect();
    let labels = names::labels(&origins);
    if labels.is_numbered {
        notes.push("versions are not numbers of their own: numbered in order of name".to_owned());
    }
    let mut folder = Folder::new("migrations");
    let mut renamed = BTreeMap::new();
    for (script, label) in scripts.into_iter().zip(labels.labels) {
        folder = folder.file(format!("{label}.up.sql"), script.up);
        let down = match back {
            Back::Written => script.down,
            Back::Nowhere => Some(FORWARD_ONLY.to_owned()),
        };
        if let Some(down) = down {
            folder = folder.file(format!("{label}.down.sql"), down);
        }
        if label != script.origin {
            renamed.insert(label, script.origin);
        }
    }
    finish(name, folder, notes, renamed)
}

/// Notes what the checks' own listing does not see as a migration.
fn finish(
    name: &str,
    folder: Folder,
    mut notes: Vec<String>,
    origins: BTreeMap<String, String>,
) -> Project {
    let found = layout::read(&folder).found;
    for entry in folder.entries().iter().filter(|entry| is_sql(entry.name())) {
        let is_used = found
            .iter()
            .any(|found| found.upgrade == entry.path || found.downgrade_path == entry.path);
        if !is_used {
            notes.push(format!("`{}` belongs to no migration", entry.path));
        }
        if let Content::Unreadable(why) = &entry.content {
            notes.push(format!("`{}` cannot be read: {why}", entry.path));
        }
    }
    Project {
        name: name.to_owned(),
        folder,
        notes,
        origins,
    }
}

/// Whether a project writes ways back at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Back {
    Written,
    Nowhere,
}

fn is_sql(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
}

#[cfg(test)]
mod tests;
