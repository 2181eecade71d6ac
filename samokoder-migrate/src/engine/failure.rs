//! What is said of a step that failed: where, why, what stands, what was undone, what to do.

use std::sync::Arc;

use samokoder_migrate_core::{Code, Diagnostic, SourceFile, Span, trace::Trace};

use super::advice::{READ_ONLY, advice, remedy};
use crate::{
    error::{Error, ServerError},
    plan::Step,
    report::{Spot, StepReport},
    script::step::Writer,
    set::{Script, Set, Transaction},
};

/// What is to blame for a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// A character of the script, counted from 0.
    Character(usize),
    /// A statement of the script, from 0, and a character in it if the server told.
    Statement {
        statement: usize,
        offset: Option<usize>,
    },
    /// The COMMIT, at which deferred constraints are checked.
    Commit,
    /// The step; which statement is not known.
    Step,
    /// What we add around the script.
    Ours,
}

/// Makes the error for a step that the server refused.
pub(super) fn failed(
    writer: &Writer<'_>,
    step: &Step,
    blame: Blame,
    server: &ServerError,
    done: &[StepReport],
    current: &Spot,
) -> Error {
    let mut diagnostic =
        Diagnostic::new(Code::StatementFailed, &server.message).sqlstate(&server.sqlstate);
    let script = writer.script(step);
    if let Some(script) = script {
        diagnostic = place(diagnostic, script, blame, &server.sqlstate);
    }
    diagnostic = words(diagnostic, server);
    diagnostic = diagnostic
        .note(undone(step, script, blame))
        .note(standing(done, current));
    if let Some(constraint) = server
        .constraint
        .as_ref()
        .filter(|_| blame == Blame::Commit)
    {
        diagnostic = diagnostic.note(format!(
            "the constraint `{constraint}` is deferred, and is checked when the step commits"
        ));
    }
    if blame == Blame::Ours {
        diagnostic =
            diagnostic.note("it is what records the step that was refused, not the script");
    }
    diagnostic = diagnostic.help(advice(step, script, blame, &server.sqlstate));
    let something_stands = is_outside(script)
        && match blame {
            Blame::Statement { statement, .. } => statement > 0 || is_partial(script, blame),
            _ => false,
        };
    if something_stands {
        diagnostic = diagnostic.help(format!(
            "to change the script, undo by hand what stands of it, and stamp {}",
            current.label
        ));
    }
    Error::new(diagnostic)
}

/// Makes the error for a refusal of what opens a run.
pub(super) fn ours(set: &Set, server: ServerError) -> Error {
    let help = match server.sqlstate.as_str() {
        "42501" => format!(
            "the role needs CREATE on the database, or a schema `{}` of its own, to keep the history",
            set.schema()
        ),
        other => remedy(other)
            .unwrap_or("look at the server's log")
            .to_owned(),
    };
    let diagnostic = Diagnostic::new(
        Code::HistoryRefused,
        format!("the history cannot be kept: {}", server.message),
    )
    .sqlstate(&server.sqlstate);
    Error::new(
        words(diagnostic, &server)
            .note(format!("SQLSTATE {}; nothing was done", server.sqlstate))
            .help(help),
    )
    .with_server(server)
}

/// Makes the error for tables of ours that are in someone else's hands.
///
/// `planted` says what, a line each.
pub(super) fn untrusted(set: &Set, planted: &str) -> Error {
    let diagnostic = planted.lines().fold(
        Diagnostic::new(
            Code::Untrusted,
            format!(
                "the history in schema `{}` is in hands that are not trusted",
                set.schema()
            ),
        ),
        Diagnostic::note,
    );
    Error::new(
        diagnostic
            .note("whoever can write there chooses what this role runs; nothing was done")
            .help("drop what was planted, or name the role that may own it: `.trust(\"role\")`")
            .help("if nothing was planted, run as the role that it belongs to"),
    )
}

/// Makes the error for tables of ours that are gone while others are there.
pub(super) fn incomplete(server: ServerError) -> Error {
    Error::new(
        Diagnostic::new(
            Code::Drift,
            format!("tables of the history are gone: {}", server.message),
        )
        .note("others of its tables are there, so they were dropped by hand; nothing was done")
        .help("restore them from a backup")
        .help(
            "or drop the history's schema, and stamp the revision that the database is really at",
        ),
    )
    .with_server(server)
}

/// Makes the error for tables of ours that went while a step was at work.
///
/// They are not made anew: empty ones would say that nothing ever happened.
pub(super) fn gone(
    server: ServerError,
    undone: Option<&Step>,
    done: &[StepReport],
    current: &Spot,
) -> Error {
    let diagnostic = Diagnostic::new(
        Code::Drift,
        format!("the history is gone: {}", server.message),
    )
    .sqlstate(&server.sqlstate)
    .note("its tables were dropped by hand while the run was at work");
    Error::new(
        diagnostic
            .note(standing(done, current))
            .note(undone.map_or_else(
                || "what of the steps after that stands is not recorded".to_owned(),
                |step| format!("{} was rolled back", step.subject),
            ))
            .help("restore the tables from a backup")
            .help(format!(
                "or drop what is left of the history's schema, and stamp the revision that the database is really at, which may be {}",
                current.label
            )),
    )
    .with_server(server)
}

