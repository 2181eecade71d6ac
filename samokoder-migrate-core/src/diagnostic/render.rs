//! Findings as text, in the manner of rustc.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Severity};

/// How a finding is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// Text without colour: compiler errors, logs, files.
    Plain,
    /// With ANSI colours, for a terminal.
    Coloured,
}

/// Draws one finding: its code and message, the line with a caret, notes and help.
#[must_use]
pub fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = format!("[{}] {}", diagnostic.code(), diagnostic.message());
    let mut group = Group::with_title(level.primary_title(&title));
    if let Some((file, span)) = diagnostic.source() {
        let mut annotation = AnnotationKind::Primary.span(span.range());
        if !diagnostic.label_text().is_empty() {
            annotation = annotation.label(diagnostic.label_text());
        }
        group = group.element(
            Snippet::source(file.text())
                .path(file.path())
                .annotation(annotation),
        );
    } else if let Some(path) = diagnostic.path() {
        group = group.element(Origin::path(path));
    }
    group = group
        .elements(
            diagnostic
                .notes()
                .iter()
                .map(|note| Level::NOTE.message(note)),
        )
        .elements(
            diagnostic
                .help_lines()
                .iter()
                .map(|help| Level::HELP.message(help)),
        );
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.render(&[group])
}

/// Draws all findings, at most `cap` of them, and says how many more there are.
#[must_use]
pub fn render_all(diagnostics: &Diagnostics, cap: usize, style: Style) -> String {
    let mut text: Vec<String> = diagnostics
        .iter()
        .take(cap)
        .map(|diagnostic| render(diagnostic, style))
        .collect();
    let rest = diagnostics.len().saturating_sub(cap);
    if rest > 0 {
        text.push(format!(
            "… and {rest} more; `samokoder-migrate check` lists them all"
        ));
    }
    text.join("\n\n")
}
