//! Where directives are: which comments hold one, and what it is about.

use std::sync::Arc;

use super::{
    Allow, Directives, Irreversible, NAMES, Role, Scope,
    cursor::Cursor,
    parse::{self, Directive},
};
use crate::{
    Code, Diagnostic, SourceFile, Span,
    lexer::{Kind, Token},
    near,
};

/// Reads the directives of a file, whose tokens are those of its text, and finds what is wrong
/// with them.
#[must_use]
pub fn read(file: &Arc<SourceFile>, tokens: &[Token], role: Role) -> (Directives, Vec<Diagnostic>) {
    let mut reader = Reader {
        file,
        role,
        directives: Directives::default(),
        findings: Vec::new(),
    };
    let mut before: Option<&Token> = None;
    for (index, token) in tokens.iter().enumerate() {
        if token.kind == Kind::LineComment {
            let after = tokens
                .iter()
                .skip(index)
                .find(|token| !token.kind.is_comment());
            reader.comment(token.span, before, after);
        } else if !token.kind.is_comment() {
            before = Some(token);
        }
    }
    (reader.directives, reader.findings)
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    role: Role,
    directives: Directives,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reads a comment, between the tokens that are no comments.
    fn comment(&mut self, span: Span, before: Option<&Token>, after: Option<&Token>) {
        let text = self.file.slice(span);
        let inside = text.trim_start_matches('-').trim_start();
        let start = span.end - inside.len();
        let Some(body) = text
            .strip_prefix("--")
            .and_then(|text| text.trim_start().strip_prefix("samokoder:"))
        else {
            if let Some(written) = near_miss(inside) {
                self.error(
                    Span::new(start, span.end),
                    "this looks like a directive, and is not written as one",
                    format!("write `-- samokoder: {written}`"),
                );
            }
            return;
        };
        let whole = Span::new(start, span.start + text.trim_end().len());
        match parse::directive(self.file, Cursor::new(body, span.end - body.len())) {
            Ok(directive) => match self.scope(&directive, span, before, after) {
                Ok(scope) => self.keep(directive, whole, scope),
                Err((message, help)) => self.error(whole, message, help),
            },
            Err(finding) => self.findings.push(*finding),
        }
    }

    /// Decides what a directive is about, or why it cannot be where it is.
    fn scope(
        &self,
        directive: &Directive,
        span: Span,
        before: Option<&Token>,
        after: Option<&Token>,
    ) -> Result<Scope, (String, String)> {
        let name = directive.name();
        if self.role == Role::Seed
            && matches!(
                directive,
                Directive::NoTransaction | Directive::Irreversible(_)
            )
        {
            let why = match directive {
                Directive::NoTransaction => "a seed and its record are one transaction",
                _ => "a seed has no way back",
            };
            return Err((format!("a seed cannot be `{name}`"), why.to_owned()));
        }
        if self.role != Role::Seed && matches!(directive, Directive::Copy(_)) {
            return Err((
                format!("a migration cannot `{name}`"),
                "put the rows into a seed".to_owned(),
            ));
        }
        let Some(before) = before else {
            return Ok(Scope::Script);
        };
        let of_statement = matches!(directive, Directive::Allow(..) | Directive::Touches(_));
        if !of_statement {
            return Err((
                format!("`{name}` is about the whole file, and is not at its head"),
                "move it into the comment block above the first statement".to_owned(),
            ));
        }
        let gap = self.file.slice(Span::new(before.span.end, span.start));
        if self.file.slice(before.span) != ";" || !gap.contains('\n') {
            return Err((
                format!("`{name}` is not on a line above its statement"),
                "move it to a line of its own, above the statement that it is about".to_owned(),
            ));
        }
        after
            .map(|after| Scope::Statement(after.span.start))
            .ok_or_else(|| {
                (
                    format!("no statement follows `{name}`"),
                    "move it above the statement that it is about".to_owned(),
                )
            })
    }

    fn keep(&mut self, directive: Directive, span: Span, scope: Scope) {
        let name = directive.name();
        let mine = &mut self.directives;
        let twice = match directive {
            Directive::NoTransaction => mine.no_transaction.replace(span).is_some(),
            Directive::LockTimeout(timeout) => mine.lock_timeout.replace(timeout).is_some(),
            Directive::StatementTimeout(timeout) => {
                mine.statement_timeout.replace(timeout).is_some()
            }
            Directive::Irreversible(reason) => mine
                .irreversible
                .replace(Irreversible { reason, span })
                .is_some(),
            Directive::Allow(codes, reason) => {
                let twice = mine.allows.iter().any(|other| {
                    other.scope == scope
                        && other
                            .codes
                            .iter()
                            .any(|(code, _)| codes.iter().any(|(c, _)| c == code))
                });
                mine.allows.push(Allow {
                    codes,
                    reason,
                    scope,
                });
                twice
            }
            Directive::Touches(touches) => {
                mine.touches.extend(touches);
                false
            }
            Directive::Copy(copy) => mine.copy.replace(*copy).is_some(),
        };
        if twice {
            self.error(
                span,
                format!("`{name}` is said twice"),
                "remove one of the two".to_owned(),
            );
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>, help: String) {
        self.findings.push(
            Diagnostic::new(Code::UnknownDirective, message)
                .at(self.file, span)
                .help(help),
        );
    }
}

/// Returns the directive that a comment was meant to be, if what it says has a directive's form.
///
/// A project may be called `samokoder` too, so prose that begins with the word stays prose.
fn near_miss(comment: &str) -> Option<String> {
    let comment = comment.trim_start_matches(['@', '#', '!', '+', ' ']);
    let end = comment.find(|c: char| !c.is_alphanumeric())?;
    let (word, rest) = comment.split_at_checked(end)?;
    if word.chars().count() < 7 || near::closest(word, ["samokoder"]).is_none() {
        return None;
    }
    let separators = [':', '=', ' ', '\t', '-', '_', '.', '/'];
    let rest = rest.trim_start_matches(separators);
    let rest = rest
        .strip_prefix("migrate")
        .unwrap_or(rest)
        .trim_start_matches(separators);
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_'))
        .unwrap_or(rest.len());
    let (name, rest) = rest.split_at_checked(end)?;
    let name = name.to_lowercase().replace('_', "-");
    let name = NAMES.iter().find(|known| **known == name)?;
    let rest = rest.trim();
    let fits = match *name {
        "no-transaction" => rest.is_empty(),
        "irreversible" => rest.is_empty() || rest.starts_with('"'),
        "allow" => rest.starts_with('('),
        "copy" => rest.starts_with('"'),
        "touches" => rest.starts_with("table ") || rest.starts_with("type "),
        _ => rest.starts_with(|c: char| c.is_ascii_digit()),
    };
    let space = if *name == "allow" || rest.is_empty() {
        ""
    } else {
        " "
    };
    fits.then(|| format!("{name}{space}{rest}"))
}
