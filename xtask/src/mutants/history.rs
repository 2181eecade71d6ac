//! A project's real history, as far as the server takes it.

use std::{collections::BTreeSet, path::Path};

use samokoder_migrate_core::{
    SourceFile, Span,
    check::{Options, Profile},
    disk,
    folder::{Content, Folder},
    layout::{self, Found, FoundDowngrade},
    migration::Transaction,
};

use super::{
    source::{Keywords, Source},
    stage::{Act, Script, Stage, Way},
};
use crate::Result;

/// A history whose upgrades all run, one after the other, on an empty database.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) name: String,
    pub(crate) folder: Folder,
    pub(crate) steps: Vec<Step>,
    /// The labels of migrations that the server refuses, which were taken out.
    pub(crate) refused: Vec<String>,
    /// In its upgrades.
    pub(crate) statements: usize,
    pub(crate) keywords: Keywords,
    /// The names that its scripts use, sorted.
    pub(crate) names: Vec<String>,
}

/// One migration.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) up: Script,
    pub(crate) down: Option<Script>,
    /// Whether the downgrade runs and leads back: only such a one is mutated.
    pub(crate) leads_back: bool,
}

impl History {
    /// Reads a corpus, and leaves out what the server refuses; `None` if its layout is not one of ours.
    pub(crate) fn read(name: &str, dir: &Path) -> Result<Option<Self>> {
        let Some(mut folder) = folder(dir)? else {
            return Ok(None);
        };
        let mut stage = Stage::new()?;
        let keywords = stage.keywords()?;
        let (mut steps, mut refused) = (Vec::new(), Vec::new());
        for found in layout::read(&folder).found {
            if let Some(step) = step(&folder, &found, &mut stage)? {
                steps.push(step);
            } else {
                folder = without(&folder, &found.upgrade, Some(&found.downgrade_path));
                refused.push(found.label);
            }
        }
        let mut names = BTreeSet::new();
        let mut statements = 0;
        for step in &steps {
            let source = Source::new(&step.up.text);
            statements += source.statements().len();
            names.extend(
                source
                    .names(&keywords)
                    .into_iter()
                    .map(|at| source.token(at).to_owned()),
            );
        }
        Ok(Some(Self {
            name: name.to_owned(),
            folder,
            steps,
            refused,
            statements,
            keywords,
            names: names.into_iter().collect(),
        }))
    }

    /// Returns what the check is told about this project.
    pub(crate) fn options(&self) -> Options {
        let mut options = Options::default();
        if self.name.starts_with("supabase") {
            options.profile = Some(Profile::Supabase);
        }
        options
    }
}

/// The one place that knows how a corpus becomes a folder.
fn folder(dir: &Path) -> Result<Option<Folder>> {
    let folder = disk::read(&dir.join("migrations"), "migrations")?;
    // Both directions in one file: run as it is, it would undo itself.
    let marked = folder.entries().iter().any(|entry| {
        text(&folder, &entry.path).is_some_and(|text| {
            ["-- +goose", "-- +migrate"]
                .iter()
                .any(|marker| text.contains(marker))
        })
    });
    let known = !marked && !layout::read(&folder).found.is_empty();
    Ok(known.then(|| without_control(folder)))
}

/// Takes BEGIN and COMMIT out of scripts, in which the runner owns the transaction.
fn without_control(folder: Folder) -> Folder {
    let changed: Vec<(String, String)> = folder
        .entries()
        .iter()
        .filter_map(|entry| {
            let text = text(&folder, &entry.path)?;
            let source = Source::new(&text);
            let controls: Vec<(Span, &str)> = source
                .statements()
                .into_iter()
                .filter(|span| is_control(text.get(span.range()).unwrap_or_default()))
                .map(|span| (span, ""))
                .collect();
            let without = (!controls.is_empty()).then(|| source.with(&controls))??;
            Some((entry.path.clone(), without))
        })
        .collect();
    changed
        .into_iter()
        .fold(folder, |folder, (path, text)| folder.file(path, text))
}

fn is_control(statement: &str) -> bool {
    Source::new(statement).is(0, &["begin", "start", "commit", "end", "rollback", "abort"])
}

