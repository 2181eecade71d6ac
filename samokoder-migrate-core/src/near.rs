//! Near misses: which of the known words was meant.

/// Returns the candidate that a word is most like, if it is like one at all.
///
/// Case, `_` and spaces for `-` do not count; one slip is allowed in each three characters.
#[must_use]
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| -> Vec<char> {
        text.to_lowercase()
            .chars()
            .map(|c| if matches!(c, '_' | ' ') { '-' } else { c })
            .collect()
    };
    let word = plain(word);
    candidates
        .into_iter()
        .map(|candidate| (slips(&word, &plain(candidate)), candidate))
        .filter(|&(slips, candidate)| {
            slips <= candidate.chars().count().min(word.len()).div_ceil(3)
        })
        .min_by_key(|&(slips, _)| slips)
        .map(|(_, candidate)| candidate)
}

/// Counts the insertions, deletions and replacements that lead from one word to the other.
fn slips(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut next = vec![i + 1];
        for ((b, diagonal), above) in to.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push(
                (left + 1)
                    .min(above + 1)
                    .min(diagonal + usize::from(a != b)),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_what_was_meant_and_nothing_else() {
        let words = ["no-transaction", "allow", "touches"];
        assert_eq!(closest("no_transaction", words), Some("no-transaction"));
        assert_eq!(closest("NoTransaction", words), Some("no-transaction"));
        assert_eq!(closest("alow", words), Some("allow"));
        assert_eq!(closest("touch", words), Some("touches"));
        assert_eq!(closest("schema", words), None);
        assert_eq!(closest("", words), None);
    }
}
