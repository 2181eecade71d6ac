//! One mutant before the server and before the check.

use std::collections::BTreeSet;

use samokoder_migrate_core::{Diagnostic, check::check};

use super::{
    history::History,
    sample::{Mutant, Side},
    stage::{Act, Refusal, Script, Stage, Way},
};
use crate::Result;

/// What the server and the check said of a mutant.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    pub(crate) mutant: Mutant,
    pub(crate) server: Server,
    /// The check's errors that the unmutated history does not have.
    pub(crate) errors: Vec<Diagnostic>,
    /// Those of them that the server disproves.
    pub(crate) disproved: Vec<Diagnostic>,
}

/// What the server said.
#[derive(Clone, Debug)]
pub(crate) enum Server {
    Refuses {
        /// The path of the script that it stops in.
        path: String,
        sqlstate: String,
        message: String,
    },
    /// To head; or, for a downgrade, back.
    Takes,
    /// A downgrade runs and does not lead back, or the upgrade does not run after it.
    DoesNotRestore,
}

/// The findings that a history has before it is mutated.
#[derive(Debug)]
pub(crate) struct Baseline(BTreeSet<Finding>);

type Finding = (&'static str, String, String);

impl Baseline {
    pub(crate) fn of(history: &History) -> Self {
        let checked = check(&history.folder, None, &history.options());
        Self(checked.diagnostics.errors().map(finding).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

fn finding(diagnostic: &Diagnostic) -> Finding {
    (
        diagnostic.code().as_str(),
        diagnostic.path().unwrap_or_default().to_owned(),
        diagnostic.message().to_owned(),
    )
}

/// Tries the mutants of one history, which are in order of their migrations.
pub(crate) fn try_all(
    history: &History,
    baseline: &Baseline,
    mutants: &[Mutant],
) -> Result<Vec<Tried>> {
    let mut stage = Stage::new()?;
    let mut tried = Vec::with_capacity(mutants.len());
    for mutant in mutants {
        while stage.depth() < mutant.step {
            let Some(step) = history.steps.get(stage.depth()) else {
                break;
            };
            if let Some(refusal) = stage.commit(&step.up)? {
                return Err(format!("{}: {}", step.up.path, refusal.message).into());
            }
        }
        let folder = mutant.folder(history).ok_or("no such migration")?;
        let checked = check(&folder, None, &history.options());
        let errors: Vec<Diagnostic> = checked
            .diagnostics
            .errors()
            .filter(|diagnostic| !baseline.0.contains(&finding(diagnostic)))
            .cloned()
            .collect();
        let mut trial = Trial {
            history,
            mutant,
            script: mutant.script(history),
            stage: &mut stage,
        };
        let (server, disproved) = match mutant.side {
            Side::Up => trial.up(&errors)?,
            Side::Down => trial.down(&errors)?,
        };
        tried.push(Tried {
            mutant: mutant.clone(),
            server,
            errors,
            disproved,
        });
    }
    Ok(tried)
}

/// A mutant on a stage that stands before its migration.
struct Trial<'a> {
    history: &'a History,
    mutant: &'a Mutant,
    script: Option<Script>,
    stage: &'a mut Stage,
}

impl Trial<'_> {
    /// Runs the mutated upgrades to head, and holds the check's errors against that.
    fn up(&mut self, errors: &[Diagnostic]) -> Result<(Server, Vec<Diagnostic>)> {
        let scripts = self.upgrades();
        let acts: Vec<Act<'_>> = scripts.iter().map(|(_, script)| Act::Run(script)).collect();
        let mut refusal = self.stage.try_out(&acts)?.refusal;
        let of_downgrade = |error: &Diagnostic| matches!(self.place(error), Some((_, Side::Down)));
        // Before an error counts as false, the history runs as a runner would run it.
        if refusal.is_none() && !errors.iter().all(of_downgrade) {
            refusal = self.stage.in_copy(&acts)?.refusal;
        }
        // Migrations before this one ran; this one and later ones ran or were not reached.
        let reached = refusal
            .as_ref()
            .and_then(|refusal| scripts.get(refusal.act))
            .map_or(self.history.steps.len(), |(step, _)| *step);
        let mut disproved = Vec::new();
        for error in errors {
            if self.disproves(error, reached, &scripts)? {
                disproved.push(error.clone());
            }
        }
        Ok((server(refusal, &acts), disproved))
    }

    /// Returns whether an error speaks of what the server did without one.
    ///
    /// Of what lies at or behind the script where the server stops, nobody knows.
    fn disproves(
        &mut self,
        error: &Diagnostic,
        reached: usize,
        scripts: &[(usize, Script)],
    ) -> Result<bool> {
        match self.place(error) {
            // An error of no script speaks of the whole.
            None => Ok(reached == self.history.steps.len()),
            Some((at, Side::Up)) => Ok(at < reached),
            Some((at, Side::Down)) if at < reached => Ok(self.leads_back(at, scripts)?),
            Some((_, Side::Down)) => Ok(false),
        }
    }

    /// Returns the script that an error speaks of.
    fn place(&self, error: &Diagnostic) -> Option<(usize, Side)> {
        let path = error.path()?;
        let is = |script: &Script| self.history.folder.shown(&script.path) == path;
        self.history
            .steps
            .iter()
            .enumerate()
            .find_map(|(at, step)| {
                if is(&step.up) {
                    Some((at, Side::Up))
                } else {
                    step.down.as_ref().filter(|down| is(down))?;
                    Some((at, Side::Down))
                }
            })
    }

    /// Returns whether the downgrade of a migration runs after the mutated upgrades, and leads back.
    fn leads_back(&mut self, at: usize, scripts: &[(usize, Script)]) -> Result<bool> {
        let step = self.history.steps.get(at).ok_or("no such migration")?;
        let down = step.down.as_ref().ok_or("no such downgrade")?;
        let up = scripts
            .iter()
            .find(|(step, _)| *step == at)
            .map_or(&step.up, |(_, script)| script);
        if at < self.mutant.step {
            // The change comes later: the downgrade is as it was, on what was.
            return Ok(step.leads_back);
        }
        let mut acts: Vec<Act<'_>> = scripts
            .iter()
            .filter(|(step, _)| *step < at)
            .map(|(_, script)| Act::Run(script))
            .collect();
        acts.extend([
            Act::Look,
            Act::Run(up),
            Act::Run(down),
            Act::Look,
            Act::Run(up),
        ]);
        let outcome = self.stage.try_out(&acts)?;
        if !is_way_back(&outcome.pictures, outcome.refusal.as_ref()) {
            return Ok(false);
        }
        let outcome = self.stage.in_copy(&acts)?;
        Ok(is_way_back(&outcome.pictures, outcome.refusal.as_ref()))
    }

    /// Runs the upgrade and the mutated downgrade, and holds the check's errors against that.
    fn down(&mut self, errors: &[Diagnostic]) -> Result<(Server, Vec<Diagnostic>)> {
        let (Some(down), Some(step)) = (
            self.script.as_ref(),
            self.history.steps.get(self.mutant.step),
        ) else {
            return Err("a downgrade is not dropped".into());
        };
        let acts = [
            Act::Look,
            Act::Run(&step.up),
            Act::Run(down),
            Act::Look,
            Act::Run(&step.up),
        ];
        let mut outcome = self.stage.try_out(&acts)?;
        // In one block the downgrade is not the first script, and so not beyond all doubt.
        if outcome.refusal.is_none() && !errors.is_empty() && down.way == Way::Together {
            outcome = self.stage.in_copy(&acts)?;
        }
        let restores = is_way_back(&outcome.pictures, outcome.refusal.as_ref());
        let server = match outcome.refusal {
            Some(refusal) if refusal.act < 3 => server(Some(refusal), &acts),
            _ if restores => Server::Takes,
            _ => Server::DoesNotRestore,
        };
        let disproved = if restores {
            errors.to_vec()
        } else {
            Vec::new()
        };
        Ok((server, disproved))
    }

    /// Returns the upgrades from the mutated one to head.
    fn upgrades(&self) -> Vec<(usize, Script)> {
        let mutated = self.script.clone().map(|script| (self.mutant.step, script));
        let rest = self
            .history
            .steps
            .iter()
            .enumerate()
            .skip(self.mutant.step + 1)
            .map(|(at, step)| (at, step.up.clone()));
        mutated.into_iter().chain(rest).collect()
    }
}

fn is_way_back(pictures: &[super::picture::Picture], refusal: Option<&Refusal>) -> bool {
    match (pictures, refusal) {
        ([before, after], None) => before.is_restored_by(after),
        _ => false,
    }
}

fn server(refusal: Option<Refusal>, acts: &[Act<'_>]) -> Server {
    match refusal {
        None => Server::Takes,
        Some(refusal) => Server::Refuses {
            path: acts
                .get(refusal.act)
                .and_then(|act| act.script())
                .map(|script| script.path.clone())
                .unwrap_or_default(),
            sqlstate: refusal.sqlstate,
            message: refusal.message,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use samokoder_migrate_core::{Code, Diagnostic, SourceFile, Span, folder::Folder};

    use super::{Server, Trial};
    use crate::mutants::{
        history::{History, Step},
        kind::Kind,
        sample::{Mutant, Side},
        source::Keywords,
        stage::{Script, Stage, Way},
    };

    fn history() -> History {
        let script = |path: &str, text: &str| Script {
            path: path.to_owned(),
            text: text.to_owned(),
            way: Way::Together,
        };
        let step = |number, up, down| Step {
            up: script(&format!("{number}.up.sql"), up),
            down: Some(script(&format!("{number}.down.sql"), down)),
            leads_back: true,
        };
        History {
            name: "a".to_owned(),
            folder: Folder::new("m"),
            steps: vec![
                step(1, "CREATE TABLE t (a int)", "DROP TABLE t"),
                step(
                    2,
                    "ALTER TABLE t ADD b int; ALTER TABLE t ADD c int",
                    "ALTER TABLE t DROP c; ALTER TABLE t DROP b",
                ),
                step(3, "CREATE INDEX i ON t (a)", "DROP INDEX i"),
            ],
            refused: Vec::new(),
            statements: 4,
            keywords: Keywords::new(),
            names: Vec::new(),
        }
    }

    fn error(path: &str) -> Diagnostic {
        let file = Arc::new(SourceFile::new(path, "SELECT 1"));
        Diagnostic::new(Code::SyntaxError, "wrong").at(&file, Span::new(0, 6))
    }

    /// Tries a change of the second migration; returns what the server says, and of which paths the
    /// errors are disproved.
    fn tried(side: Side, text: Option<&str>, errors: &[&str]) -> (Server, Vec<String>) {
        let history = history();
        let mutant = Mutant {
            number: 1,
            kind: Kind::Misspelt,
            side,
            step: 1,
            text: text.map(str::to_owned),
        };
        let mut stage = Stage::new().unwrap();
        stage.commit(&history.steps[0].up).unwrap();
        let mut trial = Trial {
            history: &history,
            mutant: &mutant,
            script: mutant.script(&history),
            stage: &mut stage,
        };
        let errors: Vec<Diagnostic> = errors.iter().map(|path| error(path)).collect();
        let (server, disproved) = match side {
            Side::Up => trial.up(&errors).unwrap(),
            Side::Down => trial.down(&errors).unwrap(),
        };
        let paths = disproved
            .iter()
            .filter_map(|error| error.path().map(str::to_owned))
            .collect();
        (server, paths)
    }

    #[test]
    fn what_the_server_takes_disproves_errors_of_upgrades_and_of_downgrades_that_lead_back() {
        let (server, disproved) = tried(
            Side::Up,
            Some("ALTER TABLE t ADD b int"),
            &[
                "m/1.down.sql",
                "m/2.up.sql",
                "m/2.down.sql",
                "m/3.up.sql",
                "m/3.down.sql",
            ],
        );
        assert!(matches!(server, Server::Takes));
        // The second downgrade drops a column that the mutant does not add.
        assert_eq!(
            disproved,
            ["m/1.down.sql", "m/2.up.sql", "m/3.up.sql", "m/3.down.sql"]
        );
    }

    #[test]
    fn nothing_is_disproved_where_the_server_stops_or_behind_it() {
        let (server, disproved) = tried(
            Side::Up,
            Some("ALTER TABLE u ADD b int"),
            &["m/1.up.sql", "m/2.up.sql", "m/2.down.sql", "m/3.up.sql"],
        );
        let Server::Refuses { path, sqlstate, .. } = server else {
            panic!("it is refused");
        };
        assert_eq!((path.as_str(), sqlstate.as_str()), ("2.up.sql", "42P01"));
        assert_eq!(disproved, ["m/1.up.sql"]);
    }

    #[test]
    fn a_refusal_may_come_later_than_the_mutant() {
        let (server, disproved) = tried(
            Side::Up,
            Some("ALTER TABLE t RENAME TO u"),
            &["m/2.up.sql", "m/3.up.sql"],
        );
        assert!(matches!(server, Server::Refuses { path, .. } if path == "3.up.sql"));
        assert_eq!(disproved, ["m/2.up.sql"]);
    }

    #[test]
    fn a_migration_can_be_dropped() {
        let (server, disproved) = tried(Side::Up, None, &["m/3.up.sql"]);
        assert!(matches!(server, Server::Takes));
        assert_eq!(disproved, ["m/3.up.sql"]);
    }

    #[test]
    fn an_error_of_a_downgrade_is_disproved_only_where_it_leads_back() {
        let path = "m/2.down.sql";
        let (server, disproved) = tried(
            Side::Down,
            Some("ALTER TABLE t DROP b; ALTER TABLE t DROP c"),
            &[path],
        );
        assert!(matches!(server, Server::Takes));
        assert_eq!(disproved, [path]);
        let (server, disproved) = tried(Side::Down, Some("ALTER TABLE t DROP b"), &[path]);
        assert!(matches!(server, Server::DoesNotRestore));
        assert!(disproved.is_empty());
        let (server, disproved) = tried(Side::Down, Some("ALTER TABLE t DROP d"), &[path]);
        assert!(matches!(server, Server::Refuses { .. }));
        assert!(disproved.is_empty());
    }
}
