//! Pairs of files, `001_name.up.sql` and `001_name.down.sql`, as sqlx and golang-migrate have them.

use super::{
    files::{File, Names},
    hint::{self, Form},
    name,
};
use crate::version::VersionError;

const UP: &str = ".up.sql";
const DOWN: &str = ".down.sql";

pub(super) const NAMES: Names = Names {
    form: Form::Pairs,
    up: UP,
    down: DOWN,
    parse,
    is_meant: hint::is_meant,
};

fn parse(name: &str) -> Option<Result<File, VersionError>> {
    if let Some(text) = name.strip_suffix(UP) {
        return name::stem(text).map(|stem| stem.map(File::Up));
    }
    name::stem(name.strip_suffix(DOWN)?).map(|stem| stem.map(File::Down))
}
