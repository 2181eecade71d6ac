//! Rows of data, told by tokens: `INSERT INTO … VALUES …`.

use super::gate::Token;
use crate::migration::Insert;

/// Tells what an `INSERT … VALUES` does, if the tokens are one; a parenthesis deeper it is not
/// looked at.
///
/// It is asked only of statements that the grammar takes: there, outside of parentheses, `VALUES`
/// begins the rows and `ON CONFLICT` is the clause, and nothing else.
pub(super) fn rows(text: &str, tokens: &[Token]) -> Option<Insert> {
    let [insert, into, rest @ ..] = tokens else {
        return None;
    };
    if !insert.is_word(text, "insert") || !into.is_word(text, "into") {
        return None;
    }
    let name: Vec<&str> = rest
        .iter()
        .map(|token| token.text(text))
        .take_while(|part| *part == "." || is_name(part) && !is(part, "values"))
        .collect();
    // What follows is `VALUES`, or the columns and `VALUES`; anything else is left to the tree.
    let after = rest.get(name.len()..)?;
    let outer = outer_words(text, after);
    let mut begin = outer.clone().skip_while(|word| matches!(*word, "(" | ")"));
    let is_plain_name = name.iter().skip(1).step_by(2).all(|dot| *dot == ".");
    if !begin.next().is_some_and(|word| is(word, "values")) || !is_plain_name {
        return None;
    }
    let table = name.iter().map(|part| plain(part)).collect();
    let guarded = outer
        .clone()
        .zip(outer.skip(1))
        .any(|(on, conflict)| is(on, "on") && is(conflict, "conflict"));
    Some(if guarded {
        Insert::Guarded { table }
    } else {
        Insert::Plain { table }
    })
}

fn is(word: &str, wanted: &str) -> bool {
    word.eq_ignore_ascii_case(wanted)
}

fn is_name(part: &str) -> bool {
    part.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '"'))
}

/// A name as the catalog has it: in lower case, or without its quotes.
fn plain(part: &str) -> String {
    match part
        .strip_prefix('"')
        .and_then(|part| part.strip_suffix('"'))
    {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => part.to_lowercase(),
    }
}

/// The tokens outside of parentheses.
fn outer_words<'a>(text: &'a str, tokens: &'a [Token]) -> impl Iterator<Item = &'a str> + Clone {
    tokens
        .iter()
        .scan(0usize, move |depth, token| {
            if token.kind.is(')') {
                *depth = depth.saturating_sub(1);
            }
            let outside = *depth == 0;
            if token.kind.is('(') {
                *depth += 1;
            }
            Some(outside.then(|| token.text(text)))
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::rows;
    use crate::{migration::Insert, sql::gate::lex};

    fn insert(sql: &str) -> Option<Insert> {
        rows(sql, &lex(sql).tokens)
    }

    #[test]
    fn tells_rows_by_their_tokens() {
        let plain = |table: &str| {
            Some(Insert::Plain {
                table: table.to_owned(),
            })
        };
        let guarded = |table: &str| {
            Some(Insert::Guarded {
                table: table.to_owned(),
            })
        };
        assert_eq!(insert("INSERT INTO a VALUES (1)"), plain("a"));
        assert_eq!(
            insert("insert into S.\"A b\" (c) values (1), ('on conflict')"),
            plain("s.A b")
        );
        assert_eq!(
            insert("INSERT INTO a (b) VALUES ((SELECT 1)) ON CONFLICT DO NOTHING;"),
            guarded("a")
        );
        assert_eq!(
            insert("INSERT INTO a AS x (b) OVERRIDING SYSTEM VALUE VALUES (1)"),
            None
        );
        assert_eq!(insert("INSERT INTO a (b) SELECT 1"), None);
        assert_eq!(insert("INSERT INTO a DEFAULT VALUES"), None);
        assert_eq!(insert("UPDATE a SET b = 1"), None);
    }
}
