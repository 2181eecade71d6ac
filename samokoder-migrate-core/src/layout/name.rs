//! Versions in file names.

use crate::{Version, version::VersionError};

/// A version and the name that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stem {
    pub(super) version: Version,
    pub(super) name: String,
}

/// Reads `001_name`: `None` if it does not have that form.
pub(super) fn stem(text: &str) -> Option<Result<Stem, VersionError>> {
    let (version, name) = text.split_once('_')?;
    if name.trim().is_empty() {
        return None;
    }
    match version.parse() {
        Ok(version) => Some(Ok(Stem {
            version,
            name: name.to_owned(),
        })),
        Err(VersionError::NotDigits) => None,
        Err(error) => Some(Err(error)),
    }
}

/// Reads a folder of diesel's, which takes for the version whatever is before the first `_`, without
/// its dashes, and orders versions as text.
///
/// So real projects have `2020-12-7-190800_x` and `2023-05-23-1715-x`. Their digits are filled up
/// with zeros at the right to a full date's 14, which puts them where diesel does.
pub(super) fn diesel_stem(text: &str) -> Option<Result<Stem, VersionError>> {
    if let Some(stem) = stem(text) {
        return Some(stem);
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-')?;
    let (head, rest) = text.split_at_checked(end)?;
    let digits = head.replace('-', "");
    let separated = head.ends_with('-') || rest.starts_with('_');
    let name = rest.trim_start_matches('_');
    if digits.is_empty() || head.starts_with('-') || !separated || name.trim().is_empty() {
        return None;
    }
    let is_date = head.trim_end_matches('-').contains('-');
    let digits = if is_date {
        format!("{digits:0<14}")
    } else {
        digits
    };
    Some(digits.parse().map(|version| Stem {
        version,
        name: name.to_owned(),
    }))
}

/// Reads a migration's label, in whatever layout it is: version and name.
pub(crate) fn label(text: &str) -> Option<(Version, String)> {
    if let Some((version, name)) = text
        .strip_prefix('V')
        .and_then(|rest| rest.split_once("__"))
    {
        return Some((version.parse().ok()?, name.to_owned()));
    }
    let stem = diesel_stem(text)?.ok()?;
    Some((stem.version, stem.name))
}

/// Returns the text of a version, as the label of a migration writes it: `001` of `001_name`,
/// `1` of `V1__name`.
pub(crate) fn version_text(label: &str) -> &str {
    let label = label.strip_prefix('V').unwrap_or(label);
    label.split('_').next().unwrap_or_default()
}

/// Returns the version that follows `last`, written in the manner of a label: as many digits, the
/// same dashes. `None` if there is none.
#[must_use]
pub fn next_version(label: &str, last: Version) -> Option<(String, Version)> {
    let like = version_text(label);
    let number = last.number().checked_add(1)?;
    let groups: Vec<&str> = like.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let part = match lengths.as_slice() {
        [4, 2, 2, 6, 4] | [_, 4] => Some(0),
        _ => None,
    };
    let digits = match lengths.as_slice() {
        [4, 2, 2, 6, ..] => format!("{number:014}"),
        [length, ..] => format!("{number:0length$}", length = *length),
        [] => number.to_string(),
    };
    let mut text = match (lengths.as_slice(), digits.len()) {
        ([4, 2, 2, 6, ..], 14) => [0..4, 4..6, 6..8, 8..14]
            .into_iter()
            .filter_map(|range| digits.get(range))
            .collect::<Vec<_>>()
            .join("-"),
        _ => digits,
    };
    if part.is_some() {
        text.push_str("-0000");
    }
    let version = text.parse().ok()?;
    Some((text, version))
}

#[cfg(test)]
mod tests {
    use super::{diesel_stem, next_version};

    #[test]
    fn odd_dates_are_where_diesel_puts_them() {
        let versions: Vec<String> = [
            "2020-12-15-000000_a",
            "2020-12-7-190800_b",
            "2021-01-07-004939_c",
            "2022-03-09-07000_d",
            "2023-05-23-1715-e-f_g",
            "2024-01-02-x",
        ]
        .into_iter()
        .map(|text| {
            let stem = diesel_stem(text).unwrap().unwrap();
            format!("{} {}", stem.version, stem.name)
        })
        .collect();
        assert_eq!(
            versions,
            [
                "20201215000000 a",
                "20201271908000 b",
                "20210107004939 c",
                "20220309070000 d",
                "20230523171500 e-f_g",
                "20240102000000 x",
            ]
        );
        for text in ["users", "-1_a", "2020x", "2020-12-7-190800", "2020_"] {
            assert!(diesel_stem(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_next_version_is_written_as_its_neighbours_are() {
        let next =
            |label, last: &str| next_version(label, last.parse().unwrap()).map(|(text, _)| text);
        assert_eq!(next("002_a", "9").as_deref(), Some("010"));
        assert_eq!(next("9_a", "9").as_deref(), Some("10"));
        assert_eq!(next("V2__a", "7").as_deref(), Some("8"));
        assert_eq!(
            next("20250127100000_a", "20250127100005").as_deref(),
            Some("20250127100006")
        );
        assert_eq!(
            next("2025-01-27-100000_a", "2025-01-27-100005").as_deref(),
            Some("2025-01-27-100006")
        );
        assert_eq!(
            next("2025-01-27-100000-0003_a", "2025-01-27-100005").as_deref(),
            Some("2025-01-27-100006-0000")
        );
        assert_eq!(next("1_a", "999999999999999999"), None);
    }
}
