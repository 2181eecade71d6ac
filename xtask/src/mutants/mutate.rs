//! The mutations themselves: one script's text to another.

use samokoder_migrate_core::Span;

use super::{
    kind::Kind,
    source::{Keywords, Source},
};
use crate::random::Random;

/// What is known beside the script.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'a> {
    pub(crate) keywords: &'a Keywords,
    /// The names that the history's scripts use, as they are written there.
    pub(crate) names: &'a [String],
}

/// Changes a script in one place; `None` where it has no place for that, or the throw found none.
pub(crate) fn mutate(
    kind: Kind,
    script: &str,
    around: Surroundings<'_>,
    random: &mut Random,
) -> Option<String> {
    let source = Source::new(script);
    let changed = match kind {
        Kind::Misspelt => rename(&source, around, random, |name, random| {
            misspell(name, around.keywords, random)
        }),
        Kind::NameOfScript => {
            let names = source.names(around.keywords);
            rename(&source, around, random, |_, random| {
                Some(source.token(*random.pick(&names)?).to_owned())
            })
        }
        Kind::NameOfHistory => rename(&source, around, random, |_, random| {
            random.pick(around.names).cloned()
        }),
        Kind::Quoted => rename(&source, around, random, requote),
        Kind::QualifierAdded => qualify(&source, around, random),
        Kind::QualifierRemoved => unqualify(&source, around, random),
        Kind::StatementDropped => drop_statement(&source, random),
        Kind::StatementDoubled => double_statement(&source, random),
        Kind::StatementsSwapped => swap_statements(&source, random),
        Kind::StatementMoved => move_statement(&source, random),
        Kind::GuardRemoved => remove_guard(&source, random),
        Kind::CascadeRemoved => remove_cascade(&source, random),
        Kind::MigrationDropped => None,
    };
    changed.filter(|changed| changed != script)
}

fn rename(
    source: &Source<'_>,
    around: Surroundings<'_>,
    random: &mut Random,
    new: impl Fn(&str, &mut Random) -> Option<String>,
) -> Option<String> {
    let at = *random.pick(&source.names(around.keywords))?;
    let new = new(source.token(at), random)?;
    source.with(&[(source.span(at)?, &new)])
}

/// Drops, doubles or swaps letters of a name; what it gives is a name again.
fn misspell(name: &str, keywords: &Keywords, random: &mut Random) -> Option<String> {
    let bare = name.trim_matches('"');
    let mut letters: Vec<char> = bare.chars().collect();
    let at = random.below(letters.len());
    match random.below(3) {
        0 if letters.len() > 2 => {
            letters.remove(at);
        }
        1 => letters.insert(at, *letters.get(at)?),
        _ => {
            let next = at + 1;
            if next >= letters.len() {
                return None;
            }
            letters.swap(at, next);
        }
    }
    let new: String = letters.into_iter().collect();
    let is_name = new.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && !keywords.contains(&new.to_ascii_lowercase());
    if new == bare {
        None
    } else if name.starts_with('"') {
        Some(format!("\"{new}\""))
    } else {
        is_name.then_some(new)
    }
}

/// Quotes a name with another case, now and then with the case that it has; takes quotes off.
fn requote(name: &str, random: &mut Random) -> Option<String> {
    if let Some(bare) = name.strip_prefix('"') {
        let bare = bare.strip_suffix('"')?;
        let plain = bare
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
            && bare.starts_with(|first: char| first.is_alphabetic() || first == '_');
        return plain.then(|| bare.to_owned());
    }
    let mut letters = name.chars();
    let first = letters.next()?;
    let rest = letters.as_str().to_lowercase();
    Some(match random.below(4) {
        0 => format!("\"{}\"", name.to_lowercase()),
        1 => format!("\"{}\"", name.to_uppercase()),
        _ => format!("\"{}{rest}\"", first.to_uppercase()),
    })
}

/// Words after which a name is that of an object in a schema.
const BEFORE_OBJECTS: [&str; 18] = [
    "table",
    "exists",
    "on",
    "into",
    "from",
    "join",
    "references",
    "update",
    "index",
    "type",
    "view",
    "function",
    "procedure",
    "sequence",
    "domain",
    "only",
    "concurrently",
    "aggregate",
];

