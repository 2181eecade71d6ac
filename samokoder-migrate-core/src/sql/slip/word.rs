//! Words: misspelt, written twice, or reserved.

use super::{Mend, Stop};
use crate::sql::gate::{is_reserved, words_after};

/// Misspelt and doubled words.
pub(super) fn mends(stop: &Stop) -> Vec<Mend> {
    let mut mends: Vec<Mend> = doubled(stop).into_iter().collect();
    for distance in [0, -1, -2] {
        mends.extend(misspelt(stop, distance));
    }
    mends
}

fn doubled(stop: &Stop) -> Option<Mend> {
    let word = stop.word(0);
    let token = stop.token(0)?;
    (word.starts_with(char::is_alphabetic) && stop.is_word(-1, word))
        .then(|| Mend::new(format!("`{word}` is there twice")).replace(token.span, ""))
}

/// Suggests the keywords that the grammar takes there and that are spelt nearly so.
fn misspelt(stop: &Stop, distance: isize) -> Vec<Mend> {
    let (Some(token), Some(index)) = (stop.token(distance), stop.at.checked_add_signed(distance))
    else {
        return Vec::new();
    };
    let word = token.text(&stop.text).to_lowercase();
    let is_word = word.chars().all(|c| c.is_alphanumeric() || c == '_');
    // A reserved word is spelt right; it stands in the wrong place.
    if !is_word || word.is_empty() || is_reserved(&word) {
        return Vec::new();
    }
    let before = stop.tokens.get(..index).unwrap_or_default();
    let mut words: Vec<(usize, &str)> =
        words_after(before, |keyword| near(&word, keyword).is_some())
            .into_iter()
            .filter_map(|keyword| Some((near(&word, keyword)?, keyword)))
            .collect();
    words.sort_unstable();
    words
        .into_iter()
        .take(4)
        .map(|(_, keyword)| {
            let keyword = in_case_of(token.text(&stop.text), keyword);
            let phrase = phrase(stop, distance, &keyword);
            let mend = Mend::new(format!("did you mean `{phrase}`?")).replace(token.span, keyword);
            if distance == 0 {
                mend.if_it_reads_on()
            } else {
                mend
            }
        })
        .collect()
}

/// Shows a keyword with the one before it where the two are one phrase: `NOT NULL`.
fn phrase(stop: &Stop, distance: isize, keyword: &str) -> String {
    const LEADING: [&str; 11] = [
        "add", "alter", "create", "drop", "foreign", "group", "if", "is", "not", "order", "primary",
    ];
    let before = stop.word(distance - 1);
    let lower = before.to_lowercase();
    if LEADING.contains(&lower.as_str()) {
        format!("{before} {keyword}")
    } else {
        keyword.to_owned()
    }
}

fn in_case_of(written: &str, keyword: &str) -> String {
    if written.chars().any(char::is_uppercase) {
        keyword.to_uppercase()
    } else {
        keyword.to_owned()
    }
}

/// Returns how far a word is from a keyword, if that is near enough to be a slip of the hand.
fn near(word: &str, keyword: &str) -> Option<usize> {
    let most = match word.len() {
        0 | 1 => return None,
        2..=4 => 1,
        _ => 2,
    };
    if word == keyword || word.len().abs_diff(keyword.len()) > most {
        return None;
    }
    let distance = distance(word, keyword);
    (distance <= most && distance * 2 <= keyword.len()).then_some(distance)
}

/// Counts the letters to insert, drop, replace or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &cb) in b.iter().enumerate() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (get(&last, j) + usize::from(ca != cb))
                .min(get(&last, j + 1) + 1)
                .min(get(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(&cb) && b.get(j - 1) == Some(&ca);
            if swapped {
                best = best.min(get(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = last;
        last = row;
    }
    last.last().copied().unwrap_or_default()
}

/// A reserved word that was meant as a name, where a name was expected.
pub(super) fn names(stop: &Stop) -> Vec<Mend> {
    const BEFORE_NAMES: [&str; 20] = [
        ",",
        "(",
        ".",
        "table",
        "column",
        "exists",
        "into",
        "update",
        "from",
        "join",
        "on",
        "by",
        "to",
        "add",
        "drop",
        "select",
        "references",
        "view",
        "index",
        "type",
    ];
    if !BEFORE_NAMES.iter().any(|before| stop.is_word(-1, before)) {
        return Vec::new();
    }
    let word = stop.word(0);
    let quoted = format!("\"{}\"", word.to_lowercase());
    let help = format!("`{word}` is a reserved word; as a name it must be quoted: `{quoted}`");
    stop.token(0)
        .filter(|_| is_reserved(word))
        .map(|token| Mend::new(help).replace(token.span, quoted))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{distance, near};

    #[test]
    fn a_swap_of_neighbours_is_one_slip() {
        assert_eq!(distance("form", "from"), 1);
        assert_eq!(distance("tabel", "table"), 1);
        assert_eq!(distance("nul", "null"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn far_words_are_not_near() {
        assert_eq!(near("yb", "by"), Some(1));
        assert_eq!(near("foo", "for"), Some(1));
        assert_eq!(near("a", "as"), None);
        assert_eq!(near("email", "table"), None);
        assert_eq!(near("null", "null"), None);
    }
}
