//! What `allow` silences.

use crate::{
    Code, Diagnostic,
    directive::{Allow, Scope},
    draft::Draft,
    migration::Insert,
    rule,
};

/// Drops the findings that a script's `allow` directives silence, and adds one (SM0211) for each
/// rule that is allowed and finds nothing.
///
/// `findings` are those of the stages 04 and 05 in this script.
pub(crate) fn apply(draft: &Draft, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
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
            if !used && is_understood(draft) {
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
    findings
        .into_iter()
        .zip(silenced)
        .filter(|(_, silenced)| !silenced)
        .map(|(finding, _)| finding)
        .chain(unused)
        .collect()
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
    finding
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
