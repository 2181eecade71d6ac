//! What a `copy` directive names.

use super::{
    cursor::Cursor,
    touch::{Misread, name},
};
use crate::Span;

/// `copy "cities.csv" into app.cities key (id)`: a seed that is a file of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copy {
    /// The file's name, beside the seed's own.
    pub file: String,
    /// Where the file is named.
    pub file_span: Span,
    /// The table's name, in parts, as PostgreSQL reads them.
    pub table: Vec<String>,
    /// Where the table is named.
    pub table_span: Span,
    /// The columns by which a row is found again, and where each is named.
    pub key: Vec<(String, Span)>,
    /// Where the directive is, after `samokoder:`.
    pub span: Span,
    /// The directive after its first word, as it is written.
    pub text: String,
}

const FORM: &str = "write it as `copy \"cities.csv\" into app.cities key (id)`";

/// Reads `"cities.csv" into app.cities key (id)`.
pub(super) fn copy(cursor: &mut Cursor<'_>, whole: Span) -> Result<Copy, Misread> {
    let misread = |span: Span, message: &str| Misread {
        span: if span.start == span.end { whole } else { span },
        message: message.to_owned(),
        help: Some(FORM.to_owned()),
    };
    let text = cursor.rest().trim().to_owned();
    cursor.space();
    let rest = cursor.rest_span();
    let Some((file, file_span)) = cursor.quoted() else {
        return Err(misread(
            rest,
            "`copy` should name a file in double quotes here",
        ));
    };
    let is_a_name = !file.is_empty()
        && !file.starts_with('.')
        && !file.contains(['/', '\\'])
        && !file.contains(char::is_control);
    if !is_a_name {
        return Err(misread(
            file_span,
            "a file beside this one should be named here, without a folder",
        ));
    }
    word(cursor, "into")
        .ok_or_else(|| misread(cursor.rest_span(), "`into` and a table should follow"))?;
    cursor.space();
    let start = cursor.at();
    let table = name(cursor, Span::new(start, start))
        .ok()
        .filter(|parts| parts.len() <= 2)
        .ok_or_else(|| misread(cursor.rest_span(), "a table should be named here"))?;
    let table_span = Span::new(start, cursor.at());
    word(cursor, "key")
        .ok_or_else(|| misread(cursor.rest_span(), "`key` and columns should follow"))?;
    cursor.space();
    if !cursor.eat("(") {
        return Err(misread(
            cursor.rest_span(),
            "the key's columns should follow in parentheses",
        ));
    }
    let mut key: Vec<(String, Span)> = Vec::new();
    loop {
        cursor.space();
        let start = cursor.at();
        let column = name(cursor, Span::new(start, start))
            .ok()
            .and_then(|parts| <[String; 1]>::try_from(parts).ok());
        let span = Span::new(start, cursor.at());
        let Some([column]) = column else {
            return Err(misread(
                cursor.rest_span(),
                "a column of the key should be named here",
            ));
        };
        if key.iter().any(|(other, _)| *other == column) {
            return Err(misread(span, "this column is named twice"));
        }
        key.push((column, span));
        cursor.space();
        if cursor.eat(")") {
            break;
        }
        if !cursor.eat(",") {
            return Err(misread(
                cursor.rest_span(),
                "the list of columns is not closed by `)`",
            ));
        }
    }
    Ok(Copy {
        file: file.to_owned(),
        file_span,
        table,
        table_span,
        key,
        span: whole,
        text,
    })
}

/// Takes white space and a word.
fn word(cursor: &mut Cursor<'_>, wanted: &str) -> Option<()> {
    cursor.space();
    let mut ahead = cursor.clone();
    let (found, _) = ahead.take(|c| c.is_alphanumeric() || c == '_');
    (found == wanted).then(|| *cursor = ahead)
}
