//! What PostgreSQL does with each migration, asked of a server where nobody recorded it.

use std::sync::Arc;

use samokoder_migrate_core::{
    SourceFile,
    directive::{self, Role},
    folder::Folder,
    layout::{self, Found, FoundDowngrade},
    lexer::tokens,
};

use super::truth::{Status, Truth, Truths};
use crate::{
    Result,
    folder::Project,
    mutants::{
        history::{take, wants_alone, without_control},
        picture::Picture,
        stage::{Act, Stage},
    },
    script::{Refusal, Script, Way},
    snapshot::prelude,
};

/// How many lines of a difference are written out.
const SHOWN: usize = 6;

/// Takes a server through a project's upgrades, each tried with its way back and again.
pub(super) fn ask(project: &Project) -> Result<Truths> {
    let folder = without_control(project.folder.clone());
    let mut stage = Stage::new(&prelude::script(project).unwrap_or_default())?;
    let mut truths = Truths::new();
    for found in layout::read(&folder).found {
        if let Some(truth) = migration(&folder, &found, &mut stage)? {
            truths.insert(project.origin(&found.label).to_owned(), truth);
        }
    }
    Ok(truths)
}

/// Leaves the stage after the upgrade, or where it was if the server refuses it.
fn migration(folder: &Folder, found: &Found, stage: &mut Stage) -> Result<Option<Truth>> {
    let Some(up) = Script::read(folder, found, Role::Upgrade) else {
        return Ok(None);
    };
    let before = stage.look()?;
    let written = up.clone();
    let up = match take(up, stage)? {
        Ok(up) => up,
        Err(refusal) => {
            return Ok(Some(Truth {
                refusals: stage.refusals(&written)?,
                ..refused(Status::UpFailed, &refusal)
            }));
        }
    };
    let is_there = found.downgrade == FoundDowngrade::There;
    let down = is_there.then(|| Script::read(folder, found, Role::Downgrade));
    let Some(down) = down.flatten() else {
        return Ok(Some(truth(Status::NoDownFile)));
    };
    let has_statement = down.statements().next().is_some();
    if !has_statement && is_irreversible(&down) {
        return Ok(Some(truth(Status::Applied)));
    }
    let mut truth = back(&before, down, &up, stage)?;
    truth.no_statement_down = !has_statement;
    Ok(Some(truth))
}

/// Tries a downgrade, and the upgrade after it.
fn back(before: &Picture, mut down: Script, up: &Script, stage: &mut Stage) -> Result<Truth> {
    let after = stage.look()?;
    let outcome = loop {
        let acts = [Act::Run(&down), Act::Look, Act::Run(up), Act::Look];
        let outcome = stage.try_out(&acts)?;
        match &outcome.refusal {
            Some(refusal) if refusal.after == 0 && wants_alone(&down, refusal) => {
                down.way = Way::Alone;
            }
            Some(refusal) => match refusal.missing_role().filter(|_| refusal.after == 0) {
                Some(role) => stage.make_role(role)?,
                None => break outcome,
            },
            None => break outcome,
        }
    };
    let Some(back) = outcome.pictures.first() else {
        let refusal = outcome.refusal.ok_or("a trial came to nothing")?;
        return Ok(refused(Status::DownFailed, &refusal));
    };
    let status = if !before.is_restored_by(back) {
        Status::NotRestored
    } else if before.has_columns_in_order_of(back) {
        Status::Restored
    } else {
        Status::ColumnOrderOnly
    };
    let again = match (&outcome.refusal, outcome.pictures.get(1)) {
        (Some(refusal), _) => format!("failed: {}: {}", refusal.sqlstate, refusal.message),
        (None, Some(again)) if after.is_restored_by(again) => "same".to_owned(),
        _ => "other".to_owned(),
    };
    let diff = if status == Status::NotRestored {
        difference(before, back)
    } else {
        String::new()
    };
    Ok(Truth {
        diff,
        again,
        ..truth(status)
    })
}

