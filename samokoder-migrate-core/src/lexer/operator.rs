//! Where an operator ends.

/// Returns whether a byte can be part of an operator.
pub(super) fn is_operator_byte(byte: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&byte)
}

/// Finds the end of the operator that begins at `start`.
///
/// A comment ends it; and a trailing `+` or `-` is an operator of its own (`a=-1`) unless the
/// operator has a character that standard SQL has in none (`@-` is one).
pub(super) fn end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    while bytes.get(end).copied().is_some_and(is_operator_byte) {
        let pair = bytes.get(end..end + 2).unwrap_or_default();
        if pair == b"--" || pair == b"/*" {
            break;
        }
        end += 1;
    }
    let operator = bytes.get(start..end).unwrap_or_default();
    if operator.iter().any(|byte| b"~!@#^&|`?%".contains(byte)) {
        return end;
    }
    while end > start + 1 && matches!(bytes.get(end - 1), Some(b'+' | b'-')) {
        end -= 1;
    }
    end
}
