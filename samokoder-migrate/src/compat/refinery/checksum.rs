//! Refinery's checksum of a migration.

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash as _, Hasher as _},
};

use siphasher::sip::SipHasher13;

/// How wide the versions are that refinery was built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Width {
    /// 32 bits: refinery's default.
    Bits32,
    /// 64 bits: refinery's feature `int8-versions`.
    Bits64,
}

/// What a file's text was like when refinery read it, beside what is kept of it here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// Lines ended in `\n`.
    #[default]
    Lf,
    /// Lines ended in `\r\n`.
    CrLf,
    /// A byte order mark, and lines that ended in `\n`.
    BomLf,
    /// A byte order mark, and lines that ended in `\r\n`.
    BomCrLf,
}

impl Width {
    const ALL: [Self; 2] = [Self::Bits32, Self::Bits64];
}

impl Form {
    /// All forms, the likeliest first.
    pub const ALL: &'static [Self] = &[Self::Lf, Self::CrLf, Self::BomLf, Self::BomCrLf];

    /// Returns a text, whose lines end in `\n`, in this form.
    #[must_use]
    pub fn of(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Lf => Cow::Borrowed(text),
            Self::CrLf => Cow::Owned(text.replace('\n', "\r\n")),
            Self::BomLf => Cow::Owned(format!("\u{feff}{text}")),
            Self::BomCrLf => Cow::Owned(format!("\u{feff}{}", text.replace('\n', "\r\n"))),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lf => "LF",
            Self::CrLf => "CRLF",
            Self::BomLf => "a byte order mark",
            Self::BomCrLf => "a byte order mark and CRLF",
        })
    }
}

/// Computes refinery's checksum: SipHash-1-3 over name, version and text as `Hash` feeds them.
///
/// The source is refinery-core's `Migration::unapplied`, whose hasher this is. `None` where the
/// version does not fit the width.
pub(super) fn checksum(name: &str, version: i64, width: Width, text: &str) -> Option<u64> {
    let mut hasher = SipHasher13::new();
    name.hash(&mut hasher);
    match width {
        Width::Bits32 => i32::try_from(version).ok()?.hash(&mut hasher),
        Width::Bits64 => version.hash(&mut hasher),
    }
    text.hash(&mut hasher);
    Some(hasher.finish())
}

/// Finds the form and the width in which a text has the checksum that refinery recorded.
pub(super) fn recognise(
    name: &str,
    version: i64,
    text: &str,
    recorded: u64,
) -> Option<(Form, Width)> {
    Form::ALL.iter().find_map(|&form| {
        let text = form.of(text);
        let width = Width::ALL
            .into_iter()
            .find(|&width| checksum(name, version, width, &text) == Some(recorded))?;
        Some((form, width))
    })
}

#[cfg(test)]
mod tests;
