//! Refinery's files, `V1__name.sql`, with `V1__name.down.sql` beside them for the way back.
//!
//! Refinery itself passes over the second, so a folder can be used by both.

use super::{
    files::{File, Names},
    hint::{self, Form},
    name::Stem,
};
use crate::{Version, version::VersionError};

const SQL: &str = ".sql";
const DOWN: &str = ".down.sql";

pub(super) const NAMES: Names = Names {
    form: Form::Refinery,
    up: SQL,
    down: DOWN,
    parse,
    is_meant: |name| hint::is_meant(name) || is_versioned(name),
};

fn parse(name: &str) -> Option<Result<File, VersionError>> {
    let letter = name.chars().next().filter(|c| matches!(c, 'V' | 'U'))?;
    let down = name.strip_suffix(DOWN);
    let (version, name) = down
        .or_else(|| name.strip_suffix(SQL))?
        .get(1..)?
        .split_once("__")?;
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(fits) || !version.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let version = match version.parse::<Version>() {
        Ok(version) => version,
        Err(VersionError::NotDigits) => return None,
        Err(error) => return Some(Err(error)),
    };
    let stem = Stem {
        version,
        name: name.to_owned(),
    };
    Some(Ok(match (down, letter) {
        (Some(_), _) => File::Down(stem),
        (None, 'V') => File::Up(stem),
        (None, _) => File::Refused {
            problem: "may run in any order",
            note: "refinery runs a `U` file after later ones too; here migrations run in order of version",
            rename: format!("V{}__{}{SQL}", stem.version, stem.name),
        },
    }))
}

/// Returns whether a name begins as a migration does, whatever it ends in: `V1__code.rs`.
fn is_versioned(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(['V', 'U']) else {
        return false;
    };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() < rest.len() && after.starts_with("__")
}