fn qualify(source: &Source<'_>, around: Surroundings<'_>, random: &mut Random) -> Option<String> {
    let names: Vec<usize> = source
        .names(around.keywords)
        .into_iter()
        .filter(|&at| at > 0 && source.is(at - 1, &BEFORE_OBJECTS) && !source.is_mark(at + 1, "."))
        .collect();
    let at = *random.pick(&names)?;
    let schema = match random.below(3) {
        0 => "public",
        1 => "nowhere",
        _ => random.pick(around.names)?,
    };
    let start = Span::at(source.span(at)?.start);
    source.with(&[(start, &format!("{schema}."))])
}

fn unqualify(source: &Source<'_>, around: Surroundings<'_>, random: &mut Random) -> Option<String> {
    let names: Vec<usize> = source
        .names(around.keywords)
        .into_iter()
        .filter(|&at| source.is_mark(at + 1, "."))
        .collect();
    let at = *random.pick(&names)?;
    let span = Span::new(source.span(at)?.start, source.span(at + 1)?.end);
    source.with(&[(span, "")])
}

/// Never the only one: a script without a statement is a fault of its own kind.
fn drop_statement(source: &Source<'_>, random: &mut Random) -> Option<String> {
    let statements = source.statements();
    if statements.len() < 2 {
        return None;
    }
    source.with(&[(*random.pick(&statements)?, "")])
}

fn double_statement(source: &Source<'_>, random: &mut Random) -> Option<String> {
    let statement = *random.pick(&source.statements())?;
    let text = ended(source, statement)?;
    source.with(&[(statement, &format!("{text}\n{text}"))])
}

fn swap_statements(source: &Source<'_>, random: &mut Random) -> Option<String> {
    let statements = source.statements();
    let first = random.below(statements.len().checked_sub(1)?);
    let (one, two) = (*statements.get(first)?, *statements.get(first + 1)?);
    source.with(&[(one, &ended(source, two)?), (two, &ended(source, one)?)])
}

/// To where it does not come by a swap with its neighbour.
fn move_statement(source: &Source<'_>, random: &mut Random) -> Option<String> {
    let statements = source.statements();
    let from = random.below(statements.len());
    let to = random.below(statements.len());
    if from.abs_diff(to) < 2 {
        return None;
    }
    let (moved, place) = (*statements.get(from)?, *statements.get(to)?);
    let text = ended(source, moved)?;
    let there = ended(source, place)?;
    if from < to {
        source.with(&[(moved, ""), (place, &format!("{there}\n{text}"))])
    } else {
        source.with(&[(place, &format!("{text}\n{there}")), (moved, "")])
    }
}

fn ended(source: &Source<'_>, statement: Span) -> Option<String> {
    let text = source.text().get(statement.range())?;
    let end = if text.ends_with(';') { "" } else { ";" };
    Some(format!("{text}{end}"))
}

fn remove_guard(source: &Source<'_>, random: &mut Random) -> Option<String> {
    let guards: Vec<Span> = (0..source.len())
        .filter(|&at| source.is(at, &["if"]))
        .filter_map(|at| {
            let last = if source.is(at + 1, &["not"]) {
                at + 2
            } else {
                at + 1
            };
            source
                .is(last, &["exists"])
                .then_some(Span::new(source.span(at)?.start, source.span(last)?.end))
        })
        .collect();
    source.with(&[(*random.pick(&guards)?, "")])
}

