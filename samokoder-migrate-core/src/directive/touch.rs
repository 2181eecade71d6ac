//! What a `touches` directive names.

use super::cursor::Cursor;
use crate::{Span, lexer, near};

/// An object that an opaque statement may change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Touch {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name's parts, as PostgreSQL reads them: unquoted ones in lower case.
    pub name: Vec<String>,
    /// Where it is named.
    pub span: Span,
}

macro_rules! kinds {
    ($($name:ident $text:literal;)*) => {
        /// What an object is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ObjectKind {
            $(#[doc = concat!("`", $text, "`.")] $name,)*
        }

        impl ObjectKind {
            /// All kinds; one that begins with another's name comes before it.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the kind as a directive writes it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

kinds! {
    MaterializedView "materialized view";
    ForeignTable "foreign table";
    Table "table";
    View "view";
    Type "type";
    Domain "domain";
    Sequence "sequence";
    Index "index";
    Function "function";
    Procedure "procedure";
    Schema "schema";
    Extension "extension";
    Role "role";
}

/// Why a list of objects is not understood: where, and what was expected.
pub(super) struct Misread {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Reads `table app.orders, type app.status`.
pub(super) fn list(cursor: &mut Cursor<'_>, whole: Span) -> Result<Vec<Touch>, Misread> {
    let mut touches = Vec::new();
    loop {
        cursor.space();
        let start = cursor.at();
        let kind = kind(cursor, whole)?;
        cursor.space();
        let name = name(cursor, Span::new(start, cursor.at()))?;
        touches.push(Touch {
            kind,
            name,
            span: Span::new(start, cursor.at()),
        });
        cursor.space();
        if cursor.rest().is_empty() {
            return Ok(touches);
        }
        if !cursor.eat(",") {
            return Err(Misread {
                span: cursor.rest_span(),
                message: "a `,` or the end of the line should follow the object's name".into(),
                help: None,
            });
        }
    }
}

fn kind(cursor: &mut Cursor<'_>, whole: Span) -> Result<ObjectKind, Misread> {
    let followed = |kind: &&ObjectKind| {
        let rest = cursor.rest().strip_prefix(kind.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    if let Some(kind) = ObjectKind::ALL.iter().find(followed) {
        let _ = cursor.eat(kind.as_str());
        return Ok(*kind);
    }
    let (word, span) = cursor.take(|c| !c.is_whitespace() && c != ',');
    let names = ObjectKind::ALL.iter().map(|kind| kind.as_str());
    Err(Misread {
        span: if word.is_empty() { whole } else { span },
        message: if word.is_empty() {
            "an object should be named here".into()
        } else {
            format!("`{word}` is not a kind of object")
        },
        help: Some(near::closest(word, names.clone()).map_or_else(
            || {
                format!(
                    "write a kind and a name, such as `table app.orders`; the kinds are {}",
                    names.collect::<Vec<_>>().join(", ")
                )
            },
            |kind| format!("did you mean `{kind}`?"),
        )),
    })
}

/// Reads a name of up to three parts, and skips a function's arguments.
pub(super) fn name(cursor: &mut Cursor<'_>, kind: Span) -> Result<Vec<String>, Misread> {
    let text = cursor.rest();
    let tokens = lexer::tokens(text);
    let mut parts = Vec::new();
    let mut end = 0;
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        let part = text.get(token.span.range()).unwrap_or_default();
        match token.kind {
            lexer::Kind::Word => parts.push(part.to_lowercase()),
            lexer::Kind::QuotedName if token.closed && part.starts_with('"') => {
                let inside = part.get(1..part.len() - 1).unwrap_or_default();
                parts.push(inside.replace("\"\"", "\""));
            }
            _ => break,
        }
        end = token.span.end;
        let dot = tokens.next_if(|next| text.get(next.span.range()) == Some("."));
        if dot.is_none() {
            break;
        }
    }
    if parts.is_empty() {
        return Err(Misread {
            span: kind,
            message: "the object's name should follow its kind".into(),
            help: Some("write a kind and a name, such as `table app.orders`".into()),
        });
    }
    let arguments = text
        .get(end..)
        .filter(|rest| rest.starts_with('('))
        .and_then(|rest| rest.find(')'));
    end += arguments.map_or(0, |close| close + 1);
    let _ = cursor.skip(end);
    Ok(parts)
}
