//! The way back of one migration: what it is, and what is wrong with it.

use crate::{
    Code, Diagnostic, Severity,
    allow::{self, Absence},
    directive::Irreversible,
    draft::Draft,
    exception::Exception,
    folder::Folder,
    layout::{Found, FoundDowngrade},
    lock::{Line, Locked},
    migration::Downgrade,
};

/// What was decided about a migration's way back.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) downgrade: Option<Downgrade>,
    pub(super) findings: Vec<Diagnostic>,
    /// What was silenced in its downgrade.
    pub(super) exceptions: Vec<Exception>,
    /// Whether it is locked, has no downgrade, and says nothing about it.
    pub(super) counts_as_irreversible: bool,
    /// Whether the text of its downgrade has faults that the lock file can accept.
    pub(super) is_broken: bool,
}

/// What the lock file says of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing: it is not released.
    New,
    Locked,
    /// It is locked, and its downgrade is accepted as it is, never to be run.
    Accepted,
}

/// Decides what the way back of a migration is.
pub(super) fn judge(
    folder: &Folder,
    found: &Found,
    up: Option<&Draft>,
    down: Option<(Draft, Vec<Diagnostic>)>,
    absence: Absence,
    locked: Option<(&Locked, &Line)>,
) -> Judged {
    let mut judged = Judged::default();
    let accepted = locked.and_then(|(locked, line)| Some((locked, line, line.accepted.clone()?)));
    let said = up.and_then(|up| up.directives.irreversible.as_ref().map(|said| (up, said)));
    if let Some(down) = down {
        let standing = match (&accepted, locked) {
            (Some(_), _) => Standing::Accepted,
            (None, Some(_)) => Standing::Locked,
            (None, None) => Standing::New,
        };
        judged.take_draft(folder, found, up, down, absence, standing);
    } else {
        match found.downgrade {
            FoundDowngrade::Missing if said.is_none() && locked.is_some() => judged.count(),
            FoundDowngrade::Missing
                if said.is_none() && !up.is_some_and(|up| misread_directive(&up.findings)) =>
            {
                judged.findings.push(missing(folder, found));
            }
            // About these there is a finding already.
            FoundDowngrade::Missing | FoundDowngrade::Misnamed | FoundDowngrade::There => {}
        }
    }
    if let Some((_, said)) = said {
        judged.counts_as_irreversible = false;
        judged.downgrade = Some(irreversible(said));
    }
    if let Some((locked, line, reason)) = accepted {
        if judged.is_broken {
            judged.downgrade = Some(Downgrade::Irreversible { reason });
        } else if found.downgrade != FoundDowngrade::Misnamed {
            judged.findings.push(locked.unused_acceptance(line));
        }
    }
    judged
}

impl Judged {
    fn take_draft(
        &mut self,
        folder: &Folder,
        found: &Found,
        up: Option<&Draft>,
        (mut down, proven): (Draft, Vec<Diagnostic>),
        absence: Absence,
        standing: Standing,
    ) {
        let is_accepted = standing == Standing::Accepted;
        let applied = allow::apply(&down, proven, absence);
        self.exceptions = applied.exceptions;
        let mut findings = applied.findings;
        findings.extend(std::mem::take(&mut down.findings));
        let is_fault = |finding: &Diagnostic| {
            is_acceptable(finding.code()) && finding.severity() == Severity::Error
        };
        self.is_broken = findings.iter().any(is_fault);
        if is_accepted {
            findings.retain(|finding| !is_fault(finding));
        }
        self.findings = findings;
        let up_said = up.and_then(|up| Some((up, up.directives.irreversible.as_ref()?)));
        if down.does_something {
            let down_said = down.directives.irreversible.as_ref();
            if let Some(said) = down_said.filter(|_| !is_accepted) {
                self.findings.push(contradiction(&down, said, &down));
            } else if let Some((up, said)) = up_said {
                self.findings.push(contradiction(up, said, &down));
            }
            self.downgrade = Some(Downgrade::Script(down.into_script()));
        } else if let Some(said) = &down.directives.irreversible {
            self.downgrade = Some(irreversible(said));
        } else if up_said.is_some() {
            // The caller takes what the upgrade says.
        } else if up.is_some_and(|up| !up.does_something) {
            self.downgrade = Some(Downgrade::Script(down.into_script()));
        } else if standing != Standing::New {
            self.count();
        } else if !misread_directive(&self.findings) {
            self.findings.push(empty(folder, found));
        }
    }

    fn count(&mut self) {
        self.counts_as_irreversible = true;
        self.downgrade = Some(Downgrade::Irreversible {
            reason: "it was released without a downgrade".to_owned(),
        });
    }
}

fn irreversible(said: &Irreversible) -> Downgrade {
    Downgrade::Irreversible {
        reason: said.reason.clone(),
    }
}

/// Returns whether the lock file can accept a code in a downgrade: those of the stages 02 and 04.
fn is_acceptable(code: Code) -> bool {
    matches!(code.stage(), "02" | "04")
}

/// Returns whether a directive was not understood, which may be the `irreversible` that is missed.
fn misread_directive(findings: &[Diagnostic]) -> bool {
    findings
        .iter()
        .any(|finding| matches!(finding.code(), Code::UnknownDirective | Code::MissingReason))
}

fn missing(folder: &Folder, found: &Found) -> Diagnostic {
    Diagnostic::new(
        Code::NoDowngrade,
        format!("`{}` has no downgrade", found.upgrade),
    )
    .in_path(folder.shown(&found.upgrade))
    .help(format!("write `{}`", found.downgrade_path))
    .help("or say at the head of the upgrade: `-- samokoder: irreversible \"why\"`")
}

fn empty(folder: &Folder, found: &Found) -> Diagnostic {
    Diagnostic::new(
        Code::EmptyDowngrade,
        format!("`{}` has no statement", found.downgrade_path),
    )
    .in_path(folder.shown(&found.downgrade_path))
    .help("write what takes the upgrade back")
    .help("or say in it: `-- samokoder: irreversible \"why\"`")
}

fn contradiction(at: &Draft, said: &Irreversible, down: &Draft) -> Diagnostic {
    Diagnostic::new(
        Code::UnknownDirective,
        format!("`irreversible`, but `{}` has statements", down.file.path()),
    )
    .at(&at.file, said.span)
    .help("remove the statements, which would never run, or the directive")
}

/// Makes the one warning about locked migrations without a downgrade.
pub(super) fn without_downgrade(locked: &Locked, labels: &[String]) -> Option<Diagnostic> {
    const SHOWN: usize = 3;
    let first: Vec<String> = labels
        .iter()
        .take(SHOWN)
        .map(|label| format!("`{label}`"))
        .collect();
    let list = match labels.len() {
        0 => return None,
        1..=SHOWN => first.join(", "),
        more => format!("{} and {} more", first.join(", "), more - SHOWN),
    };
    let message = if labels.len() == 1 {
        format!("a released migration has no downgrade and counts as irreversible: {list}")
    } else {
        format!(
            "{} released migrations have no downgrade and count as irreversible: {list}",
            labels.len()
        )
    };
    Some(
        Diagnostic::new(Code::LockedWithoutDowngrade, message)
            .in_path(locked.file.path())
            .help("write their downgrades, or say in each: `-- samokoder: irreversible \"why\"`"),
    )
}