/// Makes the error for a server that takes no writes.
pub(super) fn replica() -> Error {
    Error::new(
        Diagnostic::new(
            Code::HistoryRefused,
            "the server is a replica, which takes no writes",
        )
        .sqlstate(READ_ONLY)
        .note(format!("SQLSTATE {READ_ONLY}; nothing was done"))
        .help("connect to the primary"),
    )
}

/// Makes the error for another tool's history that is not what was read before the lock.
pub(super) fn foreign(server: ServerError) -> Error {
    Error::new(
        Diagnostic::new(Code::ForeignHistory, &server.message)
            .note(
                "it is read again under the lock, so that nothing is missed; nothing was recorded",
            )
            .help("let the other tool end, see that nothing starts it any more, and adopt again"),
    )
    .with_server(server)
}

fn place(diagnostic: Diagnostic, script: &Script, blame: Blame, sqlstate: &str) -> Diagnostic {
    let file = Arc::new(SourceFile::new(script.path(), script.text()));
    let count = script.statements.len();
    let label = |statement: usize| format!("statement {} of {count} ({sqlstate})", statement + 1);
    match blame {
        Blame::Character(offset) => {
            let start = byte_of(script.text(), 0, offset);
            let statement = script
                .statements
                .iter()
                .rposition(|[from, _]| *from as usize <= start)
                .unwrap_or_default();
            diagnostic
                .at(&file, token(script.text(), start))
                .label(label(statement))
        }
        Blame::Statement { statement, offset } => {
            let span = script.span(statement);
            let span = match offset {
                Some(offset) => token(script.text(), byte_of(script.text(), span.start, offset)),
                None => first_line(script.text(), span),
            };
            diagnostic.at(&file, span).label(label(statement))
        }
        Blame::Commit | Blame::Step | Blame::Ours => diagnostic.in_path(script.path()),
    }
}

fn words(mut diagnostic: Diagnostic, server: &ServerError) -> Diagnostic {
    if let Some(detail) = &server.detail {
        diagnostic = diagnostic.note(format!("detail: {detail}"));
    }
    if let Some(hint) = &server.hint {
        diagnostic = diagnostic.note(format!("hint: {hint}"));
    }
    if let Some(context) = &server.context {
        diagnostic = diagnostic.note(format!(
            "context: {}",
            context.lines().next().unwrap_or_default()
        ));
    }
    diagnostic
}

fn undone(step: &Step, script: Option<&Script>, blame: Blame) -> String {
    let subject = &step.subject;
    let (true, Blame::Statement { statement, .. }) = (is_outside(script), blame) else {
        return format!("{subject} was rolled back");
    };
    let stands = match statement {
        0 => "none of its statements stands".to_owned(),
        1 => "its first statement stands".to_owned(),
        _ => format!("its first {statement} statements stand"),
    };
    let part = if is_partial(script, blame) {
        ", and perhaps a part of this one, which commits in between"
    } else {
        ""
    };
    format!("{subject} runs outside a transaction; {stands}{part}")
}

fn standing(done: &[StepReport], current: &Spot) -> String {
    let stands = match done {
        [] => "no step of this run stands".to_owned(),
        [only] => format!("{} stands", only.subject),
        [first, .., last] => format!("{} to {} stand", first.subject, last.subject),
    };
    format!("{stands}; the database is at {}", current.label)
}

/// Returns whether the statement may have done a part of its work.
pub(super) fn is_partial(script: Option<&Script>, blame: Blame) -> bool {
    let Blame::Statement { statement, .. } = blame else {
        return false;
    };
    script.is_some_and(|script| *script.trace(statement) == Trace::Partial)
}

pub(super) fn is_outside(script: Option<&Script>) -> bool {
    script.is_some_and(|script| script.transaction == Transaction::Outside)
}

/// Returns the byte offset of a character, counted from a byte offset.
fn byte_of(text: &str, from: usize, characters: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest
        .char_indices()
        .nth(characters)
        .map_or(rest.len(), |(offset, _)| offset)
}

/// Returns the span of the word that begins at an offset, or of one character.
fn token(text: &str, start: usize) -> Span {
    let rest = text.get(start..).unwrap_or_default();
    let word = rest
        .find(|character: char| !(character.is_alphanumeric() || character == '_'))
        .unwrap_or(rest.len());
    let length = if word > 0 {
        word
    } else {
        rest.chars().next().map_or(0, char::len_utf8)
    };
    Span::new(start, start + length)
}

/// Returns the first line of a span.
fn first_line(text: &str, span: Span) -> Span {
    let line = text
        .get(span.range())
        .and_then(|text| text.lines().next())
        .map_or(0, str::len);
    Span::new(span.start, span.start + line)
}
