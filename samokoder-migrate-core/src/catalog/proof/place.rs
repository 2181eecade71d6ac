//! Where a fault is, in the text of its script.

use super::Replayed;
use crate::{
    Code, Diagnostic, SourceFile, Span,
    catalog::fault::{At, Fault},
    lexer::{self, Kind},
};

/// Makes the finding that a fault is.
pub(super) fn diagnostic(script: Replayed<'_>, index: usize, fault: &Fault) -> Diagnostic {
    told(
        script,
        index,
        fault,
        super::code(fault),
        fault.message.clone(),
    )
}

/// Makes the finding that a fault of an upgrade is: what it names may have been there before it.
pub(super) fn in_upgrade(script: Replayed<'_>, index: usize, fault: &Fault) -> Diagnostic {
    let diagnostic = diagnostic(script, index, fault);
    let may_be_older = matches!(fault.sqlstate, "42P01" | "42704" | "42883" | "3F000");
    if may_be_older && fault.help.is_none() {
        diagnostic
            .help("if the database had it before the first migration, say `baseline = \"unknown\"`")
    } else {
        diagnostic
    }
}

/// Makes the finding that a fault of a downgrade is.
pub(super) fn in_downgrade(script: Replayed<'_>, index: usize, fault: &Fault) -> Diagnostic {
    let diagnostic = diagnostic(script, index, fault);
    if fault.sqlstate == "P0001" && fault.help.is_none() {
        // That it raises is what its author wants: let the tools know.
        diagnostic.help("say at the head of the downgrade: `-- samokoder: irreversible \"why\"`")
    } else {
        diagnostic
    }
}

/// Makes the finding that an upgrade cannot run a second time.
pub(super) fn again(
    script: Replayed<'_>,
    index: usize,
    fault: &Fault,
    message: String,
) -> Diagnostic {
    let diagnostic = told(script, index, fault, Code::NotRepeatable, message);
    if fault.help.is_none() {
        diagnostic.help("let the downgrade drop it, or write `IF NOT EXISTS` here")
    } else {
        diagnostic
    }
}

fn told(
    script: Replayed<'_>,
    index: usize,
    fault: &Fault,
    code: Code,
    message: String,
) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(code, message)
        .at(script.file, span(script, index, &fault.at))
        .label(format!("PostgreSQL refuses this here ({})", fault.sqlstate))
        .sqlstate(fault.sqlstate);
    for note in &fault.notes {
        diagnostic = diagnostic.note(note);
    }
    match &fault.help {
        Some(help) => diagnostic.help(help),
        None if code == Code::StillNeeded => {
            diagnostic.help("drop that first, or write `CASCADE` to drop it too")
        }
        None => diagnostic,
    }
}

fn span(script: Replayed<'_>, index: usize, at: &At) -> Span {
    let whole = statement(script, index);
    let Some(statement) = script.statements.get(index) else {
        return whole;
    };
    let found = match at {
        At::Statement => None,
        At::Name(wanted) => name(script.file, statement.span, wanted),
        At::Location(location) => statement.tree.as_ref().and_then(|tree| {
            let start = tree.base + usize::try_from(*location).ok()?;
            token(script.file, statement.span, start)
        }),
    };
    found.unwrap_or(whole)
}

/// Returns the first line of a statement.
pub(super) fn statement(script: Replayed<'_>, index: usize) -> Span {
    let Some(statement) = script.statements.get(index) else {
        return Span::new(0, 0);
    };
    let text = script.file.slice(statement.span);
    let line = text.find(['\n', '\r']).unwrap_or(text.len());
    let start = statement.span.start;
    Span::new(
        start,
        start + text.get(..line).map_or(line, |line| line.trim_end().len()),
    )
}

/// Finds the token that begins at a byte; a qualified name is shown whole.
fn token(file: &SourceFile, within: Span, start: usize) -> Option<Span> {
    let rest = file.text().get(start..within.end)?;
    let tokens = lexer::tokens(rest);
    let mut end = tokens.first()?.span.end;
    let mut tokens = tokens.iter().skip(1);
    while let (Some(dot), Some(part)) = (tokens.next(), tokens.next()) {
        let is_dot = rest.get(dot.span.range()) == Some(".") && dot.span.start == end;
        if !is_dot || !matches!(part.kind, Kind::Word | Kind::QuotedName) {
            break;
        }
        end = part.span.end;
    }
    Some(Span::new(start, start + end))
}

/// Finds the first token of a statement that is a name.
pub(super) fn name(file: &SourceFile, within: Span, wanted: &str) -> Option<Span> {
    let text = file.slice(within);
    lexer::tokens(text)
        .iter()
        .find(|token| {
            let written = text.get(token.span.range()).unwrap_or_default();
            match token.kind {
                Kind::Word => written.eq_ignore_ascii_case(wanted),
                Kind::QuotedName => {
                    let inside = written.trim_matches('"');
                    inside == wanted || inside.replace("\"\"", "\"") == wanted
                }
                _ => false,
            }
        })
        .map(|token| {
            Span::new(
                within.start + token.span.start,
                within.start + token.span.end,
            )
        })
}
