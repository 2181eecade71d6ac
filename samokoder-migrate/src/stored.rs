//! The way back that the history holds of a migration that this build does not have.

use std::{borrow::Cow, num::ParseIntError, time::Duration};

use crate::{
    Digest,
    set::{Script, Transaction},
    traced,
};

/// The way back that the history holds of an applied migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) position: usize,
    pub(crate) version: String,
    pub(crate) label: String,
    /// What identifies the row, as a step's guard reads it.
    pub(crate) line: String,
    pub(crate) way: Way,
}

/// Whether there is a way back, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Script {
        script: Script,
        /// The SHA-256 of the text as it was read, in hexadecimal digits.
        digest: String,
    },
    /// None, for a reason.
    Irreversible(String),
}

impl Stored {
    /// Reads a row that `script::read::stored` asks for.
    pub(crate) fn read(row: &[Option<String>]) -> Option<Self> {
        let [position, version, label, line, text, rest @ ..] = row else {
            return None;
        };
        let [
            digest,
            checksum,
            path,
            outside,
            statements,
            traces,
            settings,
            lock,
            statement,
            reason,
        ] = rest
        else {
            return None;
        };
        let field = |field: &Option<String>| field.clone().unwrap_or_default();
        let label = field(label);
        let way = match text {
            None => Way::Irreversible(field(reason)),
            Some(text) => Way::Script {
                script: Script {
                    path: path
                        .clone()
                        .map_or_else(|| Cow::Owned(format!("{label} (stored)")), Cow::Owned),
                    statements: spans(&field(statements), text)?.into(),
                    text: Cow::Owned(text.clone()),
                    transaction: match outside.as_deref() {
                        Some("t") => Transaction::Outside,
                        _ => Transaction::Inside,
                    },
                    lock_timeout: millis(lock.as_deref()).ok()?,
                    statement_timeout: millis(statement.as_deref()).ok()?,
                    settings: names(&field(settings)).into(),
                    traces: traced::read(&field(traces)).into(),
                    checksum: Digest::from_hex(&field(checksum))?,
                },
                digest: field(digest),
            },
        };
        Some(Self {
            position: field(position).parse().ok()?,
            version: field(version),
            label,
            line: field(line),
            way,
        })
    }
}

/// Writes where a script's statements are: `0-15,17-40`, in bytes.
pub(crate) fn written(statements: &[[u32; 2]]) -> String {
    let spans: Vec<String> = statements
        .iter()
        .map(|[start, end]| format!("{start}-{end}"))
        .collect();
    spans.join(",")
}

/// Reads what [`written`] wrote; `None` where it is not of this text.
fn spans(written: &str, text: &str) -> Option<Vec<[u32; 2]>> {
    let mut before = 0;
    names(written)
        .iter()
        .map(|span| {
            let (start, end) = span.split_once('-')?;
            let (start, end): (u32, u32) = (start.parse().ok()?, end.parse().ok()?);
            let is_in_order = before <= start && text.get(start as usize..end as usize).is_some();
            before = end;
            is_in_order.then_some([start, end])
        })
        .collect()
}

fn names(list: &str) -> Vec<Cow<'static, str>> {
    let names = list.split(',').filter(|name| !name.is_empty());
    names.map(|name| Cow::Owned(name.to_owned())).collect()
}

/// Reads a timeout, which may be none.
fn millis(field: Option<&str>) -> Result<Option<Duration>, ParseIntError> {
    let millis = field.map(str::parse).transpose()?;
    Ok(millis.map(Duration::from_millis))
}

#[cfg(test)]
mod tests {
    use super::{spans, written};

    #[test]
    fn what_is_written_of_statements_is_read_again_and_only_for_their_text() {
        let text = "DROP TABLE a; DROP TABLE b";
        let statements = [[0, 12], [14, 26]];
        assert_eq!(written(&statements), "0-12,14-26");
        assert_eq!(spans("0-12,14-26", text).unwrap(), statements);
        assert_eq!(spans("", text).unwrap(), [[0; 2]; 0]);
        for wrong in ["0-12,14-27", "14-26,0-12", "12-0", "0", "a-b", "0-12,,14-x"] {
            assert_eq!(spans(wrong, text), None, "{wrong}");
        }
    }
}
