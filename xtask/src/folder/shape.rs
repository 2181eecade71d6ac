//! Which shape a folder has, found by looking.

use std::collections::{BTreeMap, BTreeSet};

use samokoder_migrate_core::folder::{Content, Entry, Folder, is_ignored};

use super::{
    Back, FORWARD_ONLY, NO_TRANSACTION, Project, Script, build, finish, is_sql, marked, names,
    template,
};

/// What upgrades and downgrades end in, besides the pairs that the checks read themselves.
const PAIRS: [(&str, &str); 6] = [
    ("-up.sql", "-down.sql"),
    ("_up.sql", "_down.sql"),
    (".do.sql", ".undo.sql"),
    (".sql", ".down.sql"),
    (".sql", ".undo.sql"),
    (".sql", ".rollback.sql"),
];

/// What other tools' scripts say in their first line to run outside a transaction.
const OUTSIDE: [&str; 2] = ["no-transaction", "postgres-migrations disable-transaction"];

/// Reads files that are directly in a folder.
pub(super) fn files(name: &str, folder: &Folder) -> Project {
    let mut notes = Vec::new();
    for entry in folder.top() {
        let is_versioned = entry.name().starts_with(|c: char| c.is_ascii_digit());
        if is_versioned && !is_sql(entry.name()) && !entry.is_folder() {
            notes.push(format!("`{}` is no SQL: left out", entry.path));
        }
    }
    let texts = texts(folder.top(), &mut notes);
    let named = |suffix: &str| texts.keys().any(|name| name.ends_with(suffix));
    let is_versioned = texts.keys().any(|name| flyway(name).is_some());
    if texts.values().any(|text| marked::split(text).is_some()) {
        return with_markers(name, texts, notes);
    }
    if named(".up.sql") || is_versioned && named(".down.sql") {
        let back = if named(".down.sql") {
            Back::Written
        } else {
            Back::Nowhere
        };
        return as_they_are(name, folder, texts, notes, back);
    }
    if is_versioned {
        return versioned(name, texts, notes);
    }
    let pair = PAIRS.iter().find(|(up, down)| {
        texts.keys().any(|name| {
            let up = name.strip_suffix(down).map(|stem| format!("{stem}{up}"));
            up.is_some_and(|up| texts.contains_key(&up))
        })
    });
    if let Some((up, down)) = pair {
        return pairs(name, &texts, notes, up, down);
    }
    let scripts = texts.into_iter().map(|(name, text)| Script {
        origin: stem(&name).to_owned(),
        up: text,
        down: None,
    });
    build(name, scripts.collect(), notes, Back::Nowhere)
}

/// Reads diesel's folders, which stay as they are.
pub(super) fn folders(name: &str, folder: Folder) -> Project {
    let has_down = folder
        .entries()
        .iter()
        .any(|entry| entry.name() == "down.sql");
    let mut folder = folder;
    let mut notes = Vec::new();
    let ups: Vec<Entry> = folder
        .entries()
        .iter()
        .filter(|entry| entry.name() == "up.sql")
        .cloned()
        .collect();
    for entry in ups {
        if let Some((_, text)) = text(&entry, &mut notes) {
            folder = folder.file(&entry.path, text);
        }
        if !has_down {
            let path = entry.path.replace("up.sql", "down.sql");
            folder = folder.file(path, FORWARD_ONLY);
        }
    }
    finish(name, folder, notes, BTreeMap::new())
}

/// Reads folders with one script each, which has no way back.
pub(super) fn single_files(name: &str, folder: &Folder, file: &str) -> Project {
    let mut notes = Vec::new();
    let scripts = folder
        .entries()
        .iter()
        .filter(|entry| entry.name() == file)
        .filter_map(|entry| {
            let (path, text) = text(entry, &mut notes)?;
            Some(Script {
                origin: path.split('/').next()?.to_owned(),
                up: text,
                down: None,
            })
        })
        .collect();
    build(name, scripts, notes, Back::Nowhere)
}

fn with_markers(name: &str, texts: BTreeMap<String, String>, mut notes: Vec<String>) -> Project {
    let mut scripts = Vec::new();
    for (file, text) in texts {
        let Some(halves) = marked::split(&text) else {
            notes.push(format!("`{file}` has no marker: left out"));
            continue;
        };
        for annotation in halves.unknown {
            notes.push(format!("`{file}`: `{annotation}` is passed over"));
        }
        scripts.push(Script {
            origin: stem(&file).to_owned(),
            up: halves.up,
            down: halves.down,
        });
    }
    let back = if scripts.iter().any(|script| script.down.is_some()) {
        Back::Written
    } else {
        Back::Nowhere
    };
    build(name, scripts, notes, back)
}

