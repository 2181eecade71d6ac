//! What one directive says.

use std::{sync::Arc, time::Duration};

use super::{
    Copy, NAMES, Touch, copy,
    cursor::Cursor,
    touch::{self, Misread},
};
use crate::{Code, Diagnostic, SourceFile, Span, near, rule};

/// What one directive says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    NoTransaction,
    LockTimeout(Duration),
    StatementTimeout(Duration),
    Irreversible(String),
    Allow(Vec<(Code, Span)>, String),
    Touches(Vec<Touch>),
    Copy(Box<Copy>),
}

impl Directive {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::NoTransaction => "no-transaction",
            Self::LockTimeout(_) => "lock-timeout",
            Self::StatementTimeout(_) => "statement-timeout",
            Self::Irreversible(_) => "irreversible",
            Self::Allow(..) => "allow",
            Self::Touches(_) => "touches",
            Self::Copy(_) => "copy",
        }
    }
}

/// PostgreSQL holds a timeout in milliseconds, as an `i32`.
const LONGEST: u64 = i32::MAX.unsigned_abs() as u64;

/// Reads what follows `samokoder:`.
pub(super) fn directive(
    file: &Arc<SourceFile>,
    mut cursor: Cursor<'_>,
) -> Result<Directive, Box<Diagnostic>> {
    cursor.space();
    let whole = cursor.rest_span();
    let (name, span) = cursor.take(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let parser = Parser { file, name };
    let directive = match name {
        "no-transaction" => Directive::NoTransaction,
        "lock-timeout" => Directive::LockTimeout(parser.timeout(&mut cursor, whole)?),
        "statement-timeout" => Directive::StatementTimeout(parser.timeout(&mut cursor, whole)?),
        "irreversible" => Directive::Irreversible(parser.reason(&mut cursor, whole)?),
        "allow" => {
            let codes = parser.codes(&mut cursor, whole)?;
            Directive::Allow(codes, parser.reason(&mut cursor, whole)?)
        }
        "touches" => Directive::Touches(
            touch::list(&mut cursor, whole).map_err(|misread| parser.misread(misread))?,
        ),
        "copy" => Directive::Copy(Box::new(
            copy::copy(&mut cursor, whole).map_err(|misread| parser.misread(misread))?,
        )),
        "" => {
            return Err(Box::new(
                parser
                    .finding(whole, "a directive should follow `samokoder:`")
                    .help(known()),
            ));
        }
        _ => {
            let finding = parser.finding(span, format!("`{name}` is not a directive"));
            return Err(Box::new(finding.help(
                near::closest(name, NAMES.iter().copied()).map_or_else(known, |near| {
                    format!("did you mean `-- samokoder: {near}`?")
                }),
            )));
        }
    };
    if cursor.rest().trim().is_empty() {
        Ok(directive)
    } else {
        Err(Box::new(
            parser
                .finding(
                    cursor.rest_span(),
                    format!("nothing should follow `{name}` here"),
                )
                .help("write a remark on a comment line of its own"),
        ))
    }
}

fn known() -> String {
    format!("the directives are {}", NAMES.join(", "))
}

/// The directive that is being read.
struct Parser<'a> {
    file: &'a Arc<SourceFile>,
    name: &'a str,
}

