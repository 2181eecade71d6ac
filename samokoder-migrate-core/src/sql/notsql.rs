//! What stands in a script and is no SQL: psql's lines, rows for `COPY`, NUL bytes.

use std::sync::Arc;

use super::gate::{Scan, Token};
use crate::{
    diagnostic::{Code, Diagnostic},
    source::{SourceFile, Span},
};

/// A script's text with what is no SQL blanked out, byte for byte, and what was found.
#[derive(Debug)]
pub(super) struct Masked {
    /// As long as the script's text, so that spans hold in both.
    pub(super) text: String,
    /// One finding for each thing that was blanked out.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The statements that were blanked out with their rows.
    pub(super) statements: Vec<Span>,
}

/// Blanks out what is no SQL.
///
/// A backslash counts only where PostgreSQL's scanner sees one outside of every literal, name and
/// comment, and only as the first thing on a line or before a command that ends psql's query: no
/// operator of PostgreSQL has a backslash in it.
pub(super) fn mask(file: &Arc<SourceFile>) -> Masked {
    let mut masked = Masked {
        text: file.text().to_owned(),
        diagnostics: Vec::new(),
        statements: Vec::new(),
    };
    masked.nul(file);
    let mut from = 0;
    while let Some((statement, found)) = find(&masked.text, from) {
        masked.take_out(file, found);
        // The text from the statement on may be cut differently now.
        from = statement;
    }
    masked
}

impl Masked {
    /// Blanks out the NUL bytes, with one finding for all of them.
    fn nul(&mut self, file: &Arc<SourceFile>) {
        let count = self.text.matches('\0').count();
        if let Some(at) = self.text.find('\0') {
            let mut diagnostic = Diagnostic::new(Code::NulByte, "a NUL byte stands in the script")
                .at(file, Span::new(at, at + 1))
                .label("PostgreSQL's protocol ends the script here")
                .help("remove it; a file saved as UTF-16 is full of them: save it as UTF-8");
            if count > 1 {
                diagnostic = diagnostic.note(format!("the file holds {count} of them"));
            }
            self.diagnostics.push(diagnostic);
            self.text = self.text.replace('\0', " ");
        }
    }

    fn take_out(&mut self, file: &Arc<SourceFile>, found: Found) {
        match found {
            Found::Rows { statement, rows } => {
                self.blank(Span::new(statement.start, rows.end));
                self.statements.push(statement);
                self.diagnostics.push(
                    copy_from_client(file, statement)
                        .note("the rows that follow it are data, not SQL"),
                );
            }
            Found::Command {
                name,
                line,
                ends_query,
            } => {
                self.diagnostics.push(psql_command(file, name));
                self.blank(line);
                if ends_query {
                    self.text.replace_range(name.start..=name.start, ";");
                }
            }
        }
    }

    /// Replaces a span by spaces, keeping its line ends.
    fn blank(&mut self, span: Span) {
        let blank: String = self
            .text
            .get(span.range())
            .unwrap_or_default()
            .bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
            .collect();
        self.text.replace_range(span.range(), &blank);
    }
}

/// Makes the finding for a `COPY … FROM STDIN`.
pub(super) fn copy_from_client(file: &Arc<SourceFile>, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::CopyFromStdin,
        "COPY FROM STDIN waits for rows that a script cannot send",
    )
    .at(file, span)
    .label("the server would wait here, and the connection would be lost")
    .help("write the rows as INSERT statements (pg_dump does with --inserts)")
}

/// Something that is no SQL.
#[derive(Clone, Copy)]
enum Found {
    /// A `COPY … FROM STDIN` and the rows after it.
    Rows { statement: Span, rows: Span },
    /// A command of psql, and the rest of its line.
    Command {
        name: Span,
        line: Span,
        ends_query: bool,
    },
}

