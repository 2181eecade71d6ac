//! What the database says of itself: one line a fact.

use crate::Digest;

/// The state of one set in one database, as one short read gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// The connection is inside a transaction that its owner opened.
    pub(crate) in_block: bool,
    /// The server's major version.
    pub(crate) major: u32,
    /// A fresh identifier for this run.
    pub(crate) run: String,
    /// Whether plain literals are read as the SQL standard says.
    pub(crate) standard_strings: bool,
    /// The server is a replica.
    pub(crate) replica: bool,
    /// The encoding in which the server reads what is sent, and writes what it answers.
    pub(crate) encoding: String,
    /// What of our tables is not safe to read, so was not.
    pub(crate) planted: Option<String>,
    /// The tables of ours that are gone while others are there.
    pub(crate) missing: Option<String>,
    /// What the history holds; `None` where our tables are not there.
    pub(crate) history: Option<Recorded>,
}

/// What our tables hold of one set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) format: String,
    /// The line as it was read, which the guard expects to find again.
    pub(crate) line: String,
    pub(crate) count: usize,
    pub(crate) last: usize,
    pub(crate) chain: Option<Digest>,
    pub(crate) downgrade_chain: Option<Digest>,
    /// How many steps of the run asked about are recorded as done.
    pub(crate) done: usize,
    pub(crate) unfinished: Option<Unfinished>,
    pub(crate) seeds: Vec<RanSeed>,
}

/// A script outside a transaction that was begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    pub(crate) position: usize,
    pub(crate) version: String,
    pub(crate) label: String,
    pub(crate) upgrade: bool,
    pub(crate) checksum: String,
    /// The statement that was begun, from 1.
    pub(crate) statement: usize,
    pub(crate) statements: usize,
    pub(crate) outcome: Outcome,
    /// The run that began it.
    pub(crate) run: String,
}

/// What is known of the statement that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing: the run was cut off.
    Begun,
    /// The server refused it, so it did not happen.
    Refused,
    /// It was decided that a run goes on with it.
    Decided,
}

/// A seed that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RanSeed {
    pub(crate) path: String,
    pub(crate) checksum: String,
    pub(crate) position: usize,
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) position: usize,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) checksum: String,
    pub(crate) downgrade_checksum: String,
    pub(crate) applied_at: String,
    pub(crate) duration_ms: Option<u64>,
}

impl State {
    /// Reads the row that `script::read::state` asks for.
    pub(crate) fn read(row: &[Option<String>]) -> Option<Self> {
        let [in_block, version, run, strings, replica, encoding, state] = row else {
            return None;
        };
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let state = text(state);
        let planted = state.strip_prefix("planted\t").map(str::to_owned);
        let missing = state.strip_prefix("missing\t").map(str::to_owned);
        Some(Self {
            in_block: in_block.as_deref() == Some("t"),
            major: text(version).parse::<u32>().ok()? / 10_000,
            run: text(run),
            standard_strings: strings.as_deref() == Some("on"),
            replica: replica.as_deref() == Some("t"),
            encoding: text(encoding),
            history: if state.is_empty() || planted.is_some() || missing.is_some() {
                None
            } else {
                Some(Recorded::read(&state)?)
            },
            planted,
            missing,
        })
    }
}

impl Unfinished {
    /// Returns what a step that goes on expects to find again, as `script::guard` reads it.
    pub(crate) fn mark(&self) -> String {
        let outcome = match self.outcome {
            Outcome::Begun => "begun",
            Outcome::Refused => "refused",
            Outcome::Decided => "decided",
        };
        format!("{} {} {outcome}", self.run, self.statement)
    }
}

impl Outcome {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "begun" => Self::Begun,
            "refused" => Self::Refused,
            "decided" => Self::Decided,
            _ => return None,
        })
    }
}

impl Recorded {
    fn read(text: &str) -> Option<Self> {
        let mut recorded = Self::default();
        for line in text.split('\n') {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields.as_slice() {
                ["format", format] => (*format).clone_into(&mut recorded.format),
                ["history", count, last, chain, downgrades] => {
                    line.clone_into(&mut recorded.line);
                    recorded.count = count.parse().ok()?;
                    recorded.last = last.parse().ok()?;
                    recorded.chain = Digest::from_hex(chain);
                    recorded.downgrade_chain = Digest::from_hex(downgrades);
                }
                ["done", done] => recorded.done = done.parse().ok()?,
                [
                    "unfinished",
                    position,
                    version,
                    label,
                    direction,
                    checksum,
                    statement,
                    statements,
                    outcome,
                    run,
                ] => {
                    recorded.unfinished = Some(Unfinished {
                        position: position.parse().ok()?,
                        version: (*version).to_owned(),
                        label: (*label).to_owned(),
                        upgrade: *direction == "upgrade",
                        checksum: (*checksum).to_owned(),
                        statement: statement.parse().ok()?,
                        statements: statements.parse().ok()?,
                        outcome: Outcome::read(outcome)?,
                        run: (*run).to_owned(),
                    });
                }
                ["seed", path, checksum, position] => recorded.seeds.push(RanSeed {
                    path: (*path).to_owned(),
                    checksum: (*checksum).to_owned(),
                    position: position.parse().ok()?,
                }),
                _ => {}
            }
        }
        (!recorded.line.is_empty()).then_some(recorded)
    }
}

