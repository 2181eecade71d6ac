//! Labels that the checks take, for names of any form.

use std::{cmp::Ordering, collections::BTreeSet};

/// Labels, in the order of the names that they are for.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) labels: Vec<String>,
    /// Whether the versions are the names' places in order, since not every name has one of its own.
    pub(super) is_numbered: bool,
}

const MAX_DIGITS: usize = 18;

/// Makes `0001_name` of `0001-name` and its like.
pub(super) fn labels(names: &[&str]) -> Labels {
    let parsed: Vec<Option<(&str, &str)>> = names.iter().map(|name| version(name)).collect();
    let numbers: BTreeSet<Option<u64>> = parsed
        .iter()
        .map(|parsed| parsed.and_then(|(digits, _)| digits.parse().ok()))
        .collect();
    if numbers.len() == names.len() && !numbers.contains(&None) {
        let labels = parsed.into_iter().flatten();
        return Labels {
            labels: labels
                .map(|(digits, name)| format!("{digits}_{name}"))
                .collect(),
            is_numbered: false,
        };
    }
    let mut order: Vec<usize> = (0..names.len()).collect();
    let name_at = |at: usize| names.get(at).copied().unwrap_or_default();
    order.sort_by(|a, b| natural(name_at(*a), name_at(*b)));
    let mut labels = vec![String::new(); names.len()];
    for (place, at) in order.into_iter().enumerate() {
        if let Some(label) = labels.get_mut(at) {
            *label = format!("{:05}_{}", place + 1, name_at(at));
        }
    }
    Labels {
        labels,
        is_numbered: true,
    }
}

/// Orders names as people do: `2_b` before `10_a`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() && !b.is_empty() {
        let (one, rest_a) = a.split_at(digits(a));
        let (two, rest_b) = b.split_at(digits(b));
        let (short_one, short_two) = (one.trim_start_matches('0'), two.trim_start_matches('0'));
        let order = if one.is_empty() || two.is_empty() {
            one.cmp(two)
        } else {
            (short_one.len(), short_one).cmp(&(short_two.len(), short_two))
        };
        if order != Ordering::Equal {
            return order;
        }
        let (first, second) = (rest_a.chars().next(), rest_b.chars().next());
        if first != second {
            return first.cmp(&second);
        }
        let length = first.map_or(0, char::len_utf8);
        (a, b) = (
            rest_a.get(length..).unwrap_or_default(),
            rest_b.get(length..).unwrap_or_default(),
        );
    }
    a.len().cmp(&b.len())
}

fn version(name: &str) -> Option<(&str, &str)> {
    let (number, rest) = name.split_at(digits(name));
    let rest = rest.trim_start_matches(['_', '-', '.', ' ']);
    let fits = !number.is_empty() && number.len() <= MAX_DIGITS;
    fits.then_some((number, if rest.is_empty() { "migration" } else { rest }))
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
