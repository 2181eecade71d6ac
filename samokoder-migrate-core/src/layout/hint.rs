//! Near misses: what a file that does not fit should be called.

use crate::{
    Code, Diagnostic,
    folder::{Folder, escape},
};

/// The names that a layout wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `001_name.up.sql`.
    Pairs,
    /// `V1__name.sql`.
    Refinery,
}

/// What is wrong with a name, and the right one.
pub(super) struct Hint {
    pub(super) problems: Vec<String>,
    pub(super) rename: String,
}

impl Hint {
    /// Makes the finding for a file.
    pub(super) fn finding(&self, folder: &Folder, path: &str) -> Diagnostic {
        Diagnostic::new(
            Code::FileName,
            format!("`{}` {}", escape(path), self.problems.join(", and ")),
        )
        .in_path(folder.shown(path))
        .help(format!("rename it to `{}`", self.rename))
    }
}

/// Extensions that SQL is also given, or misspelt as.
const SQL: &[&str] = &[
    "sql", "pgsql", "psql", "plsql", "plpgsql", "ddl", "slq", "sq", "sqll",
];

/// Words for a direction, and the direction.
const DIRECTIONS: &[(&str, Direction)] = &[
    ("upgrade", Direction::Up),
    ("downgrade", Direction::Down),
    ("rollback", Direction::Down),
    ("revert", Direction::Down),
    ("undo", Direction::Down),
    ("down", Direction::Down),
    ("up", Direction::Up),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Returns whether a file was meant as a migration: it says `sql`, a direction or a version.
pub(super) fn is_meant(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut parts = lower.split('.').skip(1);
    let version = lower
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(lower.len());
    parts.any(|part| SQL.contains(&part) || DIRECTIONS.iter().any(|(word, _)| *word == part))
        || (version > 0
            && lower
                .get(version..)
                .is_some_and(|rest| rest.starts_with(['_', '-', '.', ' '])))
}

/// Finds what is wrong with a name.
///
/// `next` is a version that is free; `taken` tells whether a name is.
pub(super) fn hint(name: &str, form: Form, next: &str, taken: impl Fn(&str) -> bool) -> Hint {
    let mut problems = Vec::new();
    let rest = extension(name, &mut problems);
    let (rest, mut direction) = direction(rest, form, &mut problems);
    let (version, rest) = version(rest, form, next, &mut problems);
    let mut rest = rest.trim_matches(SEPARATORS);
    if direction.is_none() {
        // `001_up_users.sql`, and `001.down.sql`, whose direction is all that follows.
        let lower = rest.to_lowercase();
        let inner = DIRECTIONS.iter().find_map(|(word, inner)| {
            let after = lower.strip_prefix(word)?;
            (after.is_empty() || after.starts_with(SEPARATORS)).then_some((word.len(), *inner))
        });
        if let Some((length, inner)) = inner {
            rest = rest
                .get(length..)
                .unwrap_or_default()
                .trim_matches(SEPARATORS);
            direction = Some(inner);
            problems.push("has its direction in another place".to_owned());
        }
    }
    let mut rest = rest.to_owned();
    if rest.is_empty() {
        problems.push("has no name after its version".to_owned());
        rest.push_str("name");
    }
    if form == Form::Refinery && !rest.chars().all(|c| c.is_alphanumeric() || c == '_') {
        problems.push("has other signs than letters, digits and `_` in its name".to_owned());
        rest = rest.replace(|c: char| !c.is_alphanumeric(), "_");
    }
    let up = match form {
        Form::Pairs => format!("{version}_{rest}.up.sql"),
        Form::Refinery => format!("V{version}__{rest}.sql"),
    };
    let down = match form {
        Form::Pairs => format!("{version}_{rest}.down.sql"),
        Form::Refinery => format!("V{version}__{rest}.down.sql"),
    };
    if direction.is_none() && form == Form::Pairs {
        problems.push("does not say `.up` or `.down`".to_owned());
    }
    let rename = match direction {
        Some(Direction::Down) => down,
        None if form == Form::Pairs && taken(&up) => down,
        _ => up,
    };
    if problems.is_empty() {
        problems.push("is not named as a migration".to_owned());
    }
    Hint { problems, rename }
}

const SEPARATORS: [char; 4] = ['_', '-', '.', ' '];

/// Takes the extension, and what was put behind it, off a name.
fn extension<'a>(name: &'a str, problems: &mut Vec<String>) -> &'a str {
    let mut rest = name;
    while let Some((before, last)) = rest.rsplit_once('.') {
        let lower = last.to_lowercase();
        if SQL.contains(&lower.as_str()) {
            if last != "sql" {
                problems.push(format!("ends in `.{last}`, not `.sql`"));
            }
            return before;
        }
        let earlier = before
            .to_lowercase()
            .split('.')
            .skip(1)
            .any(|part| SQL.contains(&part));
        if !earlier {
            break;
        }
        problems.push(format!("has `.{last}` after `.sql`"));
        rest = before;
    }
    let direction = rest.rsplit_once('.').is_some_and(|(_, last)| {
        let last = last.to_lowercase();
        DIRECTIONS.iter().any(|(word, _)| *word == last)
    });
    match rest.rsplit_once('.') {
        Some((before, last)) if !direction => {
            problems.push(format!("ends in `.{last}`, not `.sql`"));
            before
        }
        _ => {
            problems.push("does not end in `.sql`".to_owned());
            rest
        }
    }
}

