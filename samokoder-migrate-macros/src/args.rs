//! The macro's arguments.

mod key;
mod reader;

use proc_macro2::{Ident, Span};
use samokoder_migrate_core::check::Options;

pub(crate) use reader::parse;

/// The folder of migrations where none is named.
pub(crate) const MIGRATIONS: &str = "migrations";

/// The folder of seeds where none is named.
const SEEDS: &str = "seeds";

/// What the macro is told.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    /// The folder of migrations.
    pub(crate) migrations: Folder,
    /// The folder of seeds.
    pub(crate) seeds: Folder,
    /// The generated module's name.
    pub(crate) module: Ident,
    /// What the checks are told.
    pub(crate) options: Options,
    /// The set's name.
    pub(crate) set: Option<String>,
    /// The schema that holds the history.
    pub(crate) schema: Option<String>,
}

/// A folder, as an argument or a default names it.
#[derive(Clone, Debug)]
pub(crate) enum Folder {
    /// The default, which for seeds need not be there.
    Default(&'static str),
    /// One that is written in the call.
    Written(String, Span),
}

impl Folder {
    /// Returns the path as written.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Default(path) => (*path).to_owned(),
            Self::Written(path, _) => path.clone(),
        }
    }

    /// Returns where a fault of the folder is shown.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Default(_) => Span::call_site(),
            Self::Written(_, span) => *span,
        }
    }
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            migrations: Folder::Default(MIGRATIONS),
            seeds: Folder::Default(SEEDS),
            module: Ident::new("migrations", Span::call_site()),
            options: Options::default(),
            set: None,
            schema: None,
        }
    }
}

#[cfg(test)]
mod tests;
