//! Whether the migrations are still what was locked.

use std::{collections::BTreeMap, sync::Arc};

use super::{Line, Lock};
use crate::{
    Code, Diagnostic, SourceFile, Version,
    checksum::Run,
    draft::Draft,
    exception::{Exception, ExceptionKind},
    folder::Folder,
    layout::{self, Found, next_version},
    migration::Transaction,
};

/// The lock file of a folder.
pub(crate) struct Locked {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) lock: Lock,
}

/// What the lock file says about the migrations.
#[derive(Default)]
pub(crate) struct Verified<'a> {
    /// The locked ones, by version.
    pub(crate) lines: BTreeMap<Version, &'a Line>,
    pub(crate) findings: Vec<Diagnostic>,
}

impl Locked {
    /// Returns what a line accepts, if it accepts a downgrade.
    pub(crate) fn acceptance(&self, line: &Line) -> Option<Exception> {
        let reason = line.accepted.as_deref()?;
        let kind = ExceptionKind::AcceptDowngrade(line.label.clone());
        Some(Exception::at(&self.file, line.accepted_span, kind).because(reason))
    }

    /// Returns what a line is that has no downgrade, and says nothing about it.
    pub(crate) fn without_downgrade(&self, line: &Line) -> Exception {
        let kind = ExceptionKind::WithoutDowngrade(line.label.clone());
        Exception::at(&self.file, line.span, kind).because("it was released without one")
    }

    /// Makes the finding for a line whose acceptance accepts nothing.
    pub(crate) fn unused_acceptance(&self, line: &Line) -> Diagnostic {
        Diagnostic::new(
            Code::UnusedAcceptance,
            format!("the downgrade of `{}` has no fault to accept", line.label),
        )
        .at(&self.file, line.accepted_span)
        .help("remove the line")
    }
}

/// Compares the migrations, in order of version and with their upgrades as far as they were read,
/// with what is locked.
pub(crate) fn verify<'a>(
    locked: &'a Locked,
    folder: &Folder,
    migrations: &[(&Found, Option<&Draft>)],
) -> Verified<'a> {
    let mut verified = Verified::default();
    for line in locked.lock.lines() {
        let Some((version, name)) = layout::label(&line.label) else {
            continue;
        };
        let same = |found: &Found| found.version == version;
        let there = migrations
            .iter()
            .find(|(found, _)| same(found) && found.name == name)
            .or_else(|| migrations.iter().find(|(found, _)| same(found)));
        match there {
            Some((found, draft)) => {
                verified.lines.insert(version, line);
                let edited = edited(locked, folder, line, &name, found, *draft);
                verified.findings.extend(edited);
            }
            None => verified.findings.push(removed(locked, line, migrations)),
        }
    }
    verified
        .findings
        .extend(overtaking(locked, folder, migrations));
    verified
}

fn edited(
    locked: &Locked,
    folder: &Folder,
    line: &Line,
    name: &str,
    found: &Found,
    draft: Option<&Draft>,
) -> Option<Diagnostic> {
    let place = locked.file.position(line.span.start).line;
    let finding = |message: String| {
        Diagnostic::new(Code::LockedEdited, message)
            .in_path(folder.shown(&found.upgrade))
            .note(format!("it is locked in {}:{place}", locked.file.path()))
    };
    if found.name != name {
        return Some(
            finding(format!(
                "`{}` was released as `{}`",
                found.label, line.label
            ))
            .help(format!("rename its files back to `{}`", line.label)),
        );
    }
    let draft = draft?;
    if draft.checksum == line.checksum {
        return None;
    }
    let finding = finding(format!("`{}` was edited after its release", found.label));
    let help = "put it back as it was released, and write the change as a new migration";
    Some(match directives_only(draft, line) {
        Some(which) => finding.note(format!("only {which} differs")).help(help),
        None => finding.help(help),
    })
}

/// Says which directive alone makes the difference, where one does.
fn directives_only(draft: &Draft, line: &Line) -> Option<&'static str> {
    let run = draft.run;
    let other = match run.transaction {
        Transaction::Inside => Transaction::Outside,
        Transaction::Outside => Transaction::Inside,
    };
    let without_timeouts = Run {
        lock_timeout: None,
        statement_timeout: None,
        ..run
    };
    let candidates = [
        (
            "`no-transaction`",
            Run {
                transaction: other,
                ..run
            },
        ),
        (
            "`lock-timeout`",
            Run {
                lock_timeout: None,
                ..run
            },
        ),
        (
            "`statement-timeout`",
            Run {
                statement_timeout: None,
                ..run
            },
        ),
        ("what its directives say of timeouts", without_timeouts),
        (
            "what its directives say",
            Run {
                transaction: other,
                ..without_timeouts
            },
        ),
    ];
    candidates
        .into_iter()
        .find(|(_, run)| draft.checksum_if(run) == line.checksum)
        .map(|(which, _)| which)
}

fn removed(locked: &Locked, line: &Line, migrations: &[(&Found, Option<&Draft>)]) -> Diagnostic {
    let finding = Diagnostic::new(
        Code::LockedRemoved,
        format!("`{}` was released, and is not there", line.label),
    )
    .at(&locked.file, line.span);
    let same = migrations.iter().find(|(_, draft)| {
        draft.is_some_and(|draft| draft.does_something && draft.checksum == line.checksum)
    });
    match same {
        Some((found, _)) => finding.help(format!(
            "`{}` is the same script: rename its files back to `{}`",
            found.label, line.label
        )),
        None => finding.help("bring its files back from version control"),
    }
}

fn overtaking(
    locked: &Locked,
    folder: &Folder,
    migrations: &[(&Found, Option<&Draft>)],
) -> Vec<Diagnostic> {
    let lines = locked.lock.lines();
    let versions: Vec<Version> = lines.iter().filter_map(Line::version).collect();
    let mut latest = migrations.iter().map(|(found, _)| found.version).max();
    let mut findings = Vec::new();
    for (found, _) in migrations {
        let Some(last) = lines
            .last()
            .filter(|last| last.version() > Some(found.version))
        else {
            continue;
        };
        if versions.contains(&found.version) {
            continue;
        }
        let finding = Diagnostic::new(
            Code::BeforeLocked,
            format!(
                "`{}` comes before `{}`, which is released",
                found.label, last.label
            ),
        )
        .in_path(folder.shown(&found.upgrade))
        .note("a database that has run the later one would have to go back to run this one");
        let next = latest.and_then(|latest| next_version(&found.label, latest));
        findings.push(match next {
            Some((text, version)) => {
                latest = Some(version);
                finding.help(format!("give it the version `{text}`"))
            }
            None => finding,
        });
    }
    findings
}