/// Takes the direction off the end, or off the beginning.
fn direction<'a>(
    rest: &'a str,
    form: Form,
    problems: &mut Vec<String>,
) -> (&'a str, Option<Direction>) {
    let lower = rest.to_lowercase();
    if lower.len() != rest.len() {
        return (rest, None);
    }
    for (word, direction) in DIRECTIONS {
        let right = match (form, direction) {
            (_, Direction::Down) => Some(".down"),
            (Form::Pairs, Direction::Up) => Some(".up"),
            (Form::Refinery, Direction::Up) => None,
        };
        let before = lower.strip_suffix(word).map_or(0, str::len);
        let separated = lower
            .get(..before)
            .is_some_and(|text| text.ends_with(SEPARATORS));
        if before > 1 && separated {
            let written = rest.get(before - 1..).unwrap_or_default();
            match right {
                Some(right) if right == written => {}
                Some(right) => problems.push(format!("says `{written}`, not `{right}`")),
                None => problems.push(format!("says `{written}`, where nothing should be")),
            }
            return (rest.get(..before - 1).unwrap_or_default(), Some(*direction));
        }
        if lower
            .strip_prefix(word)
            .is_some_and(|text| text.starts_with(SEPARATORS))
        {
            problems.push("has its direction in another place".to_owned());
            return (
                rest.get(word.len() + 1..).unwrap_or_default(),
                Some(*direction),
            );
        }
    }
    (rest, None)
}

/// Takes the version off the beginning, or off the end.
fn version<'a>(
    rest: &'a str,
    form: Form,
    next: &str,
    problems: &mut Vec<String>,
) -> (String, &'a str) {
    let (letter, rest) = match rest.strip_prefix(['V', 'v', 'U', 'u', 'R', 'r']) {
        Some(after) if after.starts_with(|c: char| c.is_ascii_digit()) => {
            (rest.get(..1).unwrap_or_default(), after)
        }
        _ => ("", rest),
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let dashed = rest
        .get(..17)
        .filter(|text| text.parse::<crate::Version>().is_ok());
    let end = dashed.map_or(end, str::len);
    if let (Some(version), Some(after)) = (rest.get(..end), rest.get(end..))
        && end > 0
    {
        let separator = after.len() - after.trim_start_matches(SEPARATORS).len();
        let written = after.get(..separator).unwrap_or_default();
        let (wanted, wanted_letter) = match form {
            Form::Pairs => ("_", ""),
            Form::Refinery => ("__", "V"),
        };
        if letter != wanted_letter {
            problems.push(match (letter, wanted_letter) {
                (_, "") => format!("has `{letter}` before its version"),
                ("", _) => "has no `V` before its version".to_owned(),
                _ => format!("begins with `{letter}`, not `V`"),
            });
        }
        if written.is_empty() && !after.is_empty() {
            problems.push(format!("has no `{wanted}` after its version"));
        } else if written != wanted
            && !(form == Form::Pairs && written.starts_with('_'))
            && !after.is_empty()
        {
            problems.push(format!("has `{written}` after its version, not `{wanted}`"));
        }
        return (version.to_owned(), after);
    }
    let digits = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    if digits.len() < rest.len() && digits.ends_with(SEPARATORS) {
        problems.push("has its version behind its name".to_owned());
        let version = rest.get(digits.len()..).unwrap_or_default();
        return (version.to_owned(), digits);
    }
    problems.push("has no version".to_owned());
    (next.to_owned(), rest)
}

/// Finds what is wrong with the name of a migration's folder.
pub(super) fn folder(name: &str, next: &str) -> Hint {
    let mut problems = Vec::new();
    let (version, rest) = version(name, Form::Pairs, next, &mut problems);
    let mut rest = rest.trim_matches(SEPARATORS);
    if rest.is_empty() {
        problems.push("has no name after its version".to_owned());
        rest = "name";
    }
    if problems.is_empty() {
        problems.push("is not named as a migration".to_owned());
    }
    Hint {
        rename: format!("{version}_{rest}"),
        problems,
    }
}
