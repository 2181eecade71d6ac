//! The one place that writes a value into SQL.

use std::fmt::Write as _;

/// Writes a string literal that reads the same whatever `standard_conforming_strings` is.
///
/// The source is PostgreSQL's manual, "Lexical Structure", "String Constants with C-Style Escapes".
pub(crate) fn literal(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 3);
    text.push_str("E'");
    for character in value.chars() {
        match character {
            '\'' => text.push_str("''"),
            '\\' => text.push_str("\\\\"),
            // No text of PostgreSQL's can hold it, and the message would end there.
            '\0' => text.push('\u{fffd}'),
            _ => text.push(character),
        }
    }
    text.push('\'');
    text
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

/// Writes bytes as a `bytea` expression.
pub(crate) fn bytes(value: &[u8]) -> String {
    let mut text = String::with_capacity(value.len() * 2 + 32);
    text.push_str("pg_catalog.decode('");
    for byte in value {
        let _ = write!(text, "{byte:02x}");
    }
    text.push_str("', 'hex')");
    text
}

/// Writes an optional string literal, or NULL.
pub(crate) fn optional(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_owned(), literal)
}

#[cfg(test)]
mod tests {
    use super::{bytes, dollar, identifier, literal};

    #[test]
    fn quotes_hostile_values() {
        assert_eq!(literal(r"a'b\c$$"), r"E'a''b\\c$$'");
        assert_eq!(identifier("a\"; DROP"), "\"a\"\"; DROP\"");
        assert_eq!(bytes(&[0, 255]), "pg_catalog.decode('00ff', 'hex')");
        assert_eq!(dollar("x"), "$samokoder$\nx\n$samokoder$");
        assert_eq!(
            dollar("$samokoder$"),
            "$samokoder1$\n$samokoder$\n$samokoder1$"
        );
    }
}
