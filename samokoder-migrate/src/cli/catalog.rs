//! The catalog at a revision: what the checks know of the schema there.

use samokoder_migrate_core::{
    Code, Version,
    catalog::{Catalog, Picture},
    check::{Options, replay},
    folder::Folder,
    layout::{self, Found},
};

use super::stop::Stop;

/// Returns the catalog at a revision: `head`, `base`, a version, a label or a name.
pub(super) fn at(migrations: &Folder, options: &Options, revision: &str) -> Result<Picture, Stop> {
    let found = layout::read(migrations).found;
    let Some(last) = position(&found, revision)? else {
        return Ok(Catalog::new(options).listing());
    };
    let mut picture = Picture::default();
    let mut index = 0;
    replay(migrations, options, |_, catalog| {
        if index == last {
            picture = catalog.listing();
        }
        index += 1;
    });
    Ok(picture)
}

/// Returns the index of the migration that leads to a revision; `None` is base.
fn position(found: &[Found], revision: &str) -> Result<Option<usize>, Stop> {
    match revision {
        "base" | "Base" => return Ok(None),
        "head" | "Head" => return Ok(found.len().checked_sub(1)),
        _ => {}
    }
    let only = |wanted: &dyn Fn(&Found) -> bool| {
        let mut positions = (0..).zip(found).filter(|(_, found)| wanted(found));
        match (positions.next(), positions.next()) {
            (Some((position, _)), None) => Some(position),
            _ => None,
        }
    };
    let version: Option<Version> = revision.parse().ok();
    version
        .and_then(|version| only(&|found| found.version == version))
        .or_else(|| only(&|found| found.label == revision))
        .or_else(|| only(&|found| found.name == revision))
        .map(Some)
        .ok_or_else(|| unknown(found, revision))
}

fn unknown(found: &[Found], revision: &str) -> Stop {
    let stop = Stop::usage(format!(
        "[{}] no single revision is called `{revision}`; give `head`, `base`, a version or a name",
        Code::UnknownRevision
    ));
    match found {
        [] => stop,
        [only] => stop.help(format!("there is {}", only.label)),
        [first, .., last] => stop.help(format!("there are {} to {}", first.label, last.label)),
    }
}
