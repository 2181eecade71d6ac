//! Names of which only parts are known: `events_` and whatever follows.

/// A text with gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::catalog) struct Shape(String);

/// Stands for any text: a character for private use, which PostgreSQL takes for one of a name.
pub(in crate::catalog) const GAP: char = '\u{e000}';

/// Stands for a name or a part of one, whatever it is: never for more than one word.
pub(in crate::catalog) const NAME: char = '\u{e001}';

/// Stands for what the server puts at the end of a name that it makes: `_pkey`, `_idx1`.
const LABEL: char = '\u{e002}';

/// What is between these is the whole name of a relation that is there.
const THERE: (char, char) = ('\u{e003}', '\u{e004}');

/// The name of a relation that is there in which one text is put in another's place.
const EDIT: (char, char, char) = ('\u{e005}', '\u{e006}', '\u{e007}');

/// This many bytes of a table's name are left in the names that the server makes of it, at least.
const KEPT: usize = 28;

/// Names at least this long may have been cut.
const CUT: usize = 60;

/// What the server calls what it makes with a table (`DefineIndex`, `ChooseConstraintName`).
const LABELS: [&str; 8] = [
    "_pkey",
    "_key",
    "_idx",
    "_excl",
    "_check",
    "_fkey",
    "_seq",
    "_not_null",
];

/// A change of a name: `replace(name, 'from', 'to')`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::catalog) struct Edit<'a> {
    /// With a `$` where it must stand at the end.
    from: &'a str,
    to: &'a str,
}

/// What a change makes of the names of a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::catalog) enum Edited {
    /// No other names.
    Nothing,
    /// Names of relations that were there when the names were made.
    WasThere,
    Shape(Shape),
}

/// Returns whether a character stands for what is not known.
pub(in crate::catalog) fn is_mark(character: char) -> bool {
    (GAP..=EDIT.2).contains(&character)
}

impl Shape {
    /// Takes a text in which each mark may be any text of its kind.
    pub(in crate::catalog) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Any text at all.
    pub(in crate::catalog) fn any() -> Self {
        Self(GAP.to_string())
    }

    /// Any name.
    pub(in crate::catalog) fn name() -> Self {
        Self(NAME.to_string())
    }

    /// The name of a relation that is there, of this shape.
    pub(in crate::catalog) fn there(inside: &Self) -> Self {
        Self(format!("{}{}{}", THERE.0, inside.0, THERE.1))
    }

    /// Returns it with its gaps.
    pub(in crate::catalog) fn text(&self) -> &str {
        &self.0
    }

    /// Returns the text, if there is no gap in it.
    pub(in crate::catalog) fn exact(&self) -> Option<&str> {
        (!self.0.contains(is_mark)).then_some(self.0.as_str())
    }

    /// Returns whether nothing of it is known.
    pub(in crate::catalog) fn is_any(&self) -> bool {
        let is_nothing = |character| is_mark(character) && character != LABEL;
        !self.0.is_empty() && (self.0.chars().all(is_nothing) || self.edit().is_some())
    }

    /// Returns whether it is the whole name of a relation that is there.
    pub(in crate::catalog) fn is_there(&self) -> bool {
        let inside = self.0.strip_prefix(THERE.0);
        inside
            .and_then(|rest| rest.strip_suffix(THERE.1))
            .is_some_and(|inside| !inside.contains([THERE.0, THERE.1]))
    }

    /// Returns it with each gap that may be any text taken for a name or a part of it.
    pub(in crate::catalog) fn of_name(&self) -> Self {
        Self(self.0.replace(GAP, &NAME.to_string()))
    }

    /// Returns it without the knowledge that it is the name of something.
    pub(in crate::catalog) fn of_unknown_name(&self) -> Self {
        match self.edit() {
            Some(_) => Self::name(),
            None => Self(self.0.replace([THERE.0, THERE.1], "")),
        }
    }

