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
    /// What of our tables is not safe to read, so was not.
    pub(crate) planted: Option<String>,
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
    /// The server refused the statement, so it is known not to have happened.
    pub(crate) refused: bool,
    /// The run that began it.
    pub(crate) run: String,
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
        let [in_block, version, run, strings, replica, state] = row else {
            return None;
        };
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let state = text(state);
        let planted = state.strip_prefix("planted\t").map(str::to_owned);
        Some(Self {
            in_block: in_block.as_deref() == Some("t"),
            major: text(version).parse::<u32>().ok()? / 10_000,
            run: text(run),
            standard_strings: strings.as_deref() == Some("on"),
            replica: replica.as_deref() == Some("t"),
            history: if state.is_empty() || planted.is_some() {
                None
            } else {
                Some(Recorded::read(&state)?)
            },
            planted,
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
                        refused: *outcome == "refused",
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
