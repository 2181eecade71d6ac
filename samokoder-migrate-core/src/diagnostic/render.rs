//! Findings as text, in the manner of rustc.

use std::{borrow::Cow, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Severity};
use crate::source::{SourceFile, Span};

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
///
/// The caret is under the character that [`Diagnostic::position`] counts to, whatever the width of
/// those before it. Control characters are shown, not sent.
#[must_use]
pub fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = format!("[{}] {}", diagnostic.code(), one_line(diagnostic.message()));
    let path = diagnostic.path().map(one_line);
    let label = one_line(diagnostic.label_text());
    let notes = diagnostic.notes().iter().map(|note| lines(note));
    let help = diagnostic.help_lines().iter().map(|help| lines(help));
    let window = diagnostic
        .source()
        .map(|(file, span)| Window::new(file, span));
    let mut group = Group::with_title(level.primary_title(&title));
    if let (Some(window), Some(path)) = (&window, &path) {
        let mut annotation = AnnotationKind::Primary.span(window.marked.clone());
        if !label.is_empty() {
            annotation = annotation.label(label);
        }
        group = group.element(
            Snippet::source(&*window.text)
                .line_start(window.first_line)
                .path(&**path)
                .fold(window.fold)
                .annotation(annotation),
        );
    } else if let Some(path) = &path {
        group = group.element(Origin::path(&**path));
    }
    group = group
        .elements(notes.map(|note| Level::NOTE.message(note)))
        .elements(help.map(|help| Level::HELP.message(help)));
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.render(&[group])
}

/// The lines of a file that are drawn.
struct Window<'a> {
    text: Cow<'a, str>,
    first_line: usize,
    /// What is marked, in bytes of the window's text.
    marked: Range<usize>,
    fold: bool,
}

impl<'a> Window<'a> {
    fn new(file: &'a SourceFile, span: Span) -> Self {
        let text = file.text();
        let start = floor_char(text, span.start);
        let end = floor_char(text, span.end).max(start);
        // The line end after the last marked character would draw the next line too.
        let marked = text.get(start..end).unwrap_or_default();
        let end = start + marked.trim_end_matches('\n').len();
        let line = text
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |newline| newline + 1);
        let line_end = text
            .get(end..)
            .and_then(|after| after.find('\n'))
            .map_or(text.len(), |newline| end + newline);
        let at_end = line == text.len() && line > 0;
        let first = if at_end { last_lines(text) } else { line };
        let shown = text.get(first..line_end).unwrap_or_default();
        Self {
            // Without a character on it the last line would not be drawn, and the one before marked.
            text: if at_end {
                Cow::Owned(format!("{shown} "))
            } else {
                Cow::Borrowed(shown)
            },
            first_line: file.position(first).line,
            marked: start - first..end - first,
            fold: !at_end,
        }
    }
}

/// Returns where the last line with text begins, if it is among the last three.
fn last_lines(text: &str) -> usize {
    let body = text.trim_end();
    let blank = text.get(body.len()..).unwrap_or_default();
    if blank.matches('\n').count() > 2 {
        return text.len();
    }
    body.rfind('\n').map_or(0, |newline| newline + 1)
}

fn floor_char(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Shows control characters as escapes.
fn one_line(text: &str) -> Cow<'_, str> {
    escape(text, char::is_control)
}

/// Shows control characters but line ends as escapes.
fn lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| c.is_control() && c != '\n')
}

