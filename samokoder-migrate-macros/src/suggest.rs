//! What was meant by a name that is not known.

/// Returns the name nearest to what was written, if it is near enough to be meant.
pub(crate) fn nearest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (written.chars().count() / 3).clamp(1, 3);
    names
        .map(|name| {
            (
                distance(&written.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Counts the letters to insert, drop, replace or swap with a neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let replaced = get(&last, j) + usize::from(from != to);
            let mut best = replaced.min(get(&last, j + 1) + 1).min(get(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            if swapped {
                best = best.min(get(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn counts_swapped_neighbours_once() {
        assert_eq!(distance("sedes", "seeds"), 1);
        assert_eq!(distance("postgers", "postgres"), 1);
        assert_eq!(distance("", "set"), 3);
        assert_eq!(distance("profile", "profile"), 0);
    }

    #[test]
    fn suggests_only_what_is_near() {
        let names = ["seeds", "set", "schema"];
        assert_eq!(nearest("seed", names.into_iter()), Some("seeds"));
        assert_eq!(nearest("Shcema", names.into_iter()), Some("schema"));
        assert_eq!(nearest("timeout", names.into_iter()), None);
    }
}
