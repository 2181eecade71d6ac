//! One file's text.

use super::{Position, Span};

/// A file's path, as messages show it, and its text.
///
/// The text is what runs: without a byte order mark, and with `\n` for each `\r\n`, so that spans
/// found when the program was built hold when the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    path: String,
    text: String,
}

impl SourceFile {
    /// Makes a source file, dropping a byte order mark at its beginning and the `\r` of each `\r\n`.
    #[must_use]
    pub fn new(path: impl Into<String>, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            path: path.into(),
            text: text.replace("\r\n", "\n"),
        }
    }

    /// Returns the path that messages show, with `/` between its parts.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the text that runs.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text of a span, or an empty one where the span is not inside the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Returns the line and column of a byte offset; one past the end counts as the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, SourceFile, Span};

    #[test]
    fn columns_count_characters() {
        let file = SourceFile::new("a.sql", "SELECT 1;\r\n\tSELECT 'привет 🦀' x");
        let offset = file.text().find(" x").unwrap() + 1;
        assert_eq!(
            file.position(offset),
            Position {
                line: 2,
                column: 20
            }
        );
        assert_eq!(file.slice(Span::new(offset, offset + 1)), "x");
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(usize::MAX).line, 2);
    }

    #[test]
    fn text_is_what_runs() {
        assert_eq!(
            SourceFile::new("a.sql", "\u{feff}a\r\nb\rc\n").text(),
            "a\nb\rc\n"
        );
    }
}