impl Parser<'_> {
    fn finding(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Code::UnknownDirective, message).at(self.file, span)
    }

    fn misread(&self, misread: Misread) -> Box<Diagnostic> {
        let finding = self.finding(misread.span, misread.message);
        Box::new(misread.help.into_iter().fold(finding, Diagnostic::help))
    }

    /// Reads `"reason"`.
    fn reason(&self, cursor: &mut Cursor<'_>, whole: Span) -> Result<String, Box<Diagnostic>> {
        cursor.space();
        let example = match self.name {
            "allow" => "allow(seed-not-repeatable) \"loaded once by hand\"",
            _ => "irreversible \"the dropped rows are gone\"",
        };
        let missing = |message: String, span| {
            Box::new(
                Diagnostic::new(Code::MissingReason, message)
                    .at(self.file, span)
                    .help(format!(
                        "say why, in double quotes: `-- samokoder: {example}`"
                    )),
            )
        };
        let rest = cursor.rest_span();
        match cursor.quoted() {
            Some((reason, span)) if reason.trim().is_empty() => Err(missing(
                format!("`{}` gives an empty reason", self.name),
                span,
            )),
            Some((reason, _)) => Ok(reason.trim().to_owned()),
            None if cursor.rest().trim().is_empty() => Err(missing(
                format!("`{}` does not give its reason", self.name),
                whole,
            )),
            None => Err(missing(
                format!("the reason of `{}` is not in double quotes", self.name),
                rest,
            )),
        }
    }

    /// Reads `(rule-or-code, …)`.
    fn codes(
        &self,
        cursor: &mut Cursor<'_>,
        whole: Span,
    ) -> Result<Vec<(Code, Span)>, Box<Diagnostic>> {
        cursor.space();
        let form = "write it as `allow(seed-not-repeatable) \"why\"`";
        if !cursor.eat("(") {
            return Err(Box::new(
                self.finding(whole, "`allow` does not name a rule in parentheses")
                    .help(form),
            ));
        }
        let mut codes: Vec<(Code, Span)> = Vec::new();
        loop {
            cursor.space();
            let (word, span) = cursor.take(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
            if word.is_empty() {
                let (_, next) = cursor.clone().skip(1);
                let span = if next.start == next.end { whole } else { next };
                return Err(Box::new(
                    self.finding(span, "a rule's name or a code should be here")
                        .help(form),
                ));
            }
            let code = self.code(word, span)?;
            if codes.iter().any(|(other, _)| *other == code) {
                return Err(Box::new(
                    self.finding(span, format!("`{word}` is named twice")),
                ));
            }
            codes.push((code, span));
            cursor.space();
            if cursor.eat(")") {
                return Ok(codes);
            }
            if !cursor.eat(",") {
                let span = if cursor.rest().is_empty() {
                    whole
                } else {
                    cursor.rest_span()
                };
                return Err(Box::new(
                    self.finding(span, "the list of rules is not closed by `)`")
                        .help(form),
                ));
            }
        }
    }

    fn code(&self, word: &str, span: Span) -> Result<Code, Box<Diagnostic>> {
        if let Some((_, code)) = rule::RULES.iter().find(|(name, _)| *name == word) {
            return Ok(*code);
        }
        match word.parse::<Code>() {
            Ok(code) if rule::is_silenceable(code) => Ok(code),
            Ok(code) => Err(Box::new(
                self.finding(span, format!("nothing silences {code}: {}", code.title()))
                    .help("`allow` silences the codes of the stages 04 and 05"),
            )),
            Err(_) => {
                let finding = self.finding(span, format!("`{word}` is neither a rule nor a code"));
                let names = rule::RULES.iter().map(|(name, _)| *name);
                Err(Box::new(finding.help(
                    near::closest(word, names.clone()).map_or_else(
                        || format!("the rules are {}", names.collect::<Vec<_>>().join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    ),
                )))
            }
        }
    }

    /// Reads `3s`, `500ms`, `10min`, `1h`.
    fn timeout(&self, cursor: &mut Cursor<'_>, whole: Span) -> Result<Duration, Box<Diagnostic>> {
        cursor.space();
        let form = "write a whole number and a unit, such as `500ms`, `3s`, `10min` or `1h`";
        let (text, span) = cursor.take(|c| !c.is_whitespace());
        if text.is_empty() {
            return Err(Box::new(
                self.finding(whole, format!("`{}` does not say how long", self.name))
                    .help(form),
            ));
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits).unwrap_or_default();
        let unit: Option<u64> = match unit {
            "ms" => Some(1),
            "s" => Some(1_000),
            "min" => Some(60_000),
            "h" => Some(3_600_000),
            _ => None,
        };
        let (Some(unit), false) = (unit, number.is_empty()) else {
            return Err(Box::new(
                self.finding(span, format!("`{text}` is not a time"))
                    .help(form),
            ));
        };
        let milliseconds = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(unit));
        match milliseconds {
            Some(0) => Err(Box::new(
                self.finding(span, "a timeout of nothing would wait without a bound")
                    .help("the shortest is `1ms`"),
            )),
            Some(milliseconds) if milliseconds <= LONGEST => {
                Ok(Duration::from_millis(milliseconds))
            }
            _ => Err(Box::new(
                self.finding(span, format!("`{text}` is longer than PostgreSQL can wait"))
                    .help("the longest is `596h`"),
            )),
        }
    }
}
