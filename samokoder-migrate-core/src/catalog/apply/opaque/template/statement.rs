//! A statement of which parts are known, word by word.

use crate::{
    catalog::{
        Catalog,
        apply::opaque::text::{Word, name, words},
        store::{GAP, Shape, is_mark},
    },
    lexer::Kind,
};

/// A name in a statement.
#[derive(Clone, Debug)]
pub(in crate::catalog::apply::opaque) struct Target {
    /// Any, where none is written.
    pub(super) schema: Shape,
    pub(in crate::catalog::apply::opaque) name: Shape,
}

impl Target {
    /// Returns its schema, if one is written, and its name; `None` if not all of either is known.
    pub(in crate::catalog::apply::opaque) fn exact(&self) -> Option<(Option<&str>, &str)> {
        let schema = if self.schema.is_any() {
            None
        } else {
            Some(self.schema.exact()?)
        };
        Some((schema, self.name.exact()?))
    }
}

/// Returns whether a statement writes a system catalog that says what the schema is.
pub(in crate::catalog::apply::opaque) fn writes_system(text: &str) -> bool {
    changed(text).iter().any(|target| {
        target
            .exact()
            .is_some_and(|(schema, name)| Catalog::is_of_schema(schema, name))
    })
}

#[derive(Clone)]
pub(super) struct Statement<'a> {
    pub(super) words: Vec<Word<'a>>,
    pub(super) at: usize,
}

impl<'a> Statement<'a> {
    pub(super) fn word(&self, at: usize) -> &'a str {
        self.words.get(at).map_or("", |(_, word)| word)
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.word(self.at).eq_ignore_ascii_case(word)
    }

    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let mut ate = false;
        while words.iter().any(|word| self.is(word)) {
            self.at += 1;
            ate = true;
        }
        ate
    }

    pub(super) fn has(&self, word: &str) -> bool {
        let mut rest = self.words.iter().skip(self.at);
        rest.any(|(kind, other)| *kind == Kind::Word && other.eq_ignore_ascii_case(word))
    }

    /// Stands behind the next occurrence of a word.
    pub(super) fn past(&mut self, word: &str) -> bool {
        let rest = self.words.iter().skip(self.at);
        let found = rest
            .clone()
            .position(|(kind, other)| *kind == Kind::Word && other.eq_ignore_ascii_case(word));
        if let Some(found) = found {
            self.at += found + 1;
        }
        found.is_some()
    }

    /// Takes a name, with its schema.
    pub(super) fn target(&mut self) -> Option<Target> {
        let first = self.part()?;
        if self.word(self.at) != "." {
            return Some(Target {
                schema: Shape::any(),
                name: first,
            });
        }
        self.at += 1;
        let name = self.part()?;
        Some(Target {
            schema: first,
            name,
        })
    }

    fn part(&mut self) -> Option<Shape> {
        let mut text = name(*self.words.get(self.at)?)?;
        let mut end = self.words.get(self.at)?.1.as_bytes().as_ptr_range().end;
        self.at += 1;
        // A gap that is glued to a quoted name is a part of it.
        while let Some(word) = self.words.get(self.at) {
            if word.1.as_ptr() != end || !word.1.contains(is_mark) {
                break;
            }
            text.push(GAP);
            end = word.1.as_bytes().as_ptr_range().end;
            self.at += 1;
        }
        Some(Shape::new(text))
    }

    /// Returns whether a gap follows that may be more than a value or a name in its place.
    pub(super) fn is_torn(&self) -> bool {
        const BEFORE: [&str; 15] = [
            "like",
            "of",
            "modulus",
            "remainder",
            "=",
            "references",
            "tablespace",
            "by",
            "in",
            "from",
            "to",
            "function",
            "procedure",
            "default",
            "type",
        ];
        const LISTS: [&str; 11] = [
            "in", "from", "to", "inherits", "range", "list", "hash", "with", "key", "unique",
            "check",
        ];
        const NAMED: [&str; 2] = ["column", "constraint"];
        let any_of =
            |list: &[&str], word: &str| list.iter().any(|other| word.eq_ignore_ascii_case(other));
        (self.at..self.words.len()).any(|at| {
            let Some(before) = at.checked_sub(1).filter(|_| is_gap(self.word(at))) else {
                return false;
            };
            let (one, two) = (
                self.word(before),
                before.checked_sub(1).map_or("", |two| self.word(two)),
            );
            let is_followed = !self.word(at + 1).is_empty();
            !(any_of(&BEFORE, one)
                || one == "(" && any_of(&LISTS, two)
                || any_of(&NAMED, one) && is_followed
                || one == ".")
        })
    }

    /// Returns whether a comma follows that is in no parentheses.
    pub(super) fn has_comma(&self) -> bool {
        let mut depth = 0usize;
        self.words.iter().skip(self.at).any(|(_, word)| {
            match *word {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && *word == ","
        })
    }

    /// Lists the names of what is made with a table, or added to it: constraints, their indexes and
    /// sequences.
    pub(super) fn made_with(&self, table: &Shape) -> Vec<Shape> {
        const CHOSEN: [&str; 10] = [
            "unique",
            "primary",
            "exclude",
            "serial",
            "bigserial",
            "smallserial",
            "identity",
            "references",
            "check",
            "like",
        ];
        let mut names: Vec<Shape> = CHOSEN
            .iter()
            .any(|word| self.has(word))
            .then(|| table.made_of())
            .into_iter()
            .collect();
        let mut rest = self.clone();
        while rest.past("constraint") {
            let before = rest
                .at
                .checked_sub(2)
                .map_or("", |before| rest.word(before));
            let is_old = ["drop", "validate", "alter"]
                .iter()
                .any(|word| before.eq_ignore_ascii_case(word));
            if is_old {
                continue;
            }
            let renames = before.eq_ignore_ascii_case("rename");
            let name = rest.target().filter(|_| !renames || rest.eat(&["to"]));
            let name = if renames { rest.target() } else { name };
            names.push(name.map_or_else(Shape::any, |name| name.name));
        }
        names
    }

    /// Returns whether nothing but what is written can follow.
    pub(super) fn is_whole(&self) -> bool {
        !(self.at..self.words.len()).any(|at| is_gap(self.word(at)))
    }
}

/// Returns whether a word may be any text, not only a name.
pub(super) fn is_gap(word: &str) -> bool {
    word.contains(GAP) && word.chars().all(is_mark)
}

/// Lists the tables whose rows a statement changes, also those of its WITH; more than those may be
/// listed.
pub(in crate::catalog::apply::opaque) fn changed(text: &str) -> Vec<Target> {
    let words = words(text);
    let is = |at: usize, word: &str| {
        words
            .get(at)
            .is_some_and(|(_, other)| other.eq_ignore_ascii_case(word))
    };
    let mut targets = Vec::new();
    for at in 0..words.len() {
        let start = if is(at, "update") || at == 0 && is(at, "copy") {
            at + 1
        } else if (is(at, "insert") || is(at, "merge")) && is(at + 1, "into")
            || is(at, "delete") && is(at + 1, "from")
        {
            at + 2
        } else if at == 0 && is(at, "truncate") {
            at + 1 + usize::from(is(at + 1, "table"))
        } else {
            continue;
        };
        let mut statement = Statement {
            words: words.clone(),
            at: start,
        };
        loop {
            statement.eat(&["only"]);
            targets.extend(statement.target());
            if at > 0 || !is(at, "truncate") || statement.word(statement.at) != "," {
                break;
            }
            statement.at += 1;
        }
    }
    targets
}
