//! The lock file's text.

use std::sync::Arc;

use super::{ACCEPT, Line, Lock, PREFIX};
use crate::{Code, Diagnostic, Digest, SourceFile, Span, layout};

/// Reads a lock file.
///
/// # Errors
///
/// Returns a finding (SM0304) for each line that is not understood.
pub fn parse(file: &Arc<SourceFile>) -> Result<Lock, Vec<Diagnostic>> {
    let mut reader = Reader {
        file,
        lock: Lock::default(),
        findings: Vec::new(),
    };
    let mut at = 0;
    for line in file.text().split_inclusive('\n') {
        let span = Span::new(at, at + line.trim_end().len());
        at += line.len();
        if let Err((message, help)) = reader.line(line.trim_end(), span) {
            let finding = Diagnostic::new(Code::LockSyntax, message).at(file, span);
            reader.findings.push(finding.help(help));
            if is_conflict(line) {
                break;
            }
        }
    }
    if reader.findings.is_empty() {
        Ok(reader.lock)
    } else {
        Err(reader.findings)
    }
}

struct Reader<'a> {
    file: &'a SourceFile,
    lock: Lock,
    findings: Vec<Diagnostic>,
}

type Refused = (String, String);

fn is_conflict(line: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
        .iter()
        .any(|mark| line.starts_with(mark))
}

fn form() -> String {
    format!("a line is `{PREFIX}`, 64 hexadecimal digits, a space and the migration's name")
}

impl Reader<'_> {
    fn line(&mut self, line: &str, span: Span) -> Result<(), Refused> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if is_conflict(line) {
            return Err((
                "two branches have each released a migration".to_owned(),
                "keep the lines that are on the main branch, give the migrations of the other later \
                 versions, and lock again"
                    .to_owned(),
            ));
        }
        if line.starts_with([' ', '\t']) {
            return self.acceptance(line.trim_start(), span);
        }
        let Some(rest) = line.strip_prefix(PREFIX) else {
            let algorithm = line.split_once(':').map_or("", |(algorithm, _)| algorithm);
            let later = algorithm.len() > 1
                && algorithm.starts_with('s')
                && algorithm
                    .get(1..)
                    .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
            return Err(if later {
                (
                    format!("`{algorithm}:` is not a checksum that this version makes"),
                    "a later version of samokoder-migrate wrote the file: use that one".to_owned(),
                )
            } else {
                ("this is not a locked migration".to_owned(), form())
            });
        };
        let (digits, label) = rest.split_once(' ').unwrap_or((rest, ""));
        let Some(checksum) = Digest::from_hex(digits) else {
            return Err((
                "the checksum is not 64 hexadecimal digits".to_owned(),
                form(),
            ));
        };
        let Some((version, _)) = layout::label(label) else {
            return Err((format!("`{label}` is not a migration's name"), form()));
        };
        if let Some(last) = self.lock.lines.last()
            && last.version().is_some_and(|last| last >= version)
        {
            return Err((
                format!("`{label}` is locked after `{}`", last.label),
                "the lines are in order of version, each version once".to_owned(),
            ));
        }
        let mut line = Line::new(label.to_owned(), checksum);
        line.span = span;
        self.lock.lines.push(line);
        Ok(())
    }

    fn acceptance(&mut self, text: &str, span: Span) -> Result<(), Refused> {
        let form = || format!("write `    {ACCEPT} \"why\"` below the migration");
        let Some(rest) = text.strip_prefix(ACCEPT) else {
            return Err(("an indented line accepts a downgrade".to_owned(), form()));
        };
        let reason = rest
            .trim()
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .filter(|reason| !reason.trim().is_empty() && !reason.contains('"'));
        let Some(reason) = reason else {
            return Err((
                format!("`{ACCEPT}` does not give its reason in double quotes"),
                form(),
            ));
        };
        let Some(line) = self.lock.lines.last_mut() else {
            return Err((format!("no migration is above `{ACCEPT}`"), form()));
        };
        if line.accepted.is_some() {
            return Err((
                format!("`{ACCEPT}` is said twice of `{}`", line.label),
                "remove one of the two".to_owned(),
            ));
        }
        line.accepted = Some(reason.trim().to_owned());
        let text = self.file.slice(span);
        line.accepted_span = Span::new(span.end - text.trim_start().len(), span.end);
        Ok(())
    }
}