impl Row {
    /// Reads a row that `script::read::rows` asks for.
    pub(crate) fn read(row: &[Option<String>]) -> Option<Self> {
        let [
            position,
            version,
            name,
            label,
            checksum,
            downgrade_checksum,
            applied_at,
            duration,
        ] = row
        else {
            return None;
        };
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Some(Self {
            position: text(position).parse().ok()?,
            version: text(version),
            name: text(name),
            label: text(label),
            checksum: text(checksum),
            downgrade_checksum: text(downgrade_checksum),
            applied_at: text(applied_at),
            duration_ms: duration.as_deref().and_then(|millis| millis.parse().ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{RanSeed, Recorded, Row, State};
    use crate::Digest;

    fn row(fields: &[&str]) -> Vec<Option<String>> {
        fields
            .iter()
            .map(|field| (*field != "NULL").then(|| (*field).to_owned()))
            .collect()
    }

    fn state(lines: &str) -> Option<State> {
        State::read(&row(&["f", "150013", "run-1", "on", "f", "UTF8", lines]))
    }

    #[test]
    fn reads_a_database_without_our_tables() {
        let state = state("").unwrap();
        assert_eq!((state.major, state.run.as_str()), (15, "run-1"));
        assert!(state.standard_strings && !state.in_block && !state.replica);
        assert_eq!((state.history, state.planted), (None, None));
        let open = State::read(&row(&["t", "190001", "r", "off", "t", "LATIN1", "NULL"])).unwrap();
        assert!(open.in_block && open.replica && !open.standard_strings);
        assert_eq!((open.major, open.encoding.as_str()), (19, "LATIN1"));
    }

    #[test]
    fn reads_what_our_tables_hold() {
        let (up, down) = ("ab".repeat(32), "cd".repeat(32));
        let recorded = state(&format!(
            "format\tsamokoder-migrate format 1\nhistory\t2\t2\t{up}\t{down}\ndone\t1\n\
             unfinished\t3\t20250101\t20250101_c d\tdowngrade\t{up}\t2\t5\trefused\trun-0\n\
             seed\tdev/имя\t{down}\t2\nseed\tx\t{up}\t1\nof a later format\t1"
        ))
        .unwrap()
        .history
        .unwrap();
        assert_eq!(recorded.format, "samokoder-migrate format 1");
        assert_eq!(recorded.line, format!("history\t2\t2\t{up}\t{down}"));
        assert_eq!((recorded.count, recorded.last, recorded.done), (2, 2, 1));
        assert_eq!(recorded.chain, Digest::from_hex(&up));
        assert_eq!(recorded.downgrade_chain, Digest::from_hex(&down));
        let unfinished = recorded.unfinished.unwrap();
        assert_eq!(unfinished.label, "20250101_c d");
        assert_eq!(
            (
                unfinished.position,
                unfinished.statement,
                unfinished.statements
            ),
            (3, 2, 5)
        );
        assert!(!unfinished.upgrade && unfinished.outcome == super::Outcome::Refused);
        assert_eq!(
            recorded.seeds,
            [
                RanSeed {
                    path: "dev/имя".to_owned(),
                    checksum: down,
                    position: 2
                },
                RanSeed {
                    path: "x".to_owned(),
                    checksum: up,
                    position: 1
                },
            ]
        );
    }

    #[test]
    fn takes_nothing_that_it_does_not_understand() {
        assert_eq!(State::read(&row(&["f", "150013"])), None);
        assert_eq!(
            State::read(&row(&["f", "new", "r", "on", "f", "UTF8", ""])),
            None
        );
        for lines in [
            "format\tx",
            "history\tmany\t0\t\t",
            "history\t0\t0\t\t\ndone\t?",
            "history\t0\t0\t\t\nseed\tx\t\t?",
        ] {
            assert_eq!(state(lines), None, "{lines}");
        }
        // A digest that is none settles nothing, and the rows are read.
        let recorded: Recorded = state("history\t1\t1\tzz\t").unwrap().history.unwrap();
        assert_eq!((recorded.chain, recorded.downgrade_chain), (None, None));
    }

    #[test]
    fn tells_planted_tables_from_a_history() {
        let state = state("planted\thistory is not a plain table").unwrap();
        assert_eq!(
            state.planted.as_deref(),
            Some("history is not a plain table")
        );
        assert_eq!(state.history, None);
    }

    #[test]
    fn reads_a_row() {
        let fields = [
            "2",
            "7",
            "b",
            "007_b",
            "aa",
            "bb",
            "2026-01-31T12:00:00Z",
            "NULL",
        ];
        let read = Row::read(&row(&fields)).unwrap();
        assert_eq!((read.position, read.label.as_str()), (2, "007_b"));
        assert_eq!(read.duration_ms, None);
        assert_eq!(Row::read(&row(&fields[..7])), None);
    }
}
