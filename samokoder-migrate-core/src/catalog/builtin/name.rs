//! Names that are all there is to know: operators, languages, text search configurations.

use super::lookup::{Table, table};

const OPERATORS: Table = table!("data/operators.txt");
const LANGUAGES: Table = table!("data/languages.txt");
const CONFIGS: Table = table!("data/text_search_configs.txt");

/// Returns whether `pg_catalog` has an operator of a name.
pub(crate) fn is_operator(name: &str) -> bool {
    OPERATORS.has(&[name])
}

/// Returns whether a new database has a language.
pub(crate) fn is_language(name: &str) -> bool {
    LANGUAGES.has(&[name])
}

/// Returns whether `pg_catalog` has a text search configuration.
pub(crate) fn is_text_search_config(name: &str) -> bool {
    CONFIGS.has(&[name])
}
