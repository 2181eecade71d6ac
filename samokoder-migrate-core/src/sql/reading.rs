//! One script, read.

use std::sync::Arc;

use super::{
    bulk, floor,
    gate::{self, Act, Lexed, Parsed, Refusal},
    notsql, refusal,
    split::{self, Piece},
    transaction,
};
use crate::{
    diagnostic::{Code, Diagnostic},
    migration::{Facts, Statement, Transaction},
    source::{SourceFile, Span},
    trace::Trace,
};

/// What a script is, for the checks of its text.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Whether it runs inside a transaction.
    pub transaction: Transaction,
    /// The oldest major version of PostgreSQL that must take it.
    pub postgres: Option<u16>,
    /// What it is in its migration.
    pub role: Role,
}

/// What a script is in its migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The way up.
    Upgrade,
    /// The way back.
    Downgrade,
    /// A data script.
    Seed,
}

/// What was read in a script.
#[derive(Debug, Default)]
pub struct Reading {
    /// The statements, right or wrong, in order.
    pub statements: Vec<Statement>,
    /// The settings that the script is seen to change for the session: lower case, each once, in
    /// order; `all` for `RESET ALL` and `DISCARD ALL`.
    pub settings: Vec<String>,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Beyond this many bytes a script is read statement by statement, and rows of data for the
/// verdict alone: the tree of a 5 MB seed takes seconds in a macro, which cargo never optimises,
/// and tells nothing. The statements of a smaller script are read at one go.
const LARGE: usize = 64 * 1024;

/// Reads a script: its statements, and everything that is wrong with its text.
///
/// Call it on a thread with a stack of 64 MB: the tree of deeply nested SQL overflows the usual
/// 2 MB in an unoptimised build.
#[must_use]
pub fn read(file: &Arc<SourceFile>, context: &Context) -> Reading {
    let mut reader = Reader {
        file,
        context,
        reading: Reading::default(),
    };
    let text = file.text();
    let taken = if text.contains('\0') {
        None
    } else if text.len() > LARGE {
        gate::check(text).ok().and_then(|()| large(text))
    } else {
        gate::parse(text).ok()
    };
    match taken {
        Some(statements) => reader.take_all(&statements),
        None => reader.apart(),
    }
    let mut reading = reader.reading;
    let start = |diagnostic: &Diagnostic| diagnostic.source().map_or(0, |(_, span)| span.start);
    reading.diagnostics.sort_by_key(start);
    reading.statements.sort_by_key(|statement| statement.span);
    reading
}

/// Reads a large script that the grammar takes.
fn large(text: &str) -> Option<Vec<Parsed>> {
    let lexed = gate::lex(text);
    let mut statements = Vec::new();
    for piece in split::split(text, &lexed) {
        match bulk::rows(text, piece.tokens) {
            Some(insert) => statements.push(gate::rows(piece.statement, insert)),
            None => match read_piece(text, &piece) {
                Ok(parsed) => statements.extend(parsed),
                // The split, or an action of the grammar: the whole text says which.
                Err(_) => return gate::parse(text).ok(),
            },
        }
    }
    Some(statements)
}

fn read_piece(text: &str, piece: &Piece<'_>) -> Result<Vec<Parsed>, Refusal> {
    let sql = text.get(piece.whole.range()).unwrap_or_default();
    let rows = bulk::rows(text, piece.tokens).filter(|_| sql.len() > LARGE);
    let parsed = match rows {
        Some(insert) => {
            let span = Span::new(0, piece.statement.end - piece.statement.start);
            gate::check(sql).map(|()| vec![gate::rows(span, insert)])
        }
        None => gate::parse(sql),
    };
    match parsed {
        Ok(statements) => Ok(statements
            .into_iter()
            .map(|statement| statement.shifted(piece.whole.start))
            .collect()),
        // The server sees the end of the file, not that of the statement.
        Err(refused) if refused.offset == Some(sql.len()) => {
            Err(refused.shifted(text.len() - sql.len()))
        }
        Err(refused) => Err(refused.shifted(piece.whole.start)),
    }
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    context: &'a Context,
    reading: Reading,
}

impl Reader<'_> {
    /// Reads statement by statement, so that every broken one is reported.
    fn apart(&mut self) {
        let masked = notsql::mask(self.file);
        self.reading.diagnostics.extend(masked.diagnostics);
        for span in masked.statements {
            self.push_opaque(span);
        }
        let text = masked.text.as_str();
        let lexed = gate::lex(text);
        for piece in split::split(text, &lexed) {
            let swallows = self.read_glued(text, &lexed, piece);
            if swallows && lexed.unterminated.is_some() {
                break;
            }
        }
    }

    /// Reads a piece, and what a missing `;` glued to it; says whether it swallows what follows.
    fn read_glued(&mut self, text: &str, lexed: &Lexed, mut piece: Piece<'_>) -> bool {
        loop {
            let refused = match read_piece(text, &piece) {
                Ok(statements) => {
                    self.take_all(&statements);
                    return false;
                }
                Err(refused) => refused,
            };
            let found = refusal::Broken::new(self.file, text, lexed, &piece, refused).findings();
            self.reading.diagnostics.push(found.diagnostic);
            self.push_opaque(found.statement);
            match piece.rest(found.tokens) {
                Some(rest) => piece = rest,
                None => return found.swallows_the_rest,
            }
        }
    }

    fn take_all(&mut self, statements: &[Parsed]) {
        for statement in statements {
            self.take(statement);
        }
    }

    fn take(&mut self, parsed: &Parsed) {
        let span = parsed.span;
        let act = gate::act(parsed);
        let judged = transaction::judge(self.file, span, &act, *self.context);
        self.reading.diagnostics.extend(judged);
        self.reading
            .diagnostics
            .extend(floor::judge(self.file, parsed, self.context.postgres));
        let mut facts = Facts::default();
        match act {
            Act::CopyFromClient => self
                .reading
                .diagnostics
                .push(notsql::copy_from_client(self.file, span)),
            Act::CopyToClient => self
                .reading
                .diagnostics
                .push(copy_to_client(self.file, span)),
            Act::Settings(names) => self.settings(names),
            Act::Refused(refused) if refused.name == "DISCARD ALL" => {
                self.settings(vec!["all".to_owned()]);
            }
            Act::Rows(rows) => facts = rows,
            _ => {}
        }
        let trace = match self.context.transaction {
            Transaction::Outside => gate::trace(parsed),
            Transaction::Inside => Trace::None,
        };
        self.push(Statement {
            span,
            tree: parsed.tree(),
            facts,
            trace,
        });
    }

    fn push(&mut self, statement: Statement) {
        self.reading.statements.push(statement);
    }

    /// A statement of which nothing is known but where it is.
    fn push_opaque(&mut self, span: Span) {
        self.push(Statement {
            span,
            tree: None,
            facts: Facts::default(),
            trace: Trace::None,
        });
    }

    fn settings(&mut self, names: Vec<String>) {
        for name in names {
            if !self.reading.settings.contains(&name) {
                self.reading.settings.push(name);
            }
        }
    }
}

fn copy_to_client(file: &Arc<SourceFile>, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::CopyFromStdin,
        "COPY TO STDOUT sends rows that nobody takes",
    )
    .at(file, span)
    .label("a script has nowhere to write to")
    .help("remove it: the rows of a query in a migration are not shown")
}
