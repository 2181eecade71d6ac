//! Which mutants are made.

use std::collections::BTreeSet;

use super::{
    history::{History, Step},
    kind::Kind,
    mutate::{Surroundings, mutate},
};
use crate::{folder::without, random::Random, script::Script};
use samokoder_migrate_core::folder::Folder;

/// A history with one script changed, or one migration dropped.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    /// Counts through all corpora, from 1.
    pub(crate) number: usize,
    pub(crate) kind: Kind,
    pub(crate) side: Side,
    /// The index of the migration.
    pub(crate) step: usize,
    /// The changed text; `None` is a migration dropped.
    pub(crate) text: Option<String>,
}

/// Which script of a migration is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Up,
    Down,
}

impl Mutant {
    /// Returns the script that is changed or dropped, as it was.
    pub(crate) fn original<'a>(&self, history: &'a History) -> Option<&'a Script> {
        let step = history.steps.get(self.step)?;
        match self.side {
            Side::Up => Some(&step.up),
            Side::Down => step.down.as_ref(),
        }
    }

    /// Returns the changed script; `None` is a migration dropped.
    pub(crate) fn script(&self, history: &History) -> Option<Script> {
        let original = self.original(history)?;
        Some(Script {
            text: self.text.clone()?,
            ..original.clone()
        })
    }

    /// Returns the folder with the change in it.
    pub(crate) fn folder(&self, history: &History) -> Option<Folder> {
        let step = history.steps.get(self.step)?;
        Some(match &self.text {
            Some(text) => {
                let path = &self.original(history)?.path;
                history.folder.clone().file(path, text.as_str())
            }
            None => without(&history.folder, std::slice::from_ref(&step.label)),
        })
    }
}

/// How many of `count` each history gets: by the square root of its statements, rounded up.
pub(crate) fn allot(count: usize, histories: &[History]) -> Vec<usize> {
    let roots: Vec<f64> = histories
        .iter()
        .map(|history| f64::from(u32::try_from(history.statements).unwrap_or(u32::MAX)).sqrt())
        .collect();
    let total: f64 = roots.iter().sum();
    roots
        .iter()
        .map(|root| {
            let share = root / total * f64::from(u32::try_from(count).unwrap_or(u32::MAX));
            // No longer than `count`, and not negative.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and `count`"
            )]
            let share = share.ceil() as usize;
            share
        })
        .collect()
}

/// One downgrade is changed where so many scripts are.
const DOWN_ONE_IN: usize = 4;
/// Scripts that are looked at before a kind counts as one that the history has no place for.
const LOOKS: usize = 60;

/// Makes at most `count` mutants of a history, no two the same: fewer only where there are no more.
pub(crate) fn sample(history: &History, count: usize, seed: u64) -> Vec<Mutant> {
    let mut random = Random::new(seed ^ hash(&history.name));
    let around = Surroundings {
        keywords: &history.keywords,
        names: &history.names,
    };
    let mut made = BTreeSet::new();
    let mut mutants = Vec::new();
    for _ in 0..count * 20 {
        if mutants.len() == count {
            break;
        }
        let kind = kind(&mut random);
        if kind == Kind::MigrationDropped && history.steps.len() == 1 {
            // A folder without a migration is refused, whatever a server says of it.
            continue;
        }
        let side = if random.below(DOWN_ONE_IN) == 0 && kind != Kind::MigrationDropped {
            Side::Down
        } else {
            Side::Up
        };
        for _ in 0..LOOKS {
            let step = random.below(history.steps.len());
            let Some(script) = history.steps.get(step).and_then(|step| subject(step, side)) else {
                continue;
            };
            let text = mutate(kind, &script.text, around, &mut random);
            if text.is_none() && kind != Kind::MigrationDropped {
                continue;
            }
            if made.insert((step, side, text.clone())) {
                mutants.push(Mutant {
                    number: 0,
                    kind,
                    side,
                    step,
                    text,
                });
            }
            break;
        }
    }
    mutants
}

/// Returns the script to change; a downgrade only where it leads back, so that the fault is the mutant's.
fn subject(step: &Step, side: Side) -> Option<&Script> {
    match side {
        Side::Up => Some(&step.up),
        Side::Down => step.down.as_ref().filter(|_| step.leads_back),
    }
}

fn kind(random: &mut Random) -> Kind {
    let total = Kind::ALL.iter().map(|(_, weight)| weight).sum();
    let mut at = random.below(total);
    for (kind, weight) in Kind::ALL {
        if at < weight {
            return kind;
        }
        at -= weight;
    }
    Kind::Misspelt
}

/// FNV-1a, so that a history's mutants do not depend on the others.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::folder::Folder;

    use super::{Side, allot, sample};
    use crate::{
        mutants::{
            history::{History, Step},
            kind::Kind,
        },
        script::{Script, Way},
    };

    fn history(name: &str, statements: usize) -> History {
        let script = |path: &str, text: &str| Script {
            path: path.to_owned(),
            text: text.to_owned(),
            way: Way::Together,
        };
        let (up, down) = (
            "CREATE TABLE users (nick text); CREATE INDEX nicks ON users (nick); SELECT nick FROM users;",
            "DROP INDEX IF EXISTS nicks; DROP TABLE users;",
        );
        let step = |leads_back, number| Step {
            label: format!("{number}_a"),
            up: script(&format!("{number}_a.up.sql"), up),
            down: Some(script(&format!("{number}_a.down.sql"), down)),
            leads_back,
        };
        History {
            name: name.to_owned(),
            folder: Folder::new("m")
                .file("1_a.up.sql", up)
                .file("1_a.down.sql", down)
                .file("2_a.up.sql", up)
                .file("2_a.down.sql", down),
            prelude: String::new(),
            base: None,
            steps: vec![step(true, 1), step(false, 2)],
            refused: Vec::new(),
            statements,
            keywords: "create table index drop if exists on select from text"
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            names: vec!["users".to_owned(), "accounts".to_owned()],
        }
    }

    #[test]
    fn a_seed_makes_the_same_mutants_again_and_another_one_makes_others() {
        let texts = |seed| -> Vec<Option<String>> {
            sample(&history("a", 3), 40, seed)
                .into_iter()
                .map(|mutant| mutant.text)
                .collect()
        };
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn no_mutant_is_made_twice_or_of_a_downgrade_that_does_not_lead_back() {
        let history = history("a", 3);
        let mutants = sample(&history, 60, 1);
        assert_eq!(mutants.len(), 60);
        for (at, one) in mutants.iter().enumerate() {
            assert!(one.side == Side::Up || one.step == 0);
            assert!(
                mutants[at + 1..].iter().all(|two| {
                    (one.step, one.side, &one.text) != (two.step, two.side, &two.text)
                })
            );
        }
        assert!(mutants.iter().any(|mutant| mutant.side == Side::Down));
    }

    #[test]
    fn a_mutants_folder_differs_in_one_file_or_lacks_a_migration() {
        let history = history("a", 3);
        for mutant in sample(&history, 60, 1) {
            let folder = mutant.folder(&history).unwrap();
            let same = folder
                .entries()
                .iter()
                .filter(|entry| history.folder.get(&entry.path) == Some(entry))
                .count();
            let (entries, same_expected) = if mutant.kind == Kind::MigrationDropped {
                (2, 2)
            } else {
                (4, 3)
            };
            assert_eq!((folder.entries().len(), same), (entries, same_expected));
        }
    }

    #[test]
    fn histories_share_by_the_square_root_of_their_statements() {
        let histories = [history("a", 100), history("b", 900)];
        assert_eq!(allot(100, &histories), [25, 75]);
    }
}
