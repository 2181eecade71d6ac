//! One mutant before the server and before the check.

use std::collections::BTreeSet;

use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    history::History,
    picture::Picture,
    sample::{Mutant, Side},
    stage::{Act, Stage},
};
use crate::{
    Result,
    script::{Refusal, Script, Way},
};

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
        Self(
            history
                .errors(&history.folder)
                .iter()
                .map(finding)
                .collect(),
        )
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
    let mut stage = Stage::new(&history.prelude)?;
    let mut tried = Vec::with_capacity(mutants.len());
    for mutant in mutants {
        while stage.depth() < mutant.step {
            let Some(step) = history.steps.get(stage.depth()) else {
                break;
            };
            if let Some(refusal) = stage.commit(&step.up)? {
                println!(
                    "{}: note: {} does not run a second time, so that {} mutants are left out: {}",
                    history.name,
                    step.up.path,
                    mutants.len() - tried.len(),
                    refusal.message
                );
                return Ok(tried);
            }
        }
        let folder = mutant.folder(history).ok_or("no such migration")?;
        let mut errors = history.errors(&folder);
        errors.retain(|diagnostic| !baseline.0.contains(&finding(diagnostic)));
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
            .and_then(|refusal| scripts.get(refusal.after))
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
            // It speaks of what comes after the downgrade.
            Some((at, Side::Up)) if error.code() == Code::NotRepeatable => {
                Ok(at < reached && self.leads_back(at, scripts)?)
            }
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
            Some(refusal) if refusal.after < 3 => server(Some(refusal), &acts),
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

fn is_way_back(pictures: &[Picture], refusal: Option<&Refusal>) -> bool {
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
                .get(refusal.after)
                .and_then(|act| act.script())
                .map(|script| script.path.clone())
                .unwrap_or_default(),
            sqlstate: refusal.sqlstate,
            message: refusal.message,
        },
    }
}

#[cfg(test)]
mod tests;
