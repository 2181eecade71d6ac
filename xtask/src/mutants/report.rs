//! What came out, as tables and as text.

use std::collections::BTreeMap;

use samokoder_migrate_core::diagnostic::{Style, render};

use super::{
    arguments::Misses,
    history::History,
    sample::{Mutant, Side},
    tally::{Tally, is_caught},
    trial::{Server, Tried},
};

/// Printed of each SQLSTATE of which there are misses.
const EXAMPLES: usize = 3;
/// Printed of each text of a difference.
const LINES: usize = 8;

/// Returns the tables: by history, by kind and side, in all.
pub(crate) fn tables(tried: &[(usize, Tried)], histories: &[History]) -> (String, Tally) {
    let mut by_history: BTreeMap<String, Tally> = BTreeMap::new();
    let mut by_kind: BTreeMap<String, Tally> = BTreeMap::new();
    let mut by_side: BTreeMap<String, Tally> = BTreeMap::new();
    let mut all = Tally::default();
    for (at, one) in tried {
        let Some(history) = histories.get(*at) else {
            continue;
        };
        let side = match one.mutant.side {
            Side::Up => "upgrades",
            Side::Down => "downgrades",
        };
        for (table, key) in [
            (&mut by_history, history.name.as_str()),
            (&mut by_kind, one.mutant.kind.title()),
            (&mut by_side, side),
        ] {
            table.entry(key.to_owned()).or_default().add(one, history);
        }
        all.add(one, history);
    }
    let mut text = Tally::columns();
    for table in [by_history, by_kind, by_side] {
        for (name, tally) in table {
            text += &tally.line(&name);
        }
        text.push('\n');
    }
    text += &all.line("all");
    (text, all)
}

/// Tells of each mutant with an error that the server disproves, in full.
pub(crate) fn false_errors(tried: &[(usize, Tried)], histories: &[History], seed: u64) -> String {
    let mut text = String::new();
    for (at, one) in tried {
        let Some(history) = histories.get(*at).filter(|_| !one.disproved.is_empty()) else {
            continue;
        };
        text += &format!(
            "\nFALSE: {}{}",
            head(&one.mutant, history, seed),
            difference_of(&one.mutant, history)
        );
        if let Server::Refuses {
            path,
            sqlstate,
            message,
        } = &one.server
        {
            text += &format!("  the server stops later: {path}: {sqlstate} {message}\n");
        }
        for error in &one.disproved {
            text += &render(error, Style::Plain);
            text.push('\n');
        }
    }
    text
}

/// Tells of the mutants that the server refuses and the check does not, grouped by SQLSTATE.
pub(crate) fn misses(
    tried: &[(usize, Tried)],
    histories: &[History],
    seed: u64,
    which: Misses,
) -> String {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (at, one) in tried {
        let (
            Some(history),
            Server::Refuses {
                path,
                sqlstate,
                message,
            },
        ) = (histories.get(*at), &one.server)
        else {
            continue;
        };
        if is_caught(one, history) {
            continue;
        }
        groups.entry(sqlstate).or_default().push(format!(
            "  {}{}    {path}: {message}\n",
            head(&one.mutant, history, seed),
            difference_of(&one.mutant, history)
        ));
    }
    let mut groups: Vec<(&str, Vec<String>)> = groups.into_iter().collect();
    groups.sort_by_key(|(sqlstate, found)| (std::cmp::Reverse(found.len()), *sqlstate));
    let shown = match which {
        Misses::Examples => EXAMPLES,
        Misses::All => usize::MAX,
    };
    let mut text = String::new();
    for (sqlstate, found) in groups {
        text += &format!("missed {:4} × {sqlstate}\n", found.len());
        text.extend(found.iter().take(shown).map(String::as_str));
    }
    text
}

fn head(mutant: &Mutant, history: &History, seed: u64) -> String {
    let path = mutant
        .original(history)
        .map(|script| script.path.as_str())
        .unwrap_or_default();
    format!(
        "seed {seed}, mutant {}: {}/{path}: {}\n",
        mutant.number,
        history.name,
        mutant.kind.title()
    )
}

fn difference_of(mutant: &Mutant, history: &History) -> String {
    match (mutant.original(history), &mutant.text) {
        (Some(old), Some(new)) => difference(&old.text, new),
        _ => String::new(),
    }
}

/// Returns the lines from the first to the last that differ, as they were and as they are.
fn difference(old: &str, new: &str) -> String {
    let (mut old, mut new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = |one: Option<&&str>, two: Option<&&str>| one.is_some() && one == two;
    let before = old
        .iter()
        .zip(&new)
        .take_while(|(one, two)| one == two)
        .count();
    while old.len() > before && new.len() > before && same(old.last(), new.last()) {
        old.pop();
        new.pop();
    }
    let shown = |lines: &[&str], sign: char| -> String {
        let lines = lines.get(before..).unwrap_or_default();
        let more = lines.len().saturating_sub(LINES);
        let mut text = String::new();
        for line in lines.iter().take(LINES) {
            text += &format!("    {sign} {line}\n");
        }
        if more == 0 {
            text
        } else {
            format!("{text}    {sign} … {more} more lines\n")
        }
    };
    format!(
        "    line {}\n{}{}",
        before + 1,
        shown(&old, '-'),
        shown(&new, '+')
    )
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn a_difference_shows_only_the_lines_that_differ() {
        assert_eq!(
            difference("a\nb\nc\nd", "a\nx\ny\nd"),
            "    line 2\n    - b\n    - c\n    + x\n    + y\n"
        );
        assert_eq!(difference("a\nb\nb", "a\nb"), "    line 3\n    - b\n");
    }
}