/// Finds the first thing that is no SQL, from a statement's beginning on, and where the statement
/// begins that it stands in.
fn find(text: &str, from: usize) -> Option<(usize, Found)> {
    let mut statement: Vec<Token> = Vec::new();
    let mut begin = from;
    for token in Scan::new(text, from) {
        if token.kind.is(';') {
            if let Some(found) = rows(text, &statement, token.span.end) {
                return Some((begin, found));
            }
            statement.clear();
            begin = token.span.end;
        } else if let Some(found) = command(text, &token) {
            return Some((begin, found));
        } else {
            statement.push(token);
        }
    }
    None
}

/// The commands of psql that end the query before them, on its own line.
const ENDING: [&str; 8] = [
    "g",
    "gx",
    "gset",
    "gexec",
    "gdesc",
    "crosstabview",
    "watch",
    "bind",
];

fn command(text: &str, token: &Token) -> Option<Found> {
    let at = token.span.start;
    if token.text(text) != "\\" {
        return None;
    }
    let rest = text.get(at + 1..)?;
    let length = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let word = rest.get(..length)?;
    let symbol = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '.' | '!' | '?' | ';'));
    let name = if word.is_empty() {
        usize::from(symbol.is_some())
    } else {
        length
    };
    let line_start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let first = text.get(line_start..at)?.trim().is_empty();
    let ends_query = !first && (ENDING.contains(&word) || symbol == Some(';'));
    if name == 0 || !(first && symbol != Some(';') || ends_query) {
        return None;
    }
    let end = rest
        .find('\n')
        .map_or(text.len(), |newline| at + 1 + newline);
    Some(Found::Command {
        name: Span::new(at, at + 1 + name),
        line: Span::new(at, end),
        ends_query,
    })
}

fn psql_command(file: &Arc<SourceFile>, name: Span) -> Diagnostic {
    let word = file.slice(name);
    let diagnostic = Diagnostic::new(
        Code::PsqlCommand,
        format!("`{word}` is a command of psql, not SQL"),
    )
    .at(file, name)
    .label("only psql knows it");
    match instead(word) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn instead(word: &str) -> Option<&'static str> {
    Some(match word {
        "\\i" | "\\ir" | "\\include" | "\\include_relative" => {
            "write the other file's statements here, or make it a migration of its own"
        }
        "\\c" | "\\connect" => {
            "remove the line: a migration runs in the database that the runner is connected to"
        }
        "\\restrict" | "\\unrestrict" => {
            "remove the line: pg_dump writes it for psql, and nothing else needs it"
        }
        "\\." => "remove the line: it ends the rows of a COPY in psql",
        "\\copy" => "write the rows as INSERT statements",
        "\\echo" | "\\qecho" | "\\warn" | "\\prompt" | "\\timing" | "\\pset" | "\\x" => {
            "remove the line: it is about psql's own input and output"
        }
        "\\set" | "\\gset" | "\\getenv" | "\\unset" => {
            "write the value itself where the variable is used"
        }
        "\\if" | "\\elif" | "\\else" | "\\endif" => {
            "decide in SQL: a DO block with IF, or IF EXISTS"
        }
        "\\g" | "\\gx" => "end the statement with `;`",
        "\\gexec" => "run the made statements with EXECUTE in a DO block",
        _ => return None,
    })
}

/// Finds the rows after a `COPY … FROM STDIN;` that ends at `from`, with their `\.`.
fn rows(text: &str, statement: &[Token], from: usize) -> Option<Found> {
    let first = statement.first()?;
    let is_copy = first.is_word(text, "copy")
        && statement.windows(2).any(|pair| {
            matches!(pair, [from, stdin] if from.is_word(text, "from") && stdin.is_word(text, "stdin"))
        });
    if !is_copy {
        return None;
    }
    let start = from + text.get(from..)?.find('\n')? + 1;
    if !text.get(from..start)?.trim().is_empty() {
        return None;
    }
    let mut at = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        let content = line.trim_end();
        if content == "\\." {
            return Some(Found::Rows {
                statement: Span::new(first.span.start, statement.last()?.span.end),
                rows: Span::new(start, at + content.len()),
            });
        }
        // The next COPY: this one had no rows of its own.
        if content
            .get(..5)
            .is_some_and(|head| head.eq_ignore_ascii_case("copy "))
        {
            return None;
        }
        at += line.len();
    }
    None
}