/// Keeps the names that the checks read themselves.
fn as_they_are(
    name: &str,
    folder: &Folder,
    texts: BTreeMap<String, String>,
    notes: Vec<String>,
    back: Back,
) -> Project {
    let others = folder.entries().iter().filter(|entry| !is_sql(&entry.path));
    let mut built = others.fold(Folder::new("migrations"), |built, entry| {
        match &entry.content {
            Content::File(bytes) => built.file(&entry.path, bytes.clone()),
            _ => built,
        }
    });
    for (file, text) in texts {
        if let (Back::Nowhere, Some(stem)) = (back, file.strip_suffix(".up.sql")) {
            built = built.file(format!("{stem}.down.sql"), FORWARD_ONLY);
        }
        built = built.file(file, text);
    }
    finish(name, built, notes, BTreeMap::new())
}

/// Reads Flyway's and refinery's files: `V1.2__name.sql`, `U1.2__name.sql` for the way back.
fn versioned(name: &str, texts: BTreeMap<String, String>, mut notes: Vec<String>) -> Project {
    let mut ups = Vec::new();
    let mut downs = BTreeMap::new();
    for (file, text) in texts {
        match flyway(&file) {
            Some(('V', version, what)) => ups.push((version.to_owned(), what.to_owned(), text)),
            Some(('U', version, _)) => {
                downs.insert(version.to_owned(), text);
            }
            _ => notes.push(format!("`{file}` has no version: left out")),
        }
    }
    let back = if downs.is_empty() {
        Back::Nowhere
    } else {
        Back::Written
    };
    ups.sort_by(|a, b| names::natural(&a.0, &b.0));
    let scripts = ups
        .into_iter()
        .map(|(version, what, up)| Script {
            down: downs.remove(&version),
            origin: format!("{version}__{what}"),
            up,
        })
        .collect();
    for version in downs.keys() {
        notes.push(format!("`U{version}__…` takes back no upgrade"));
    }
    build(name, scripts, notes, back)
}

fn pairs(
    name: &str,
    texts: &BTreeMap<String, String>,
    mut notes: Vec<String>,
    up: &str,
    down: &str,
) -> Project {
    let stems: BTreeSet<String> = texts
        .keys()
        .filter(|file| !file.ends_with(down))
        .filter_map(|file| Some(file.strip_suffix(up)?.to_owned()))
        .collect();
    for file in texts.keys() {
        let stem = file.strip_suffix(down).or_else(|| file.strip_suffix(up));
        if !stem.is_some_and(|stem| stems.contains(stem)) {
            notes.push(format!("`{file}` belongs to no migration"));
        }
    }
    let scripts = stems
        .into_iter()
        .map(|stem| Script {
            up: texts
                .get(&format!("{stem}{up}"))
                .cloned()
                .unwrap_or_default(),
            down: texts.get(&format!("{stem}{down}")).cloned(),
            origin: stem,
        })
        .collect();
    build(name, scripts, notes, Back::Written)
}

/// Reads the scripts among entries, by path; templates are filled.
fn texts<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    notes: &mut Vec<String>,
) -> BTreeMap<String, String> {
    entries
        .filter(|entry| is_sql(&entry.path) && !is_ignored(entry.name()) && !entry.is_folder())
        .filter_map(|entry| text(entry, notes))
        .collect()
}

fn text(entry: &Entry, notes: &mut Vec<String>) -> Option<(String, String)> {
    let path = &entry.path;
    let Content::File(bytes) = &entry.content else {
        notes.push(format!("`{path}` cannot be read: left out"));
        return None;
    };
    let Ok(text) = str::from_utf8(bytes) else {
        notes.push(format!("`{path}` is not UTF-8 text: left out"));
        return None;
    };
    match template::fill(text) {
        Ok(text) => Some((path.clone(), said_outside(&text).unwrap_or(text))),
        Err(action) => {
            notes.push(format!("`{path}` is a template, `{action}`: left out"));
            None
        }
    }
}

/// Writes as a directive what another tool's script says in its first line.
fn said_outside(text: &str) -> Option<String> {
    let (first, rest) = text.split_once('\n')?;
    let comment = first.trim_start_matches('\u{feff}').trim();
    let said = comment.strip_prefix("--")?.trim();
    OUTSIDE
        .contains(&said)
        .then(|| format!("{NO_TRANSACTION}\n{rest}"))
}

fn flyway(file: &str) -> Option<(char, &str, &str)> {
    let (head, what) = file.strip_suffix(".sql")?.split_once("__")?;
    let kind = head.chars().next()?.to_ascii_uppercase();
    let version = head.get(1..)?;
    let is_version = !version.is_empty()
        && version
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'));
    (matches!(kind, 'V' | 'U') && is_version).then_some((kind, version, what))
}

fn stem(file: &str) -> &str {
    file.get(..file.len().saturating_sub(".sql".len()))
        .unwrap_or(file)
}
