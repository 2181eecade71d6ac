//! The number that orders migrations.

use std::{fmt, str::FromStr};

/// The version of a migration: a number of up to 18 digits, and the part that diesel may append.
///
/// `001`, `20250127100000` and diesel's dashed `2025-01-27-100000` are numbers. Diesel also writes
/// `2025-01-27-100000-0000`: its last four digits are the part, which orders migrations made in
/// one second, after the one without a part. Leading zeros do not count: `001` is `1`.
///
/// `Display` writes the canonical text (`1`, `20250127100000-0000`), which is also what the history
/// table holds.
///
/// ```
/// use samokoder_migrate_core::Version;
///
/// let version: Version = "001".parse().unwrap();
/// assert_eq!(version, Version::new(1));
/// assert!(version < "20250127100000-0000".parse().unwrap());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    number: i64,
    part: Option<u16>,
}

impl Version {
    /// The largest number of digits in a version.
    pub const MAX_DIGITS: usize = 18;

    /// Makes a version without a part.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self { number, part: None }
    }

    /// Makes a version with diesel's part, 0 to 9999.
    #[must_use]
    pub const fn with_part(number: i64, part: u16) -> Self {
        Self {
            number,
            part: Some(part),
        }
    }

    /// Returns the number without the part.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.number
    }

    /// Returns the part, if there is one.
    #[must_use]
    pub const fn part(self) -> Option<u16> {
        self.part
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        self.part.map_or(Ok(()), |part| write!(f, "-{part:04}"))
    }
}

/// Why a text is not a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VersionError {
    /// It has a character that is not a digit, or no digit at all.
    NotDigits,
    /// It has more than [`Version::MAX_DIGITS`] digits.
    TooLong,
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDigits => f.write_str("a version is made of digits"),
            Self::TooLong => write!(f, "a version has at most {} digits", Version::MAX_DIGITS),
        }
    }
}

impl std::error::Error for VersionError {}

impl FromStr for Version {
    type Err = VersionError;

    /// Reads digits, diesel's dashed date (`2025-01-27-100000`), or either with a four-digit part.
    fn from_str(text: &str) -> Result<Self, VersionError> {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let (number, part) = match (lengths.as_slice(), groups.as_slice()) {
            ([_], [number]) => ((*number).to_owned(), None),
            ([4, 2, 2, 6], date) => (date.concat(), None),
            ([4, 2, 2, 6, 4], [date @ .., part]) => (date.concat(), Some(*part)),
            ([_, 4], [number, part]) => ((*number).to_owned(), Some(*part)),
            _ => return Err(VersionError::NotDigits),
        };
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(&number) || part.is_some_and(|part| !digits(part)) {
            return Err(VersionError::NotDigits);
        }
        if number.len() > Self::MAX_DIGITS {
            return Err(VersionError::TooLong);
        }
        Ok(Self {
            number: number.parse().map_err(|_| VersionError::TooLong)?,
            part: part
                .map(str::parse)
                .transpose()
                .map_err(|_| VersionError::NotDigits)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Version, VersionError};

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn reads_digits_dashed_dates_and_parts() {
        assert_eq!(version("001"), Version::new(1));
        assert_eq!(version("00000000000000"), Version::new(0));
        assert_eq!(
            version("2025-01-27-100000"),
            Version::new(20_250_127_100_000)
        );
        assert_eq!(
            version("2025-01-27-100000-0003"),
            Version::with_part(20_250_127_100_000, 3)
        );
        assert_eq!(
            version("2025-01-27-100000-0003").to_string(),
            "20250127100000-0003"
        );
        assert_eq!(
            version("20250127100000-0003"),
            version("2025-01-27-100000-0003")
        );
    }

    #[test]
    fn orders_as_diesel_does() {
        let mut sorted = [
            "2026-05-27-120000-0000",
            "2026-05-27-120001",
            "2026-05-27-120000",
            "20250101000000",
        ];
        sorted.sort_by_key(|text| version(text));
        assert_eq!(
            sorted,
            [
                "20250101000000",
                "2026-05-27-120000",
                "2026-05-27-120000-0000",
                "2026-05-27-120001"
            ]
        );
    }

    #[test]
    fn refuses_what_is_not_a_version() {
        assert_eq!("".parse::<Version>(), Err(VersionError::NotDigits));
        assert_eq!("1-2".parse::<Version>(), Err(VersionError::NotDigits));
        assert_eq!("１".parse::<Version>(), Err(VersionError::NotDigits));
        assert_eq!(
            "1234567890123456789".parse::<Version>(),
            Err(VersionError::TooLong)
        );
    }
}