fn escape(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if hidden(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use insta::assert_snapshot;

    use super::{Style, render, render_all};
    use crate::{Code, Diagnostic, Diagnostics, SourceFile, Span};

    fn drawn(text: &str, start: usize, end: usize) -> String {
        let file = Arc::new(SourceFile::new("migrations/001_a.up.sql", text));
        let diagnostic = Diagnostic::new(Code::SyntaxError, "syntax error at or near \"NUL\"")
            .at(&file, Span::new(start, end))
            .label("PostgreSQL stops here (42601)");
        let text = render(&diagnostic, Style::Plain);
        let position = diagnostic.position().unwrap();
        assert!(
            text.contains(&format!("001_a.up.sql:{position}\n")),
            "{position} is not in\n{text}"
        );
        text
    }

    fn drawn_at(text: &str, word: &str) -> String {
        let file = SourceFile::new("", text);
        let start = file.text().find(word).unwrap();
        drawn(text, start, start + word.len())
    }

    /// The character above the first caret of a drawing, if all are one cell wide.
    fn above_the_caret(drawing: &str) -> char {
        let lines: Vec<&str> = drawing.lines().collect();
        let caret = lines.iter().position(|line| line.contains('^')).unwrap();
        let cell = lines[caret].chars().position(|c| c == '^').unwrap();
        lines[caret - 1].chars().nth(cell).unwrap()
    }

    #[test]
    fn the_caret_is_under_its_character() {
        for line in [
            "SELECT 1 NUL;",
            "\tSELECT\t'x' NUL;",
            "COMMENT ON TABLE т IS 'привет, мир' NUL;",
            "SELECT 1;\rSELECT NUL;",
            "SELECT '\u{1b}[31m\u{7}' NUL;",
        ] {
            let drawing = drawn_at(&format!("SELECT 1;\r\n{line}\r\nSELECT 2;\r\n"), "NUL");
            assert_eq!(above_the_caret(&drawing), 'N', "{drawing}");
        }
    }

    #[test]
    fn tabs_cyrillic_and_wide_characters_do_not_shift_the_caret() {
        assert_snapshot!("tabs", drawn_at("SELECT 1;\n\tSELECT\t'x' NUL;\n", "NUL"));
        assert_snapshot!("cyrillic", drawn_at("SELECT 'привет, мир' NUL;\n", "NUL"));
        // Each of these takes two cells.
        assert_snapshot!("emoji", drawn_at("SELECT '🦀🦀' NUL;\n", "NUL"));
        assert_snapshot!("wide", drawn_at("SELECT '漢字' NUL;\n", "NUL"));
    }

    #[test]
    fn ends_of_lines_and_of_the_file_can_be_marked() {
        assert_snapshot!("end_of_line", drawn("SELECT 1 +\nFROM t;\n", 10, 10));
        assert_snapshot!("line_end_itself", drawn("SELECT 1 +\nFROM t;\n", 10, 11));
        assert_snapshot!("end_of_file", drawn("SELECT 1 +", 10, 10));
        assert_snapshot!("after_the_last_line", drawn("SELECT 1 +\n", 11, 11));
        assert_snapshot!("after_blank_lines", drawn("SELECT 1 +\n\n\n\n", 14, 14));
        assert_snapshot!("empty_file", drawn("", 0, 0));
        assert_snapshot!("empty_span", drawn("SELECT 1;", 3, 3));
    }

    #[test]
    fn a_span_outside_the_text_is_drawn_at_its_end() {
        let file = Arc::new(SourceFile::new("a.sql", "SELECT 'ж'"));
        for span in [Span::new(100, 200), Span::new(9, 10), Span::new(0, 100)] {
            let diagnostic = Diagnostic::new(Code::SyntaxError, "x").at(&file, span);
            assert!(render(&diagnostic, Style::Plain).contains("a.sql:1:"));
        }
    }

    #[test]
    fn long_lines_are_cut_and_long_spans_folded() {
        let line = format!(
            "SELECT {}NUL{};",
            "'жжжж', ".repeat(600),
            ", 'bbbb'".repeat(600)
        );
        let drawing = drawn_at(&line, "NUL");
        assert!(drawing.lines().all(|line| line.chars().count() < 160));
        assert_eq!(above_the_caret(&drawing), 'N', "{drawing}");
        let lines = "SELECT 1,\n".repeat(40);
        assert_snapshot!("many_lines", drawn(&lines, 0, lines.len()));
    }

    #[test]
    fn control_characters_are_shown_and_not_sent() {
        let file = Arc::new(SourceFile::new("a\u{1b}[31m\n.sql", "\u{1b}[31mx"));
        let diagnostic = Diagnostic::new(Code::SyntaxError, "near \"\u{1b}[0m\n\"")
            .at(&file, Span::new(0, 1))
            .label("\u{7}label")
            .note("first\nsecond\u{8}")
            .help("\u{9b}help");
        let text = render(&diagnostic, Style::Plain);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        assert_snapshot!("control_characters", text);
    }

    #[test]
    fn a_list_is_capped_and_counted() {
        let list: Diagnostics = (0..3)
            .map(|n| {
                Diagnostic::new(Code::EmptyFolder, format!("folder {n}")).in_path("migrations")
            })
            .collect();
        assert_snapshot!("capped", render_all(&list, 2, Style::Plain));
    }
}
