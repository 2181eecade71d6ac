//! Constants of array types: `{a,"b c",NULL}`.

use super::literal;

/// Compares two arrays of a type's elements; `None` if it cannot be told.
pub(super) fn same(a: &str, b: &str, ty: &str) -> Option<bool> {
    let (a, b) = (read(a)?, read(b)?);
    if a.len() != b.len() {
        return Some(false);
    }
    let mut is_known = true;
    for pair in a.iter().zip(&b) {
        match pair {
            (Item::Value(a), Item::Value(b)) => match literal::of_type(a, b, ty) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => is_known = false,
            },
            (a, b) if a == b => {}
            _ => return Some(false),
        }
    }
    is_known.then_some(true)
}

#[derive(Debug, PartialEq, Eq)]
enum Item {
    Open,
    Close,
    Null,
    Value(String),
}

/// Reads an array whose elements are set apart by commas; the brackets of inner ones are items.
fn read(text: &str) -> Option<Vec<Item>> {
    let text = text.trim();
    let mut items = Vec::new();
    let mut chars = text
        .strip_prefix('{')?
        .strip_suffix('}')?
        .chars()
        .peekable();
    while let Some(&c) = chars.peek() {
        match c {
            '{' => items.push(Item::Open),
            '}' => items.push(Item::Close),
            ',' => {}
            c if c.is_whitespace() => {}
            '"' => {
                chars.next();
                let mut value = String::new();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => value.push(chars.next()?),
                        c => value.push(c),
                    }
                }
                items.push(Item::Value(value));
                continue;
            }
            _ => {
                let mut value = String::new();
                while let Some(c) = chars.next_if(|c| !matches!(c, ',' | '}')) {
                    value.push(if c == '\\' { chars.next()? } else { c });
                }
                let value = value.trim_end();
                items.push(if value.eq_ignore_ascii_case("null") {
                    Item::Null
                } else {
                    Item::Value(value.to_owned())
                });
                continue;
            }
        }
        chars.next();
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn elements_are_compared_in_their_type() {
        assert_eq!(same("{ a , \"b\" }", "{a,b}", "text"), Some(true));
        assert_eq!(same("{{1},{02}}", "{{1},{2}}", "int4"), Some(true));
        assert_eq!(same("{t,f}", "{true,false}", "bool"), Some(true));
        assert_eq!(same("{null}", "{NULL}", "text"), Some(true));
        assert_eq!(same("{NULL}", "{\"NULL\"}", "text"), Some(false));
        assert_eq!(same("{a,b}", "{b,a}", "text"), Some(false));
        assert_eq!(same("{a}", "{a,b}", "text"), Some(false));
        assert_eq!(same("{1,2}", "{{1},{2}}", "int4"), Some(false));
        assert_eq!(same("[0:1]={1,2}", "{1,2}", "int4"), None);
    }
}
