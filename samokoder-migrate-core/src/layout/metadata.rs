//! Diesel's `metadata.toml`, of which one key matters: `run_in_transaction`.

use std::sync::Arc;

use crate::{
    Code, Diagnostic, SourceFile, Span,
    folder::{Content, Folder},
    migration::Transaction,
    near,
};

const KEY: &str = "run_in_transaction";

/// Reads the file, if it is there: what it says, and what is wrong with it.
///
/// Keys that diesel does not know are passed over, as it does.
pub(super) fn read(folder: &Folder, path: &str) -> (Transaction, Vec<Diagnostic>) {
    let shown = folder.shown(path);
    let finding = |code, message: String| {
        let finding = Diagnostic::new(code, message).in_path(shown.clone());
        (Transaction::Inside, vec![finding])
    };
    let bytes = match folder.get(path).map(|entry| &entry.content) {
        Some(Content::File(bytes)) => bytes,
        Some(Content::Unreadable(why)) => {
            return finding(Code::Unreadable, format!("`{path}` cannot be read: {why}"));
        }
        _ => return (Transaction::Inside, Vec::new()),
    };
    let Ok(text) = str::from_utf8(bytes) else {
        return finding(Code::Metadata, format!("`{path}` is not UTF-8 text"));
    };
    let file = Arc::new(SourceFile::new(shown.clone(), text));
    let mut reader = Reader {
        file: &file,
        value: None,
        findings: Vec::new(),
    };
    reader.read();
    let transaction = match reader.value {
        Some(false) => Transaction::Outside,
        _ => Transaction::Inside,
    };
    (transaction, reader.findings)
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    value: Option<bool>,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let file = Arc::clone(self.file);
        let mut at = 0;
        let mut in_table = false;
        let mut lines = file.text().split_inclusive('\n');
        while let Some(line) = lines.next() {
            let start = at;
            at += line.len();
            let text = without_comment(line);
            let lead = text.len() - text.trim_start().len();
            let text = text.trim();
            let span = Span::new(start + lead, start + lead + text.len());
            if text.is_empty() {
                continue;
            }
            if text.starts_with('[') {
                in_table = true;
                if !text.ends_with(']') {
                    self.error(span, "the table's name is not closed by `]`", None);
                }
                continue;
            }
            let Some((key, value)) = text.split_once('=') else {
                self.error(
                    span,
                    "this is not `key = value`",
                    Some(format!("write `{KEY} = false`")),
                );
                continue;
            };
            let name = key.trim().trim_matches(['"', '\'']);
            let value = value.trim();
            let value_span = Span::new(span.end - value.len(), span.end);
            if value.is_empty() {
                self.error(span, format!("`{name}` has no value"), None);
            } else if name == KEY && in_table {
                self.error(
                    span,
                    format!("`{KEY}` is inside a table"),
                    Some("move it above the first `[`".to_owned()),
                );
            } else if name == KEY {
                self.key(value, value_span, span);
            } else if near::closest(name, [KEY]).is_some() {
                let key = Span::new(span.start, span.start + key.trim_end().len());
                self.error(
                    key,
                    format!("`{name}` is not a key"),
                    Some(format!("did you mean `{KEY}`?")),
                );
            } else if let Some(close) = left_open(value) {
                // A value of several lines, of a key that does not matter.
                for line in lines.by_ref() {
                    at += line.len();
                    if line.contains(close) {
                        break;
                    }
                }
            }
        }
    }

    fn key(&mut self, value: &str, value_span: Span, span: Span) {
        let read = match value {
            "true" => true,
            "false" => false,
            _ => {
                return self.error(
                    value_span,
                    format!("`{KEY}` is neither `true` nor `false`"),
                    Some(format!("write `{KEY} = false`, without quotes")),
                );
            }
        };
        if self.value.replace(read).is_some() {
            self.error(
                span,
                format!("`{KEY}` is there twice"),
                Some("remove one of the two".to_owned()),
            );
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        let finding = Diagnostic::new(Code::Metadata, message).at(self.file, span);
        self.findings
            .push(help.into_iter().fold(finding, Diagnostic::help));
    }
}

/// Cuts off a `#` that is not inside a string.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match (c, quote) {
            ('#', None) => return line.get(..at).unwrap_or(line),
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    line
}

/// Returns what closes a value that goes on after its first line.
fn left_open(value: &str) -> Option<&'static str> {
    [("\"\"\"", "\"\"\""), ("'''", "'''"), ("[", "]"), ("{", "}")]
        .into_iter()
        .find_map(|(open, close)| {
            let inside = value.strip_prefix(open)?;
            (!inside.contains(close)).then_some(close)
        })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{folder::Folder, migration::Transaction};

    fn run(text: &str) -> (Transaction, Vec<String>) {
        let folder = Folder::new("m").file("1_a/metadata.toml", text);
        let (transaction, findings) = read(&folder, "1_a/metadata.toml");
        let findings = findings
            .iter()
            .map(|finding| {
                let (file, span) = finding.source().unwrap();
                format!(
                    "{} [{}] {}",
                    finding.position().unwrap(),
                    file.slice(span),
                    finding.message()
                )
            })
            .collect();
        (transaction, findings)
    }

    #[test]
    fn reads_the_one_key_that_matters() {
        for text in [
            "run_in_transaction = false",
            "# why\r\nrun_in_transaction=false # here\r\n",
            "\"run_in_transaction\" = false\n[other]\nx = 1",
            "note = \"\"\"\nrun_in_transaction = true\n\"\"\"\nrun_in_transaction = false",
            "list = [\n1,\n]\nrun_in_transaction = false",
        ] {
            assert_eq!(run(text), (Transaction::Outside, vec![]), "{text}");
        }
        for text in [
            "",
            "run_in_transaction = true",
            "# run_in_transaction = false",
            "x = 'a # b'",
        ] {
            assert_eq!(run(text), (Transaction::Inside, vec![]), "{text}");
        }
    }

    #[test]
    fn refuses_what_diesel_would_refuse_or_not_see() {
        let findings: Vec<String> = [
            "run_in_transaction = \"false\"",
            "run_in_transaction = no",
            "run_in_transaction =",
            "run_in_transaction false",
            "run-in-transaction = false",
            "run_in_transactions = false",
            "[migration]\nrun_in_transaction = false",
            "run_in_transaction = false\nrun_in_transaction = true",
            "[migration",
        ]
        .into_iter()
        .map(|text| run(text).1.join(" / "))
        .collect();
        insta::assert_snapshot!(findings.join("\n"));
    }
}
