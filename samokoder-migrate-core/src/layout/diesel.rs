//! Diesel's folders: `V_name/up.sql`, `V_name/down.sql` and perhaps `V_name/metadata.toml`.
//!
//! Files beside the folders are passed over, as diesel does.

use super::{
    Found, FoundDowngrade, Listing, duplicates, hint, is_passed_over, metadata,
    name::{self, next_version},
    unreadable, version_range,
};
use crate::{
    Code, Diagnostic,
    folder::{Content, Entry, Folder, escape},
    near,
};

const UP: &str = "up.sql";
const DOWN: &str = "down.sql";

/// Returns a file that has this layout's form.
pub(super) fn example(folder: &Folder) -> Option<String> {
    let mut folders = folder.top().filter(|entry| entry.is_folder());
    folders.find_map(|entry| {
        let _version = name::diesel_stem(entry.name())?;
        let file = file(folder, entry, UP).or_else(|| file(folder, entry, DOWN))?;
        Some(file.path.clone())
    })
}

/// Lists the migrations.
pub(super) fn read(folder: &Folder) -> Listing {
    let mut listing = Listing::default();
    for entry in folder.top() {
        let version = name::diesel_stem(entry.name());
        if !entry.is_folder() {
            if version.is_some() {
                listing.findings.extend(unreadable(folder, entry));
            }
            continue;
        }
        match version {
            Some(Ok(stem)) => migration(folder, entry, stem, &mut listing),
            Some(Err(_)) => listing.findings.push(version_range(folder, &entry.path)),
            None if file(folder, entry, UP).is_some() => {
                listing.findings.push(misfit(folder, entry));
            }
            None => {}
        }
    }
    let twice = duplicates(folder, &listing.found);
    listing.findings.extend(twice);
    listing
}

fn file<'a>(folder: &'a Folder, inside: &Entry, name: &str) -> Option<&'a Entry> {
    folder
        .get(&format!("{}/{name}", inside.path))
        .filter(|entry| !entry.is_folder())
}

fn migration(folder: &Folder, entry: &Entry, stem: name::Stem, listing: &mut Listing) {
    let (up, down) = (file(folder, entry, UP), file(folder, entry, DOWN));
    let Some(up) = up else {
        listing.findings.push(no_upgrade(folder, entry, down));
        return;
    };
    let near = if down.is_some() {
        None
    } else {
        near_file(folder, entry, DOWN)
    };
    listing
        .findings
        .extend(near.map(|near| misnamed(folder, near, DOWN)));
    let (transaction, findings) = metadata::read(folder, &format!("{}/metadata.toml", entry.path));
    listing.findings.extend(findings);
    listing.found.push(Found {
        version: stem.version,
        name: stem.name,
        label: entry.name().to_owned(),
        upgrade: up.path.clone(),
        downgrade: match (down, near) {
            (Some(_), _) => FoundDowngrade::There,
            (None, Some(_)) => FoundDowngrade::Misnamed,
            (None, None) => FoundDowngrade::Missing,
        },
        downgrade_path: format!("{}/{DOWN}", entry.path),
        transaction,
    });
}

fn no_upgrade(folder: &Folder, entry: &Entry, down: Option<&Entry>) -> Diagnostic {
    if let Some(near) = near_file(folder, entry, UP) {
        return misnamed(folder, near, UP);
    }
    let path = &entry.path;
    if let Some(down) = down {
        return Diagnostic::new(
            Code::OrphanDowngrade,
            format!("`{}` has no upgrade `{path}/{UP}`", down.path),
        )
        .in_path(folder.shown(&down.path))
        .help(format!("write `{path}/{UP}`, or remove the folder"));
    }
    Diagnostic::new(Code::FileName, format!("`{path}` holds no `{UP}`"))
        .in_path(folder.shown(path))
        .help(format!(
            "write `{path}/{UP}` and `{path}/{DOWN}`, or remove the folder"
        ))
}

/// Finds a file in a migration's folder that was meant to have a name.
fn near_file<'a>(folder: &'a Folder, inside: &Entry, wanted: &str) -> Option<&'a Entry> {
    let files = || {
        folder.inside(&inside.path).filter(|entry| {
            let name = entry.name();
            !matches!(entry.content, Content::Folder)
                && ![UP, DOWN].contains(&name)
                && !is_passed_over(name)
        })
    };
    let stem = wanted.strip_suffix(".sql").unwrap_or(wanted);
    let grade = format!("{stem}grade.sql");
    let name = near::closest(wanted, files().map(Entry::name)).or_else(|| {
        files()
            .map(Entry::name)
            .find(|name| name.eq_ignore_ascii_case(&grade))
    })?;
    files().find(|entry| entry.name() == name)
}

fn misnamed(folder: &Folder, entry: &Entry, wanted: &str) -> Diagnostic {
    Diagnostic::new(
        Code::FileName,
        format!("`{}` is not called `{wanted}`", escape(&entry.path)),
    )
    .in_path(folder.shown(&entry.path))
    .help(format!("rename it to `{wanted}`"))
}

fn misfit(folder: &Folder, entry: &Entry) -> Diagnostic {
    let versions = folder
        .top()
        .filter(|entry| entry.is_folder())
        .filter_map(|entry| Some((entry.name(), name::diesel_stem(entry.name())?.ok()?.version)));
    let last = versions.max_by_key(|(_, version)| *version);
    let next = last.and_then(|(label, version)| next_version(label, version));
    let next = next.map_or_else(|| "001".to_owned(), |(text, _)| text);
    hint::folder(entry.name(), &next).finding(folder, &entry.path)
}
