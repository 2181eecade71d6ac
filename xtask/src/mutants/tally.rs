//! What came out, counted.

use samokoder_migrate_core::Diagnostic;

use super::{
    history::History,
    sample::Side,
    trial::{Server, Tried},
};

/// Of those that the server refuses, as many are to fail the check.
pub(crate) const WANTED: f64 = 0.90;

/// Counts of mutants.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    mutants: usize,
    refused: usize,
    /// Refused because of rows: SQLSTATE classes 22 and 23.
    of_data: usize,
    /// Refused, and failing the check.
    caught: usize,
    /// Refused, and failing the check in the script in which the server stops.
    caught_there: usize,
    caught_of_data: usize,
    unrestored: usize,
    unrestored_caught: usize,
    /// Of those that the server takes.
    false_errors: usize,
    /// Of those that it refuses: errors of what ran.
    false_beside: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, tried: &Tried, history: &History) {
        let failed = usize::from(!tried.errors.is_empty());
        let disproved = usize::from(!tried.disproved.is_empty());
        self.mutants += 1;
        match &tried.server {
            Server::Takes => self.false_errors += disproved,
            Server::DoesNotRestore => {
                self.unrestored += 1;
                self.unrestored_caught += failed;
                self.false_beside += disproved;
            }
            Server::Refuses { sqlstate, .. } => {
                let data = usize::from(is_of_data(sqlstate));
                let caught = usize::from(is_caught(tried, history));
                self.refused += 1;
                self.of_data += data;
                self.caught += caught;
                self.caught_there += usize::from(is_caught_there(tried, history));
                self.caught_of_data += caught * data;
                self.false_beside += disproved;
            }
        }
    }

    /// Returns how many mutants have an error that the server disproves.
    pub(crate) fn false_errors(self) -> usize {
        self.false_errors + self.false_beside
    }

    /// Returns how many of those that the server refuses fail the check; 1 of none.
    pub(crate) fn recall(self) -> f64 {
        ratio(self.caught, self.refused)
    }

    /// Returns the names of the columns of a table.
    pub(super) fn columns() -> String {
        format!(
            "{:22}{:>8}{:>9}{:>8}{:>8}{:>8}{:>14}{:>7}{:>7}{:>16}\n",
            "",
            "mutants",
            "refused",
            "caught",
            "recall",
            "there",
            "of data",
            "taken",
            "FALSE",
            "not restored"
        )
    }

    /// Returns a line of a table.
    pub(super) fn line(self, name: &str) -> String {
        let taken = self.mutants - self.refused - self.unrestored;
        let percent = |part| {
            if self.refused == 0 {
                "-".to_owned()
            } else {
                format!("{:.1}%", ratio(part, self.refused) * 100.0)
            }
        };
        format!(
            "{name:22}{:>8}{:>9}{:>8}{:>8}{:>8}{:>14}{taken:>7}{:>7}{:>16}\n",
            self.mutants,
            self.refused,
            self.caught,
            percent(self.caught),
            percent(self.caught_there),
            format!("{}/{}", self.caught_of_data, self.of_data),
            self.false_errors(),
            format!("{}/{}", self.unrestored_caught, self.unrestored),
        )
    }
}

/// What the columns of the tables are.
pub(crate) const LEGEND: &str = "\
refused: the server refuses the mutant; caught: of those, with an error of the check that the
unmutated history does not have; there: in the script in which the server stops; of data: caught and
refused of SQLSTATE classes 22 and 23, which are in the total too; taken: by the server; FALSE: with
an error that the server disproves; not restored: mutated downgrades that run and do not lead back,
caught and all";

fn is_of_data(sqlstate: &str) -> bool {
    sqlstate.starts_with("22") || sqlstate.starts_with("23")
}

/// A mutated downgrade is caught by an error of its own; an upgrade, which stops the rest, by any.
pub(super) fn is_caught(tried: &Tried, history: &History) -> bool {
    let own = tried
        .mutant
        .original(history)
        .map(|script| history.folder.shown(&script.path));
    tried.errors.iter().any(|error| {
        !is_disproved(tried, error)
            && (tried.mutant.side == Side::Up || error.path() == own.as_deref())
    })
}

fn is_caught_there(tried: &Tried, history: &History) -> bool {
    let Server::Refuses { path, .. } = &tried.server else {
        return false;
    };
    let path = history.folder.shown(path);
    tried
        .errors
        .iter()
        .any(|error| !is_disproved(tried, error) && error.path() == Some(path.as_str()))
}