/// That of DROP and of TRUNCATE; the one of a foreign key's action is no choice between two forms.
fn remove_cascade(source: &Source<'_>, random: &mut Random) -> Option<String> {
    let found: Vec<Span> = (1..source.len())
        .filter(|&at| {
            source.is(at, &["cascade"]) && !source.is(at - 1, &["delete", "update", "on"])
        })
        .filter_map(|at| source.span(at))
        .collect();
    source.with(&[(*random.pick(&found)?, "")])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Surroundings, mutate};
    use crate::{
        mutants::{kind::Kind, source::Keywords},
        random::Random,
    };

    fn keywords() -> Keywords {
        "create table drop if not exists cascade alter add column references on delete select \
         index update set from where as text"
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }

    /// All that a kind makes of a script in many throws.
    fn all(kind: Kind, script: &str) -> BTreeSet<String> {
        let keywords = keywords();
        let names = ["accounts".to_owned()];
        let around = Surroundings {
            keywords: &keywords,
            names: &names,
        };
        let mut random = Random::new(1);
        (0..2_000)
            .filter_map(|_| mutate(kind, script, around, &mut random))
            .collect()
    }

    fn set(texts: &[&str]) -> BTreeSet<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_misspelt_name_loses_doubles_or_swaps_a_letter() {
        assert_eq!(
            all(Kind::Misspelt, "DROP TABLE abc; -- abc"),
            set(&[
                "DROP TABLE bc; -- abc",
                "DROP TABLE ac; -- abc",
                "DROP TABLE ab; -- abc",
                "DROP TABLE aabc; -- abc",
                "DROP TABLE abbc; -- abc",
                "DROP TABLE abcc; -- abc",
                "DROP TABLE bac; -- abc",
                "DROP TABLE acb; -- abc",
            ])
        );
    }

    #[test]
    fn a_misspelt_name_is_no_keyword() {
        assert!(!all(Kind::Misspelt, "SELECT iff").contains("SELECT if"));
    }

    #[test]
    fn names_come_from_the_script_or_from_the_history() {
        assert_eq!(
            all(Kind::NameOfScript, "ALTER TABLE a ADD COLUMN b text"),
            set(&[
                "ALTER TABLE b ADD COLUMN b text",
                "ALTER TABLE a ADD COLUMN a text"
            ])
        );
        assert_eq!(
            all(Kind::NameOfHistory, "DROP TABLE a"),
            set(&["DROP TABLE accounts"])
        );
    }

    #[test]
    fn a_quoted_name_has_any_case_and_loses_its_quotes() {
        assert_eq!(
            all(Kind::Quoted, "DROP TABLE users"),
            set(&[
                "DROP TABLE \"users\"",
                "DROP TABLE \"USERS\"",
                "DROP TABLE \"Users\""
            ])
        );
        assert_eq!(
            all(Kind::Quoted, "DROP TABLE \"Users\""),
            set(&["DROP TABLE Users"])
        );
        assert!(all(Kind::Quoted, "DROP TABLE \"a b\"").is_empty());
    }

    #[test]
    fn schemas_are_put_before_objects_and_taken_off() {
        assert_eq!(
            all(Kind::QualifierAdded, "ALTER TABLE t ADD COLUMN c text"),
            set(&[
                "ALTER TABLE public.t ADD COLUMN c text",
                "ALTER TABLE nowhere.t ADD COLUMN c text",
                "ALTER TABLE accounts.t ADD COLUMN c text"
            ])
        );
        assert!(all(Kind::QualifierAdded, "DROP TABLE public.t").is_empty());
        assert_eq!(
            all(Kind::QualifierRemoved, "DROP TABLE public.t"),
            set(&["DROP TABLE t"])
        );
    }

    #[test]
    fn statements_are_dropped_but_never_the_last_one() {
        assert_eq!(
            all(Kind::StatementDropped, "SELECT a; SELECT b;"),
            set(&[" SELECT b;", "SELECT a; "])
        );
        assert!(all(Kind::StatementDropped, "SELECT a;").is_empty());
    }

    #[test]
    fn statements_are_doubled_swapped_and_moved_with_an_end() {
        assert_eq!(
            all(Kind::StatementDoubled, "SELECT a"),
            set(&["SELECT a;\nSELECT a;"])
        );
        assert_eq!(
            all(Kind::StatementsSwapped, "SELECT a; -- a\nSELECT b"),
            set(&["SELECT b; -- a\nSELECT a;"])
        );
        assert_eq!(
            all(Kind::StatementMoved, "SELECT a; SELECT b; SELECT c"),
            set(&[
                " SELECT b; SELECT c;\nSELECT a;",
                "SELECT c;\nSELECT a; SELECT b; "
            ])
        );
    }

    #[test]
    fn guards_are_removed() {
        assert_eq!(
            all(
                Kind::GuardRemoved,
                "CREATE TABLE IF NOT EXISTS t (); DROP TABLE IF EXISTS t;"
            ),
            set(&[
                "CREATE TABLE  t (); DROP TABLE IF EXISTS t;",
                "CREATE TABLE IF NOT EXISTS t (); DROP TABLE  t;"
            ])
        );
    }

    #[test]
    fn a_cascade_is_removed_where_it_is_a_choice() {
        assert_eq!(
            all(
                Kind::CascadeRemoved,
                "CREATE TABLE t (a int REFERENCES s ON DELETE CASCADE); DROP TABLE t CASCADE;"
            ),
            set(&["CREATE TABLE t (a int REFERENCES s ON DELETE CASCADE); DROP TABLE t ;"])
        );
    }
}
