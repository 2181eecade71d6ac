//! The one place that writes a value into SQL.

use std::fmt::Write as _;

use crate::Digest;

/// Writes a string literal that reads the same whatever `standard_conforming_strings` is.
///
/// The source is PostgreSQL's manual, "Lexical Structure", "String Constants with C-Style Escapes".
pub(crate) fn literal(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 3);
    push_literal(&mut text, value);
    text
}

/// Adds such a literal to a text.
pub(crate) fn push_literal(text: &mut String, value: &str) {
    text.push_str("E'");
    let mut rest = value;
    while let Some((plain, special, after)) = split(rest) {
        text.push_str(plain);
        text.push_str(match special {
            '\'' => "''",
            '\\' => "\\\\",
            // No text of PostgreSQL's can hold it, and the message would end there.
            _ => "\u{fffd}",
        });
        rest = after;
    }
    text.push_str(rest);
    text.push('\'');
}

/// Splits a text at the first character that a literal cannot have as it is.
fn split(text: &str) -> Option<(&str, char, &str)> {
    let is_special = |byte: u8| matches!(byte, b'\'' | b'\\' | 0);
    let (plain, rest) = text.split_at_checked(text.bytes().position(is_special)?)?;
    let mut characters = rest.chars();
    let special = characters.next()?;
    Some((plain, special, characters.as_str()))
}

/// Writes a quoted identifier.
pub(crate) fn identifier(name: &str) -> String {
    format!(
        "\"{}\"",
        name.replace('"', "\"\"").replace('\0', "\u{fffd}")
    )
}

/// Writes a dollar-quoted string, with a tag that the body does not hold.
pub(crate) fn dollar(body: &str) -> String {
    let mut tag = String::from("samokoder");
    let mut attempt = 0_u32;
    while body.contains(&format!("${tag}$")) {
        attempt += 1;
        tag.truncate("samokoder".len());
        // Writing to a string does not fail.
        let _ = write!(tag, "{attempt}");
    }
    format!("${tag}$\n{body}\n${tag}$")
}

/// Writes a digest as a `bytea` expression.
///
/// The source is PostgreSQL's manual, "Binary Data Types", "bytea Hex Format".
pub(crate) fn digest(digest: Digest) -> String {
    let mut text = String::new();
    push_digest(&mut text, digest);
    text
}

/// Adds such an expression to a text.
pub(crate) fn push_digest(text: &mut String, digest: Digest) {
    // Writing to a string does not fail.
    let _ = write!(text, "E'\\\\x{digest}'::pg_catalog.bytea");
}

/// Writes an optional string literal, or NULL.
pub(crate) fn optional(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_owned(), literal)
}

#[cfg(test)]
mod tests {
    use super::{digest, dollar, identifier, literal};
    use crate::Digest;

    #[test]
    fn quotes_hostile_values() {
        assert_eq!(literal(r"a'b\c$$"), r"E'a''b\\c$$'");
        assert_eq!(identifier("a\"; DROP"), "\"a\"\"; DROP\"");
        let hex = "0f".repeat(32);
        assert_eq!(
            digest(Digest::new([15; 32])),
            format!(r"E'\\x{hex}'::pg_catalog.bytea")
        );
        assert_eq!(dollar("x"), "$samokoder$\nx\n$samokoder$");
        assert_eq!(
            dollar("$samokoder$"),
            "$samokoder1$\n$samokoder$\n$samokoder1$"
        );
    }
}
