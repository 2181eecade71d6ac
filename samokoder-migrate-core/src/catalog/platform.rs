//! What is in a database before its first migration.

use super::{
    Catalog, builtin,
    object::{Def, Extension, Fact, Object, Space},
    resolve::SearchPath,
    store::{Lookup, Oid},
};
use crate::{check::Profile, tree::Path};

impl Catalog {
    /// Adds what PostgreSQL and the platform make in every database.
    pub(super) fn furnish(&mut self) {
        self.add_extension("plpgsql", "pg_catalog");
        if self.options.profile == Some(Profile::Supabase) {
            for schema in builtin::supabase::schemas() {
                if self.store.find(Oid::DATABASE, Space::Schema, schema) == Lookup::Absent {
                    self.assume_schema(schema);
                }
            }
            // Each can be switched off: a project may have made it again.
            for extension in builtin::supabase::extensions() {
                if self.store.find(Oid::DATABASE, Space::Extension, extension) == Lookup::Absent {
                    self.store
                        .blur_name(Oid::DATABASE, Space::Extension, extension);
                }
            }
            for publication in builtin::supabase::PUBLICATIONS {
                // A project may be older than it, or have made its own.
                self.store
                    .blur_name(Oid::DATABASE, Space::Publication, publication);
            }
        }
        self.search_path = self.default_path();
    }

    fn add_extension(&mut self, name: &str, schema: &str) {
        if self.store.find(Oid::DATABASE, Space::Extension, name) != Lookup::Absent {
            return;
        }
        let schema = match self.schema(schema) {
            Lookup::Found(oid) => Fact::Known(oid),
            _ => Fact::Unknown,
        };
        let extension = Def::Extension(Extension { schema });
        self.store.add(Object::new(name, Oid::DATABASE, extension));
    }

    /// Returns the search path that a session begins with.
    pub(super) fn default_path(&self) -> SearchPath {
        match self.options.profile {
            Some(Profile::Supabase) => SearchPath::Known(
                builtin::supabase::SEARCH_PATH
                    .into_iter()
                    .filter(|schema| *schema != "$user")
                    .map(Into::into)
                    .collect(),
            ),
            None => SearchPath::default(),
        }
    }

    /// Returns whether the platform may have a schema that was never seen.
    pub(super) fn is_platform_schema(&self, name: &str) -> bool {
        self.options.profile == Some(Profile::Supabase) && builtin::supabase::is_open_schema(name)
    }

    /// Returns whether a schema is the platform's, for what extensions make.
    pub(super) fn is_platform_schema_of_extensions(&self, name: &str) -> bool {
        self.options.profile == Some(Profile::Supabase)
            && name == builtin::supabase::EXTENSIONS_SCHEMA
    }

    /// Returns whether a name begins as those that an extension gives.
    pub(super) fn is_named_after_extension(name: &str) -> bool {
        let name = name.strip_prefix('_').unwrap_or(name);
        let first = name.split('_').next().unwrap_or_default();
        builtin::extension_by_prefix(name).is_some() || builtin::extension(first).is_some()
    }

    /// Returns whether `pg_catalog`, which is searched first, has a name.
    pub(super) fn is_system_name(space: Space, name: &str) -> bool {
        match space {
            Space::Relation => name.starts_with("pg_") || builtin::is_relation("pg_catalog", name),
            Space::Type => builtin::is_type(name) || name.starts_with("pg_"),
            Space::Routine => builtin::routine(name).is_some(),
            Space::Operator => builtin::is_operator(name),
            Space::TextSearchConfiguration => builtin::is_text_search_config(name),
            Space::Language => builtin::is_language(name),
            Space::AccessMethod => builtin::is_access_method(name),
            // Which ones there are depends on the system, or is not listed.
            Space::Collation
            | Space::Conversion
            | Space::OperatorClass
            | Space::OperatorFamily
            | Space::Cast
            | Space::TextSearchDictionary
            | Space::TextSearchParser
            | Space::TextSearchTemplate => true,
            _ => false,
        }
    }

    /// Returns whether an extension that someone made outside the migrations would provide a name.
    pub(super) fn is_extensions_name(space: Space, path: Path<'_>) -> bool {
        match space {
            Space::Relation => builtin::extension_with_relation(path.name).is_some(),
            Space::Type => builtin::extension_with_type(path.name).is_some(),
            Space::Routine => builtin::extension_with_routine(path.name).is_some(),
            Space::Operator => builtin::extension_with_operator(path.name).is_some(),
            Space::AccessMethod => builtin::extension_with_access_method(path.name).is_some(),
            _ => false,
        }
    }
}
