//! The transaction that the runner owns, and the statements that do not fit into it or outside it.

use std::sync::Arc;

use super::{
    Context, Role,
    gate::{Act, Control, Refused, Scan},
};
use crate::{
    diagnostic::{Code, Diagnostic, Severity},
    migration::Transaction,
    source::{SourceFile, Span},
};

/// Says what is wrong with a statement's act in the transaction that its script runs in.
pub(super) fn judge(
    file: &Arc<SourceFile>,
    statement: Span,
    act: &Act,
    context: Context,
) -> Option<Diagnostic> {
    match (context.transaction, act) {
        (_, Act::Control(control)) => controls(file, statement, *control, context),
        (Transaction::Inside, Act::Refused(refused)) => {
            Some(refused_inside(file, statement, *refused))
        }
        (Transaction::Outside, Act::NeedsTransaction(name)) => {
            Some(refused_outside(file, statement, name))
        }
        (Transaction::Outside, Act::SetLocal) => Some(
            Diagnostic::new(
                Code::TransactionControl,
                "SET LOCAL has no effect outside a transaction",
            )
            .with_severity(Severity::Warning)
            .at(file, head(file, statement, "local"))
            .label("each statement of a `no-transaction` script runs alone"),
        ),
        _ => None,
    }
}

fn controls(
    file: &Arc<SourceFile>,
    statement: Span,
    control: Control,
    context: Context,
) -> Option<Diagnostic> {
    let first = Scan::new(file.slice(statement), 0).next();
    let word = first.map_or_else(String::new, |token| {
        token.text(file.slice(statement)).to_uppercase()
    });
    let name = match word.as_str() {
        "START" | "PREPARE" => format!("{word} TRANSACTION"),
        _ => word,
    };
    let diagnostic = match (context.transaction, control) {
        (Transaction::Inside, Control::Savepoint) => return None,
        (Transaction::Outside, Control::Savepoint) => {
            return Some(refused_outside(
                file,
                statement,
                first_words(file, statement),
            ));
        }
        (Transaction::Outside, Control::Set | Control::ReadOnly) => {
            return Some(
                Diagnostic::new(
                    Code::TransactionControl,
                    "SET TRANSACTION has no effect outside a transaction",
                )
                .with_severity(Severity::Warning)
                .at(file, statement)
                .label("each statement of a `no-transaction` script runs alone"),
            );
        }
        (Transaction::Inside, Control::Set) => Diagnostic::new(
            Code::TransactionControl,
            "SET TRANSACTION in a script whose transaction has begun",
        )
        .sqlstate("25001")
        .help("remove it: the runner begins each transaction as READ COMMITTED READ WRITE"),
        (Transaction::Inside, Control::ReadOnly) => Diagnostic::new(
            Code::TransactionControl,
            "SET TRANSACTION READ ONLY in a script whose transaction must write to the history",
        )
        .sqlstate("25006")
        .help("remove it"),
        (transaction, _) => {
            let diagnostic = Diagnostic::new(
                Code::TransactionControl,
                format!("{name} in {} script", context.role.article()),
            );
            match transaction {
                Transaction::Inside => diagnostic.help(inside_help(control)),
                Transaction::Outside => diagnostic.help(
                    "remove it: each statement of a `no-transaction` script runs alone, so no \
                     transaction may stay open between them",
                ),
            }
        }
    };
    Some(
        diagnostic
            .at(file, statement)
            .label("the runner owns the transaction"),
    )
}

fn inside_help(control: Control) -> &'static str {
    match control {
        Control::Begin => {
            "remove it, and the COMMIT that belongs to it: each script runs in a transaction \
             already, together with its row in the history"
        }
        Control::Commit => {
            "remove it, and the BEGIN that belongs to it: the runner commits the script together \
             with its row in the history"
        }
        _ => "remove it: the runner ends the transaction",
    }
}

fn refused_inside(file: &Arc<SourceFile>, statement: Span, refused: Refused) -> Diagnostic {
    let name = refused.name;
    let word = if name.ends_with("CONCURRENTLY") {
        "concurrently"
    } else {
        ""
    };
    Diagnostic::new(
        Code::OutsideTransaction,
        format!("{name} cannot run inside a transaction block"),
    )
    .at(file, head(file, statement, word))
    .label("PostgreSQL refuses it here (25001)")
    .sqlstate("25001")
    .help(
        "move it into a migration of its own with `-- samokoder: no-transaction` at the head of \
         the file",
    )
}

fn refused_outside(file: &Arc<SourceFile>, statement: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::TransactionControl,
        format!("{name} can only be used in transaction blocks"),
    )
    .at(file, statement)
    .label("PostgreSQL refuses it here (25P01)")
    .sqlstate("25P01")
    .help("each statement of a `no-transaction` script runs alone: remove the statement, or the directive")
}

/// Returns a statement's first tokens, up to a word if it is among them, else two.
fn head(file: &SourceFile, statement: Span, word: &str) -> Span {
    let text = file.slice(statement);
    let tokens: Vec<_> = Scan::new(text, 0).take(12).collect();
    let end = tokens
        .iter()
        .find(|token| token.is_word(text, word))
        .or_else(|| tokens.get(1))
        .or_else(|| tokens.first())
        .map_or(text.len(), |token| token.span.end);
    Span::new(statement.start, statement.start + end)
}

fn first_words(file: &SourceFile, statement: Span) -> &'static str {
    let text = file.slice(statement);
    match Scan::new(text, 0).next() {
        Some(first) if first.is_word(text, "release") => "RELEASE SAVEPOINT",
        Some(first) if first.is_word(text, "rollback") => "ROLLBACK TO SAVEPOINT",
        _ => "SAVEPOINT",
    }
}

impl Role {
    fn article(self) -> &'static str {
        match self {
            Self::Upgrade => "an upgrade",
            Self::Downgrade => "a downgrade",
            Self::Seed => "a seed",
        }
    }
}