/// Returns a folder without a migration: its upgrade, its downgrade, and what else its own folder holds.
pub(crate) fn without(folder: &Folder, up: &str, down: Option<&str>) -> Folder {
    let own = up.rsplit_once('/').map(|(own, _)| own);
    let below = own.map(|own| format!("{own}/"));
    folder
        .entries()
        .iter()
        .filter(|entry| {
            entry.path != up
                && Some(entry.path.as_str()) != down
                && Some(entry.path.as_str()) != own
                && !below
                    .as_ref()
                    .is_some_and(|below| entry.path.starts_with(below))
        })
        .fold(Folder::new(folder.display()), |rest, entry| {
            let path = entry.path.clone();
            match &entry.content {
                Content::File(bytes) => rest.file(path, bytes.clone()),
                Content::Folder => rest.folder(path),
                Content::Unreadable(why) => rest.unreadable(path, why.clone()),
                _ => rest.unread(path),
            }
        })
}

/// Takes the stage through a migration; `None` if the server refuses its upgrade.
fn step(folder: &Folder, found: &Found, stage: &mut Stage) -> Result<Option<Step>> {
    let Some(text_of_up) = text(folder, &found.upgrade) else {
        return Ok(None);
    };
    let script = |path: &str, text: String| Script {
        path: path.to_owned(),
        text,
        way: match found.transaction {
            Transaction::Outside => Way::Alone,
            _ => Way::Together,
        },
    };
    let before = stage.look()?;
    let Some(up) = settle(script(&found.upgrade, text_of_up), stage)? else {
        return Ok(None);
    };
    if let Some(refusal) = stage.commit(&up)? {
        return Err(format!("{}: {}", up.path, refusal.message).into());
    }
    let down = match found.downgrade {
        FoundDowngrade::There => text(folder, &found.downgrade_path),
        _ => None,
    };
    let Some(down) = down.map(|text| script(&found.downgrade_path, text)) else {
        return Ok(Some(Step {
            up,
            down: None,
            leads_back: false,
        }));
    };
    let settled = settle(down.clone(), stage)?;
    let leads_back = match &settled {
        None => false,
        Some(down) => {
            let acts = [Act::Run(down), Act::Look, Act::Run(&up)];
            let outcome = stage.try_out(&acts)?;
            outcome.refusal.is_none()
                && outcome
                    .pictures
                    .first()
                    .is_some_and(|after| before.is_restored_by(after))
        }
    };
    Ok(Some(Step {
        up,
        down: Some(settled.unwrap_or(down)),
        leads_back,
    }))
}

/// Finds how a script runs: together, or alone if it says that no transaction may be around it.
fn settle(mut script: Script, stage: &mut Stage) -> Result<Option<Script>> {
    let outcome = stage.try_out(&[Act::Run(&script)])?;
    let Some(refusal) = outcome.refusal else {
        return Ok(Some(script));
    };
    if script.way == Way::Alone || refusal.sqlstate != "25001" {
        return Ok(None);
    }
    script.way = Way::Alone;
    let outcome = stage.try_out(&[Act::Run(&script)])?;
    Ok(outcome.refusal.is_none().then_some(script))
}

/// Returns the text of a file as it runs.
fn text(folder: &Folder, path: &str) -> Option<String> {
    let Content::File(bytes) = &folder.get(path)?.content else {
        return None;
    };
    let text = SourceFile::new("", str::from_utf8(bytes).ok()?);
    Some(text.text().to_owned())
}

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::folder::Folder;

    use super::{without, without_control};

    #[test]
    fn the_transaction_in_a_script_is_taken_out() {
        let folder = Folder::new("m").file("1_a.up.sql", "BEGIN;\nSELECT 1;\nCOMMIT;\n");
        assert_eq!(
            without_control(folder),
            Folder::new("m").file("1_a.up.sql", "\nSELECT 1;\n\n")
        );
    }

    #[test]
    fn a_migration_is_taken_out_with_its_folder() {
        let folder = Folder::new("m")
            .file("1_a/up.sql", "a")
            .file("1_a/down.sql", "a")
            .file("1_a/metadata.toml", "")
            .file("1_ab/up.sql", "b");
        assert_eq!(
            without(&folder, "1_a/up.sql", Some("1_a/down.sql")),
            Folder::new("m").file("1_ab/up.sql", "b")
        );
    }

    #[test]
    fn a_migration_is_taken_out_of_pairs() {
        let folder = Folder::new("m")
            .file("1_a.up.sql", "a")
            .file("1_a.down.sql", "a")
            .file("2_b.up.sql", "b");
        assert_eq!(
            without(&folder, "1_a.up.sql", Some("1_a.down.sql")),
            Folder::new("m").file("2_b.up.sql", "b")
        );
    }
}
