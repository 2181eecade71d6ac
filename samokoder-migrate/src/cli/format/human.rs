//! Findings for people.

use samokoder_migrate_core::{
    Diagnostics, Severity,
    check::Checked,
    diagnostic::{Style, render_all},
};

/// Draws all findings.
pub(crate) fn human(diagnostics: &Diagnostics, style: Style) -> String {
    let mut text = render_all(diagnostics, usize::MAX, style);
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Says in a line what was read and what was found.
pub(crate) fn summary(checked: &Checked) -> String {
    let count = |severity: Severity| {
        checked
            .diagnostics
            .iter()
            .filter(|found| found.severity() == severity)
            .count()
    };
    let read = format!(
        "{}, {}",
        number(checked.migrations, "migration"),
        number(checked.statements, "statement")
    );
    let found = match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => "nothing to complain of".to_owned(),
        (errors, 0) => number(errors, "error"),
        (0, warnings) => number(warnings, "warning"),
        (errors, warnings) => {
            format!(
                "{}, {}",
                number(errors, "error"),
                number(warnings, "warning")
            )
        }
    };
    format!("{read}: {found}")
}

fn number(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
