//! What `allow` silences.

use crate::{
    Code, Diagnostic,
    directive::{Allow, Scope},
    draft::Draft,
    exception::{Exception, ExceptionKind},
    migration::Insert,
    rule,
};

/// What it says where the catalog finds nothing in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// That there is nothing to be found.
    Proves,
    /// Nothing: something opaque may hide it.
    ProvesNothing,
}

/// What is left of a script's findings.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    pub(crate) findings: Vec<Diagnostic>,
    /// What was silenced, and why.
    pub(crate) exceptions: Vec<Exception>,
}

/// Drops the findings that a script's `allow` directives silence, and adds one (SM0211) for each
/// rule that is allowed and finds nothing.
///
/// `findings` are those of the stages 04 and 05 in this script.
pub(crate) fn apply(draft: &Draft, findings: Vec<Diagnostic>, absence: Absence) -> Applied {
    let mut exceptions = Vec::new();
    let mut silenced = vec![false; findings.len()];
    let mut unused = Vec::new();
    for allow in &draft.directives.allows {
        for (code, span) in &allow.codes {
            let mut used = false;
            for (finding, silenced) in findings.iter().zip(&mut silenced) {
                if finding.code() == *code && covers(draft, allow, finding) {
                    used = true;
                    *silenced = true;
                }
            }
            if used {
                exceptions.push(
                    Exception::at(&draft.file, *span, ExceptionKind::Allow(*code))
                        .because(&allow.reason),
                );
            } else if is_understood(draft) && is_looked_for(*code, &findings, absence) {
                let name = rule::name(*code).unwrap_or(code.as_str());
                unused.push(
                    Diagnostic::new(
                        Code::UnusedAllow,
                        format!("`{name}` finds nothing here, so there is nothing to allow"),
                    )
                    .at(&draft.file, *span)
                    .help("remove it"),
                );
            }
        }
    }
    let findings = findings
        .into_iter()
        .zip(silenced)
        .filter(|(_, silenced)| !silenced)
        .map(|(finding, _)| finding)
        .chain(unused)
        .collect();
    Applied {
        findings,
        exceptions,
    }
}

/// Returns whether a code would have been found: in a catalog that is known, and in a script that
/// was replayed to its end.
fn is_looked_for(code: Code, findings: &[Diagnostic], absence: Absence) -> bool {
    let stops = |finding: &Diagnostic| {
        matches!(
            finding.code(),
            Code::NameMissing | Code::NameTaken | Code::StillNeeded | Code::DoesNotFit
        )
    };
    code.stage() != "04" || (absence == Absence::Proves && !findings.iter().any(stops))
}

fn covers(draft: &Draft, allow: &Allow, finding: &Diagnostic) -> bool {
    let Scope::Statement(start) = allow.scope else {
        return true;
    };
    let of = |offset| {
        draft
            .statements
            .iter()
            .position(|statement| statement.span.start <= offset && offset < statement.span.end)
    };
    // What an upgrade cannot do again is found by its downgrade.
    finding.path() == Some(draft.file.path())
        && finding
            .source()
            .is_some_and(|(_, span)| of(span.start).is_some() && of(span.start) == of(start))
}

/// Returns whether every statement was understood: what is not may be what the `allow` is about.
fn is_understood(draft: &Draft) -> bool {
    let bulk = |insert: &Insert| matches!(insert, Insert::Plain { table } if table.is_empty());
    draft.findings.is_empty()
        && !draft
            .statements
            .iter()
            .any(|statement| statement.facts.inserts.iter().any(bulk))
}