fn is_disproved(tried: &Tried, error: &Diagnostic) -> bool {
    tried.disproved.contains(error)
}

fn ratio(part: usize, whole: usize) -> f64 {
    let float = |number| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if whole == 0 {
        1.0
    } else {
        float(part) / float(whole)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use samokoder_migrate_core::{Code, Diagnostic, SourceFile, Span, folder::Folder};

    use super::Tally;
    use crate::{
        mutants::{
            history::{History, Step},
            kind::Kind,
            sample::{Mutant, Side},
            source::Keywords,
            trial::{Server, Tried},
        },
        script::{Script, Way},
    };

    fn history() -> History {
        let script = |path: &str| Script {
            path: path.to_owned(),
            text: "SELECT 1".to_owned(),
            way: Way::Together,
        };
        History {
            name: "a".to_owned(),
            folder: Folder::new("m"),
            prelude: String::new(),
            base: None,
            steps: vec![Step {
                label: "1_a".to_owned(),
                up: script("1_a.up.sql"),
                down: Some(script("1_a.down.sql")),
                leads_back: true,
            }],
            refused: Vec::new(),
            statements: 1,
            keywords: Keywords::new(),
            names: Vec::new(),
        }
    }

    fn error(path: &str) -> Diagnostic {
        let file = Arc::new(SourceFile::new(path, "SELECT 1"));
        Diagnostic::new(Code::SyntaxError, "wrong").at(&file, Span::new(0, 6))
    }

    fn tried(side: Side, server: Server, errors: &[&str], disproved: &[&str]) -> Tried {
        let list = |paths: &[&str]| paths.iter().map(|path| error(path)).collect();
        Tried {
            mutant: Mutant {
                number: 1,
                kind: Kind::Misspelt,
                side,
                step: 0,
                text: Some("SELECT 2".to_owned()),
            },
            server,
            errors: list(errors),
            disproved: list(disproved),
        }
    }

    fn refuses(path: &str, sqlstate: &str) -> Server {
        Server::Refuses {
            path: path.to_owned(),
            sqlstate: sqlstate.to_owned(),
            message: String::new(),
        }
    }

    fn tally(tried: &Tried) -> Tally {
        let mut tally = Tally::default();
        tally.add(tried, &history());
        tally
    }

    #[test]
    fn an_upgrade_is_caught_by_an_error_anywhere_and_there_by_one_where_the_server_stops() {
        let refused = refuses("1_a.up.sql", "42P01");
        let there = tally(&tried(Side::Up, refused.clone(), &["m/1_a.up.sql"], &[]));
        assert_eq!((there.refused, there.caught, there.caught_there), (1, 1, 1));
        let elsewhere = tally(&tried(Side::Up, refused.clone(), &["m/1_a.down.sql"], &[]));
        assert_eq!((elsewhere.caught, elsewhere.caught_there), (1, 0));
        let missed = tally(&tried(Side::Up, refused, &[], &[]));
        assert_eq!((missed.refused, missed.caught), (1, 0));
    }

    #[test]
    fn an_error_that_the_server_disproves_catches_nothing_and_is_false() {
        let path = "m/1_a.up.sql";
        let tally = tally(&tried(Side::Up, refuses("2", "23505"), &[path], &[path]));
        assert_eq!(
            (tally.caught, tally.of_data, tally.false_errors()),
            (0, 1, 1)
        );
    }

    #[test]
    fn a_downgrade_is_caught_by_an_error_of_its_own_only() {
        let refused = refuses("1_a.down.sql", "42P01");
        let other = tally(&tried(Side::Down, refused.clone(), &["m/1_a.up.sql"], &[]));
        assert_eq!(other.caught, 0);
        let own = tally(&tried(Side::Down, refused, &["m/1_a.down.sql"], &[]));
        assert_eq!(own.caught, 1);
    }

    #[test]
    fn a_downgrade_that_runs_and_does_not_lead_back_is_not_refused() {
        let tally = tally(&tried(
            Side::Down,
            Server::DoesNotRestore,
            &["m/1_a.down.sql"],
            &[],
        ));
        assert_eq!(
            (tally.refused, tally.unrestored, tally.unrestored_caught),
            (0, 1, 1)
        );
    }

    #[test]
    fn an_error_on_what_the_server_takes_is_false() {
        let path = "m/1_a.up.sql";
        let tally = tally(&tried(Side::Up, Server::Takes, &[path], &[path]));
        assert_eq!(tally.false_errors(), 1);
    }
}
