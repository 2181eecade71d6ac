//! What has an end of its own: strings, dollar quotes, block comments.

/// Finds the end of a quoted text whose first character is at `at`: the byte after the closing
/// quote, and whether there is one. A doubled quote stands for itself.
pub(super) fn string(bytes: &[u8], mut at: usize, quote: u8, escape: Option<u8>) -> (usize, bool) {
    while let Some(&byte) = bytes.get(at) {
        if Some(byte) == escape {
            at += 2;
        } else if byte != quote {
            at += 1;
        } else if bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return (at + 1, true);
        }
    }
    (bytes.len(), false)
}

/// Finds the end of the dollar quote that begins at `start`, or `None` if none begins there.
pub(super) fn dollar(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let is_tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
    let inside = bytes.get(start + 1..)?;
    let tag = inside.iter().position(|&byte| !is_tag(byte))?;
    if inside.get(tag) != Some(&b'$') || inside.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let body = start + tag + 2;
    let delimiter = bytes.get(start..body)?;
    let mut at = body;
    while let Some(rest) = bytes.get(at..) {
        let Some(next) = rest.iter().position(|&byte| byte == b'$') else {
            break;
        };
        if rest
            .get(next..)
            .is_some_and(|rest| rest.starts_with(delimiter))
        {
            return Some((at + next + delimiter.len(), true));
        }
        at += next + 1;
    }
    Some((bytes.len(), false))
}

/// Finds the end of the block comment that begins at `start`, and whether it is closed.
pub(super) fn block_comment(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'/'), Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (Some(b'*'), Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return (at, true);
                }
            }
            _ => at += 1,
        }
    }
    (bytes.len(), false)
}