    /// The name of a relation that is there, changed: `from` may end with a `$`.
    pub(in crate::catalog) fn edited(from: &str, to: &str) -> Self {
        Self(format!("{}{from}{}{to}{}", EDIT.0, EDIT.1, EDIT.2))
    }

    /// Returns how it is made of the name of a relation that is there.
    pub(in crate::catalog) fn edit(&self) -> Option<Edit<'_>> {
        let inside = self.0.strip_prefix(EDIT.0)?.strip_suffix(EDIT.2)?;
        let (from, to) = inside.split_once(EDIT.1)?;
        (!inside.contains(EDIT.0)).then_some(Edit { from, to })
    }

    /// The shape of names that the server makes of it: `events_pkey`, `events_id_seq`.
    pub(in crate::catalog) fn made_of(&self) -> Self {
        let known = self.0.split(is_mark).next().unwrap_or_default();
        let mut end = known.len().min(KEPT);
        while !known.is_char_boundary(end) {
            end -= 1;
        }
        Self(format!(
            "{}{NAME}{LABEL}",
            known.get(..end).unwrap_or_default()
        ))
    }

    /// Returns whether a name may be it. A name is cut to 63 bytes, so a long one need only begin
    /// like it.
    pub(in crate::catalog) fn matches(&self, name: &str) -> bool {
        if fits(&self.0, name) {
            return true;
        }
        let known = self.0.split(is_mark).next().unwrap_or_default();
        name.len() >= CUT && (name.starts_with(known) || known.starts_with(name))
    }
}

/// Returns whether a name has a shape, to the end of both.
fn fits(shape: &str, name: &str) -> bool {
    let (known, rest) = shape.split_at(shape.find(is_mark).unwrap_or(shape.len()));
    let Some(name) = name.strip_prefix(known) else {
        return false;
    };
    let mut marks = rest.chars();
    match marks.next() {
        None => name.is_empty(),
        Some(mark) if mark == THERE.0 || mark == THERE.1 => fits(marks.as_str(), name),
        Some(LABEL) => {
            let bare = name.trim_end_matches(|character: char| character.is_ascii_digit());
            marks.as_str().is_empty() && LABELS.contains(&bare)
        }
        Some(mark) => {
            let rest = match marks.as_str().split_once(EDIT.2) {
                Some((_, rest)) if mark == EDIT.0 => rest,
                _ => marks.as_str(),
            };
            let rest = rest.trim_start_matches([GAP, NAME, THERE.0, THERE.1]);
            let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            rest.is_empty()
                || ends
                    .filter_map(|at| name.get(at..))
                    .any(|name| fits(rest, name))
        }
    }
}

impl Edit<'_> {
    /// Lists what it may make of a name, apart from the name itself.
    pub(in crate::catalog) fn of(&self, name: &str) -> Vec<String> {
        let mut all = match self.from.strip_suffix('$') {
            Some(from) => name
                .strip_suffix(from)
                .map(|rest| format!("{rest}{}", self.to))
                .into_iter()
                .collect(),
            None => vec![
                name.replace(self.from, self.to),
                name.replacen(self.from, self.to, 1),
            ],
        };
        all.dedup();
        all.retain(|made| made != name);
        all
    }

    /// Returns what it may make of the names of a shape, apart from these themselves.
    pub(in crate::catalog) fn of_shape(&self, shape: &Shape) -> Edited {
        let text = shape.text();
        if text.ends_with(LABEL) && self.from.ends_with('$') {
            // Nothing that the server puts at the end of a name is changed by it.
            let bare = self.bare();
            let is_apart = LABELS
                .iter()
                .all(|label| !label.ends_with(bare) && !bare.ends_with(label));
            if is_apart && !bare.ends_with(|last: char| last.is_ascii_digit()) {
                return Edited::Nothing;
            }
        }
        let from = self.from.trim_end_matches('$');
        if let Some((there, end)) = text.rsplit_once(THERE.1)
            && Shape::new(format!("{there}{}", THERE.1)).is_there()
            && !end.contains(is_mark)
            && self.from.ends_with('$')
            && end == from
            && self.to.is_empty()
        {
            return Edited::WasThere;
        }
        // The change may begin in what is known before the first gap.
        let known = text.split(is_mark).next().unwrap_or_default();
        let starts = (0..known.len()).filter(|at| known.is_char_boundary(*at));
        let first = starts
            .filter_map(|at| Some((at, known.get(at..)?)))
            .find(|(_, rest)| rest.starts_with(from) || from.starts_with(rest));
        let kept = first.map_or(known, |(at, _)| known.get(..at).unwrap_or_default());
        // What the server put at the end begins with `_`, and stays if that does.
        let keeps_label = from.ends_with('_') && self.to.ends_with('_') || !from.contains('_');
        let end = if text.ends_with(LABEL) && keeps_label && !self.from.ends_with('$') {
            LABEL.to_string()
        } else {
            String::new()
        };
        Edited::Shape(Shape::new(format!("{kept}{NAME}{end}")))
    }

    fn bare(&self) -> &str {
        self.from.trim_end_matches('$')
    }
}

