//! A project's real history, as far as the server takes it.

use std::collections::BTreeSet;

use samokoder_migrate_core::{
    Code, Diagnostic, SourceFile, Span,
    check::{Options, check},
    directive::Role,
    folder::{Content, Folder},
    layout::{self, Found, FoundDowngrade},
    lexer::{Kind, Token, tokens},
};

use super::{
    picture::Picture,
    source::{Keywords, Source},
    stage::{Act, Stage},
};
use crate::{
    Result, corpora,
    folder::{Project, without},
    script::{Refusal, Script, Way, controls_transaction},
    snapshot::prelude,
};

/// A history whose upgrades all run, one after the other, on an empty database.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) name: String,
    pub(crate) folder: Folder,
    /// Makes what it finds before its first migration.
    pub(crate) prelude: String,
    /// What it finds, where that is known: it is a part of its platform.
    pub(crate) base: Option<String>,
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
    pub(crate) label: String,
    pub(crate) up: Script,
    /// `None` also where it has no statement: there is nothing in it to change.
    pub(crate) down: Option<Script>,
    /// Whether the downgrade runs and leads back: only such a one is mutated.
    pub(crate) leads_back: bool,
}

impl History {
    /// Takes a server through a project, and leaves out what it refuses.
    pub(crate) fn read(project: &Project) -> Result<Self> {
        let folder = without_control(without_orphans(project));
        let mut stage = Stage::new(&prelude::script(project).unwrap_or_default())?;
        let keywords = stage.keywords()?;
        let (mut steps, mut refused) = (Vec::new(), Vec::new());
        for found in layout::read(&folder).found {
            if let Some(step) = step(&folder, &found, &mut stage)? {
                steps.push(step);
            } else {
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
        Ok(Self {
            name: project.name.clone(),
            folder: without(&folder, &refused),
            prelude: stage.prelude().to_owned(),
            base: prelude::base(project),
            steps,
            refused,
            statements,
            keywords,
            names: names.into_iter().collect(),
        })
    }

    /// Returns the errors of the check in a folder of this project.
    ///
    /// A part of a platform is checked both as a project on the platform, of whose tables nothing is
    /// certain there, and as what it is: a history that begins with what is there before it.
    pub(crate) fn errors(&self, folder: &Folder) -> Vec<Diagnostic> {
        let checked = check(folder, None, &corpora::options(&self.name));
        let mut errors: Vec<Diagnostic> = checked.diagnostics.errors().cloned().collect();
        if let Some(based) = self.base.as_ref().and_then(|base| begin_with(folder, base)) {
            let checked = check(&based, None, &Options::default());
            errors.extend(checked.diagnostics.errors().cloned());
        }
        errors
    }
}

/// Puts statements before the first one of a folder.
fn begin_with(folder: &Folder, statements: &str) -> Option<Folder> {
    let first = layout::read(folder).found.into_iter().next()?;
    let script = Script::read(folder, &first, Role::Upgrade)?;
    let at = Source::new(&script.text)
        .statements()
        .first()?
        .range()
        .start;
    let (head, rest) = script.text.split_at_checked(at)?;
    let text = format!("{head}{statements}\n{rest}");
    Some(folder.clone().file(script.path, text))
}

/// Takes out the downgrades that belong to no upgrade: nothing after them would be proven, as what
/// they are the way back of may be missing.
fn without_orphans(project: &Project) -> Folder {
    let orphans: Vec<String> = layout::read(&project.folder)
        .findings
        .iter()
        .filter(|finding| finding.code() == Code::OrphanDowngrade)
        .filter_map(|finding| Some(project.label_of(finding.path()?).to_owned()))
        .collect();
    project.without(&orphans)
}

/// Takes BEGIN and COMMIT out of scripts, in which the runner owns the transaction.
pub(crate) fn without_control(folder: Folder) -> Folder {
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

/// Returns whether a statement is one that begins or ends a transaction, and nothing that the server's
/// grammar would refuse, such as `COMMIT:`.
fn is_control(statement: &str) -> bool {
    let is_plain = |token: &Token| {
        token.kind.is_comment()
            || token.kind == Kind::Word
            || statement.get(token.span.range()) == Some(";")
    };
    controls_transaction(statement) && tokens(statement).iter().all(is_plain)
}

/// Takes the stage through a migration; `None` if the server refuses its upgrade.
fn step(folder: &Folder, found: &Found, stage: &mut Stage) -> Result<Option<Step>> {
    let Some(up) = Script::read(folder, found, Role::Upgrade) else {
        return Ok(None);
    };
    let down = downgrade(folder, found);
    let before = down.is_some().then(|| stage.look()).transpose()?;
    let Ok(up) = take(up, stage)? else {
        return Ok(None);
    };
    let (down, leads_back) = match down.zip(before) {
        None => (None, false),
        Some((down, before)) => {
            let (down, leads_back) = lead_back(down, &up, &before, stage)?;
            (Some(down), leads_back)
        }
    };
    Ok(Some(Step {
        label: found.label.clone(),
        up,
        down,
        leads_back,
    }))
}

/// Takes the stage through an upgrade, for good, and returns it with the way in which it runs, or why
/// the server refuses it.
pub(crate) fn take(
    mut up: Script,
    stage: &mut Stage,
) -> Result<std::result::Result<Script, Refusal>> {
    loop {
        // What runs alone is tried first: where the server stops, what went before stands.
        let tried = match up.way {
            Way::Together => None,
            Way::Alone => stage.try_out(&[Act::Run(&up)])?.refusal,
        };
        let refusal = match tried {
            None => stage.commit(&up)?,
            refused => refused,
        };
        match refusal {
            None => return Ok(Ok(up)),
            Some(refusal) if wants_alone(&up, &refusal) => up.way = Way::Alone,
            Some(refusal) => match refusal.missing_role() {
                Some(role) => stage.make_role(role)?,
                None => return Ok(Err(refusal)),
            },
        }
    }
}

/// Runs a downgrade after its upgrade; returns it with the way in which it runs, and whether it leads
/// to what was before, and the upgrade can follow it.
fn lead_back(
    mut down: Script,
    up: &Script,
    before: &Picture,
    stage: &mut Stage,
) -> Result<(Script, bool)> {
    loop {
        let acts = [Act::Run(&down), Act::Look, Act::Run(up)];
        let outcome = stage.try_out(&acts)?;
        match outcome.refusal {
            Some(refusal) if refusal.after == 0 && wants_alone(&down, &refusal) => {
                down.way = Way::Alone;
            }
            refusal => {
                let is_back = |after| before.is_restored_by(after);
                let leads_back = refusal.is_none() && outcome.pictures.first().is_some_and(is_back);
                return Ok((down, leads_back));
            }
        }
    }
}

/// Returns whether the server says that no transaction may be around a script.
pub(crate) fn wants_alone(script: &Script, refusal: &Refusal) -> bool {
    script.way == Way::Together && refusal.sqlstate == "25001"
}

fn downgrade(folder: &Folder, found: &Found) -> Option<Script> {
    let is_there = found.downgrade == FoundDowngrade::There;
    let script = is_there.then(|| Script::read(folder, found, Role::Downgrade))??;
    let has_statements = script.statements().next().is_some();
    has_statements.then_some(script)
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

    use super::{History, without_control};
    use crate::{
        folder::{Project, without},
        script::Way,
    };

    fn project(name: &str, folder: Folder) -> Project {
        Project::of(name, folder)
    }

    #[test]
    fn a_history_is_what_the_server_takes_with_the_roles_that_it_takes_for_granted() {
        let folder = Folder::new("m")
            .file("1_a.up.sql", "BEGIN; CREATE TABLE t (a int); COMMIT;")
            .file("1_a.down.sql", "DROP TABLE t;")
            .file("2_b.up.sql", "GRANT SELECT ON t TO reader;")
            .file("2_b.down.sql", "REVOKE SELECT ON t FROM reader;")
            .file("3_c.up.sql", "ALTER TABLE u ADD b int;")
            .file("3_c.down.sql", "ALTER TABLE u DROP b;")
            .file("4_d.up.sql", "CREATE INDEX CONCURRENTLY i ON t (a);")
            .file(
                "4_d.down.sql",
                "-- samokoder: irreversible \"forward only\"\n",
            )
            .file("5_e.up.sql", "ALTER TABLE t ADD b int;")
            .file("5_e.down.sql", "ALTER TABLE t DROP c;");
        let history = History::read(&project("a", folder.clone())).unwrap();
        assert_eq!(history.prelude, "CREATE ROLE \"reader\" NOLOGIN;\n");
        assert_eq!(history.refused, ["3_c"]);
        let steps: Vec<_> = history
            .steps
            .iter()
            .map(|step| {
                (
                    &*step.label,
                    step.up.way,
                    step.down.is_some(),
                    step.leads_back,
                )
            })
            .collect();
        assert_eq!(
            steps,
            [
                ("1_a", Way::Together, true, true),
                ("2_b", Way::Together, true, true),
                ("4_d", Way::Alone, false, false),
                ("5_e", Way::Together, true, false),
            ]
        );
        let expected = without_control(without(&folder, &["3_c".to_owned()]));
        assert_eq!(history.folder, expected);
    }

    #[test]
    fn a_part_of_the_platform_is_checked_as_a_history_that_begins_with_the_rest() {
        let folder = Folder::new("m")
            .file(
                "1_a.up.sql",
                "-- The users.\nCREATE TABLE IF NOT EXISTS auth.users (id uuid, email text);",
            )
            .file("2_b.up.sql", "CREATE INDEX ON auth.users (email);");
        let history = History::read(&project("supabase_auth", folder.clone())).unwrap();
        assert!(
            history
                .base
                .as_ref()
                .unwrap()
                .contains("CREATE SCHEMA auth;")
        );
        let messages = |folder: &Folder| -> Vec<String> {
            let errors = history.errors(folder);
            errors
                .iter()
                .map(|error| error.message().to_owned())
                .collect()
        };
        let no_way_back = messages(&folder);
        assert_eq!(
            no_way_back.len(),
            4,
            "two in each of two checks: {no_way_back:?}"
        );
        let misspelt = folder.file("2_b.up.sql", "CREATE INDEX ON auth.users (emial);");
        assert!(messages(&misspelt).contains(&"column \"emial\" does not exist".to_owned()));
    }

    #[test]
    fn a_platform_is_there_before_the_first_migration() {
        let folder = Folder::new("m").file(
            "1_a.up.sql",
            "CREATE TABLE profiles (id uuid REFERENCES auth.users DEFAULT auth.uid()); \
             GRANT SELECT ON profiles TO authenticated;",
        );
        let history = History::read(&project("supabase_app", folder.clone())).unwrap();
        assert!(history.refused.is_empty());
        let history = History::read(&project("app", folder)).unwrap();
        assert_eq!(history.refused, ["1_a"]);
    }

    #[test]
    fn the_transaction_in_a_script_is_taken_out() {
        let folder = Folder::new("m").file("1_a.up.sql", "BEGIN;\nSELECT 1;\nCOMMIT;\n");
        assert_eq!(
            without_control(folder),
            Folder::new("m").file("1_a.up.sql", "\nSELECT 1;\n\n")
        );
        let mistyped = Folder::new("m").file("1_a.up.sql", "SELECT 1; COMMIT:\n");
        assert_eq!(without_control(mistyped.clone()), mistyped);
    }

    #[test]
    fn a_migration_is_taken_out_with_its_folder_or_as_a_pair() {
        let labels = ["1_a".to_owned()];
        let folder = Folder::new("m")
            .file("1_a/up.sql", "a")
            .file("1_a/down.sql", "a")
            .file("1_a/metadata.toml", "")
            .file("1_ab/up.sql", "b");
        assert_eq!(
            without(&folder, &labels),
            Folder::new("m").file("1_ab/up.sql", "b")
        );
        let folder = Folder::new("m")
            .file("1_a.up.sql", "a")
            .file("1_a.down.sql", "a")
            .file("1_ab.up.sql", "b");
        assert_eq!(
            without(&folder, &labels),
            Folder::new("m").file("1_ab.up.sql", "b")
        );
    }
}
