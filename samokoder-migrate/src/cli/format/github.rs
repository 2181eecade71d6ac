//! Findings as workflow commands, which GitHub shows at the lines of a pull request.

use std::path::Path;

use samokoder_migrate_core::{Diagnostic, Diagnostics, Severity};

/// Writes one command for each finding; paths are relative to the folder that the command runs in.
pub(crate) fn github(diagnostics: &Diagnostics, here: Option<&Path>) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| line(diagnostic, here))
        .collect()
}

fn line(diagnostic: &Diagnostic, here: Option<&Path>) -> String {
    let kind = match diagnostic.severity() {
        Severity::Error => "error",
        _ => "warning",
    };
    let mut properties = Vec::new();
    if let Some(path) = diagnostic.path() {
        properties.push(format!("file={}", property(&relative(path, here))));
    }
    if let (Some(start), Some(end)) = (diagnostic.position(), diagnostic.end_position()) {
        properties.push(format!("line={},col={}", start.line, start.column));
        properties.push(format!("endLine={},endColumn={}", end.line, end.column));
    }
    properties.push(format!("title={}", diagnostic.code()));
    let mut message = diagnostic.message().to_owned();
    for help in diagnostic.help_lines() {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    format!("::{kind} {}::{}\n", properties.join(","), data(&message))
}

fn relative(path: &str, here: Option<&Path>) -> String {
    let relative = here.and_then(|here| Path::new(path).strip_prefix(here).ok());
    let path = relative.and_then(Path::to_str).unwrap_or(path);
    path.strip_prefix("./").unwrap_or(path).to_owned()
}

/// Escapes a message as the runner's own toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property, which `:` and `,` would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use samokoder_migrate_core::{Code, Diagnostic, Diagnostics, SourceFile, Span};

    use super::github;

    #[test]
    fn writes_a_command_for_each_finding() {
        let file = Arc::new(SourceFile::new(
            "/srv/db/001_50%,a:b.up.sql",
            "SELECT 'ё',\n  1 FORM t",
        ));
        let diagnostics: Diagnostics = [
            Diagnostic::new(Code::SyntaxError, "100% wrong: a, b\r\nc")
                .at(&file, Span::new(17, 21))
                .help("write FROM"),
            Diagnostic::new(Code::EmptyFolder, "the folder holds no migration").in_path("./db"),
            Diagnostic::new(Code::LockedWithoutDowngrade, "2 migrations"),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            github(&diagnostics, Some(Path::new("/srv"))),
            "::error file=db/001_50%25%2Ca%3Ab.up.sql,line=2,col=5,endLine=2,endColumn=9,title=SM0201::100%25 wrong: a, b%0D%0Ac%0Ahelp: write FROM\n\
             ::error file=db,title=SM0107::the folder holds no migration\n\
             ::warning title=SM0305::2 migrations\n"
        );
    }
}