#[cfg(test)]
mod tests {
    use super::{Edited, GAP, NAME, Shape};

    #[test]
    fn a_name_matches_what_is_known_of_it() {
        let shape = |text: &str| Shape::new(text.replace('*', &GAP.to_string()));
        for (text, name, told) in [
            ("events_*", "events_1", true),
            ("events_*", "events_", true),
            ("events_*", "events", false),
            ("*_idx", "a_idx", true),
            ("*_idx", "a_idx1", false),
            ("*_idx", "a_idx_idx", true),
            ("a_*_b_*_c", "a_1_b_2_c", true),
            ("a_*_b_*_c", "a_1_2_c", false),
            ("*", "anything", true),
            ("exact", "exact", true),
            ("exact", "exactly", false),
        ] {
            assert_eq!(shape(text).matches(name), told, "{text} {name}");
        }
    }

    #[test]
    fn a_name_that_is_cut_matches_what_it_was_made_of() {
        let name = "a".repeat(63);
        assert!(Shape::new(format!("{name}{GAP}_tail")).matches(&name));
        assert!(Shape::new(format!("{name}aaa")).matches(&name));
        let made = Shape::new(format!("{}{GAP}", "b".repeat(50))).made_of();
        assert!(made.matches(&format!("{}_pkey", "b".repeat(29))));
    }

    #[test]
    fn a_name_that_the_server_makes_ends_with_what_it_is() {
        let made = Shape::name().made_of();
        for (name, told) in [
            ("events_pkey", true),
            ("events_a_b_idx12", true),
            ("events_a_seq", true),
            ("events", false),
            ("idx_events", false),
            ("events_idx_a", false),
        ] {
            assert_eq!(made.matches(name), told, "{name}");
        }
    }

    #[test]
    fn a_changed_name_is_one_of_those_that_the_change_makes() {
        let shape = Shape::edited("_new", "");
        let edit = shape.edit().expect("a change");
        assert_eq!(edit.of("events_new"), ["events"]);
        assert_eq!(edit.of("a_new_new"), ["a", "a_new"]);
        assert!(edit.of("events").is_empty());
        let made = edit.of_shape(&Shape::new(format!("events_{NAME}")));
        // The gap may be `new`, or hold `_new`.
        assert!(
            matches!(made, Edited::Shape(made) if made.matches("events") && made.matches("events_1") && !made.matches("other"))
        );
        let shape = Shape::edited("_new$", "");
        let there = Shape::there(&Shape::name());
        let renamed = Shape::new(format!("{}_new", there.text()));
        let edit = shape.edit().expect("a change");
        assert_eq!(edit.of_shape(&renamed), Edited::WasThere);
        assert_eq!(edit.of_shape(&there.made_of()), Edited::Nothing);
    }
}