fn difference(before: &Picture, back: &Picture) -> String {
    let listed = |what: &str, mut lines: Vec<&str>| {
        // An object says more than what may be done with it.
        lines.sort_by_key(|line| line.starts_with("grant"));
        let shown: Vec<&str> = lines.iter().take(SHOWN).copied().collect();
        let more = lines.len().saturating_sub(SHOWN);
        match (lines.len(), more) {
            (0, _) => None,
            (_, 0) => Some(format!("{what}: {}", shown.join("; "))),
            _ => Some(format!("{what}: {}; and {more} more", shown.join("; "))),
        }
    };
    let parts = [
        listed("is missing", before.only(back)),
        listed("is left", back.only(before)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" / ").replace('\n', " ")
}

/// Returns whether a script says that there is no way back.
fn is_irreversible(script: &Script) -> bool {
    let file = Arc::new(SourceFile::new(&*script.path, &script.text));
    let (directives, _) = directive::read(&file, &tokens(file.text()), Role::Downgrade);
    directives.irreversible.is_some()
}

fn refused(status: Status, refusal: &Refusal) -> Truth {
    Truth {
        error: format!("{}: {}", refusal.sqlstate, refusal.message),
        ..truth(status)
    }
}

fn truth(status: Status) -> Truth {
    Truth {
        status,
        error: String::new(),
        diff: String::new(),
        no_statement_down: false,
        again: String::new(),
        refusals: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::folder::Folder;

    use super::ask;
    use crate::{corpora::truth::Status, folder::Project};

    #[test]
    fn a_server_is_asked_about_each_way_back() {
        let folder = Folder::new("m")
            .file("1_a.up.sql", "CREATE TABLE t (a int, b int);")
            .file("1_a.down.sql", "DROP TABLE t;")
            .file("2_b.up.sql", "ALTER TABLE t DROP a;")
            .file("2_b.down.sql", "ALTER TABLE t ADD a int;")
            .file("3_c.up.sql", "CREATE TABLE u (); CREATE TABLE v ();")
            .file("3_c.down.sql", "DROP TABLE u;")
            .file("4_d.up.sql", "CREATE INDEX CONCURRENTLY i ON t (b);")
            .file("4_d.down.sql", "DROP INDEX j;")
            .file("5_e.up.sql", "ALTER TABLE missing ADD x int;")
            .file("5_e.down.sql", "ALTER TABLE missing DROP x;")
            .file("6_f.up.sql", "INSERT INTO t VALUES (1);")
            .file("6_f.down.sql", "-- samokoder: irreversible \"rows\"\n")
            .file("7_g.up.sql", "BEGIN; GRANT SELECT ON t TO reader; COMMIT;")
            .file("7_g.down.sql", "-- nothing\n")
            .file("8_h.up.sql", "SELECT 1;");
        let truths = ask(&Project::of("a", folder)).unwrap();
        let found: Vec<_> = truths
            .iter()
            .map(|(name, truth)| (&**name, truth.status, &*truth.error, &*truth.again))
            .collect();
        assert_eq!(
            found,
            [
                ("1_a", Status::Restored, "", "same"),
                ("2_b", Status::ColumnOrderOnly, "", "same"),
                (
                    "3_c",
                    Status::NotRestored,
                    "",
                    "failed: 42P07: relation \"v\" already exists"
                ),
                (
                    "4_d",
                    Status::DownFailed,
                    "42704: index \"j\" does not exist",
                    ""
                ),
                (
                    "5_e",
                    Status::UpFailed,
                    "42P01: relation \"missing\" does not exist",
                    ""
                ),
                ("6_f", Status::Applied, "", ""),
                ("7_g", Status::NotRestored, "", "same"),
                ("8_h", Status::NoDownFile, "", ""),
            ]
        );
        assert!(
            truths["3_c"].diff.contains("is left: relation public.v"),
            "{}",
            truths["3_c"].diff
        );
        assert!(truths["7_g"].no_statement_down);
    }
}
