//! Texts that should name a seed or an environment of a set.

use std::fmt;

/// How many known names a message lists.
const LISTED: usize = 12;

/// A text that names no seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSeed {
    text: String,
    known: Vec<&'static str>,
}

/// A text that names no environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEnvironment {
    text: String,
    known: Vec<&'static str>,
}

impl UnknownSeed {
    pub(crate) fn new(text: &str, known: Vec<&'static str>) -> Self {
        Self {
            text: text.to_owned(),
            known,
        }
    }
}

impl UnknownEnvironment {
    pub(crate) fn new(text: &str, known: Vec<&'static str>) -> Self {
        Self {
            text: text.to_owned(),
            known,
        }
    }
}

impl fmt::Display for UnknownSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no seed is called `{}`", self.text)?;
        list(f, &self.known)
    }
}

impl fmt::Display for UnknownEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no environment is called `{}`", self.text)?;
        list(f, &self.known)
    }
}

impl std::error::Error for UnknownSeed {}

impl std::error::Error for UnknownEnvironment {}

fn list(f: &mut fmt::Formatter<'_>, known: &[&str]) -> fmt::Result {
    if known.is_empty() {
        return f.write_str("; the set has none");
    }
    for (position, name) in known.iter().take(LISTED).enumerate() {
        let before = if position == 0 { "; there are" } else { "," };
        write!(f, "{before} `{name}`")?;
    }
    match known.len().saturating_sub(LISTED) {
        0 => Ok(()),
        rest => write!(f, " and {rest} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{UnknownEnvironment, UnknownSeed};

    #[test]
    fn an_unknown_name_lists_what_there_is() {
        assert_eq!(
            UnknownEnvironment::new("prod", Vec::new()).to_string(),
            "no environment is called `prod`; the set has none"
        );
        let known = vec!["a"; 14];
        let text = UnknownSeed::new("b", known).to_string();
        assert!(text.ends_with("`a`, `a` and 2 more"), "{text}");
        assert_eq!(text.matches("`a`").count(), 12);
    }
}
