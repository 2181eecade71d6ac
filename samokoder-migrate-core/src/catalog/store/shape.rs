//! Names of which only parts are known: `events_` and whatever follows.

/// A text with gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::catalog) struct Shape(String);

/// Stands for any text: a character for private use, which PostgreSQL takes for one of a name.
pub(in crate::catalog) const GAP: char = '\u{e000}';

/// This many bytes of a table's name are left in the names that the server makes of it, at least.
const KEPT: usize = 28;

impl Shape {
    /// Takes a text in which each [`GAP`] may be any text.
    pub(in crate::catalog) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Any text at all.
    pub(in crate::catalog) fn any() -> Self {
        Self(GAP.to_string())
    }

    /// Returns it with its gaps.
    pub(in crate::catalog) fn text(&self) -> &str {
        &self.0
    }

    /// Returns the text, if there is no gap in it.
    pub(in crate::catalog) fn exact(&self) -> Option<&str> {
        (!self.0.contains(GAP)).then_some(self.0.as_str())
    }

    /// Returns whether nothing of it is known.
    pub(in crate::catalog) fn is_any(&self) -> bool {
        !self.0.is_empty() && self.0.chars().all(|character| character == GAP)
    }

    /// The shape of names that the server makes of it: `events_pkey`, `events_id_seq`.
    pub(in crate::catalog) fn made_of(&self) -> Self {
        let known = self.0.split(GAP).next().unwrap_or_default();
        let mut end = known.len().min(KEPT);
        while !known.is_char_boundary(end) {
            end -= 1;
        }
        Self(format!("{}{GAP}", known.get(..end).unwrap_or_default()))
    }

    /// Returns whether a name may be it. A name is cut to 63 bytes, so a long one need only begin
    /// like it.
    pub(in crate::catalog) fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split(GAP);
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return name.len() >= 60 && first.starts_with(name);
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
                None => return name.len() >= 60,
            }
        }
        rest.ends_with(last) || name.len() >= 60
    }
}

#[cfg(test)]
mod tests {
    use super::{GAP, Shape};

    #[test]
    fn a_name_matches_what_is_known_of_it() {
        let shape = |text: &str| Shape::new(text.replace('*', &GAP.to_string()));
        for (text, name, told) in [
            ("events_*", "events_1", true),
            ("events_*", "events_", true),
            ("events_*", "events", false),
            ("*_idx", "a_idx", true),
            ("*_idx", "a_idx1", false),
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
}
