//! From a name as it is written to the object that has it.
//!
//! Rules are those of the documentation's chapter "Data Definition", "The Schema Search Path".

use super::{
    Catalog, builtin,
    fault::Fault,
    missing::{no_relation, no_schema},
    object::{Def, Fact, Object, Persistence, Relation, RelationKind, RowSecurity, Space},
    store::{Lookup, Oid, Openness},
};
use crate::tree::{Path, RangeVar, relation};

/// Where unqualified names are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SearchPath {
    /// Schemas by name, in order; `$user` is passed over.
    Known(Vec<Box<str>>),
    /// Set to what cannot be read.
    Unknown,
}

impl Catalog {
    /// Looks for a schema.
    pub(super) fn schema(&self, name: &str) -> Lookup {
        if name == "pg_temp" {
            return Lookup::Found(self.temporary);
        }
        match self.store.find(Oid::DATABASE, Space::Schema, name) {
            Lookup::Absent if is_system_schema(name) || self.is_platform_schema(name) => {
                Lookup::Unknown
            }
            lookup => lookup,
        }
    }

    /// Looks for a schema that a statement needs.
    ///
    /// # Errors
    ///
    /// 3F000 if it is known not to be there. `None` if it is not known.
    pub(super) fn required_schema(&self, name: &str) -> Result<Option<Oid>, Fault> {
        match self.schema(name) {
            Lookup::Found(oid) => Ok(Some(oid)),
            Lookup::Unknown => Ok(None),
            Lookup::Absent => Err(no_schema(name)),
        }
    }

    /// Looks for the object that a name means in a space of schemas: relations, types, …
    ///
    /// A name of `pg_catalog` or of `information_schema` is unknown: what they hold is not modelled.
    pub(super) fn look(&self, space: Space, path: Path<'_>) -> Lookup {
        match self.look_closely(space, path) {
            Lookup::Absent if Self::is_extensions_name(space, path) => Lookup::Unknown,
            lookup => lookup,
        }
    }

    fn look_closely(&self, space: Space, path: Path<'_>) -> Lookup {
        if let Some(schema) = path.schema {
            return match self.schema(schema) {
                Lookup::Found(oid) => self.look_in(oid, space, path.name),
                other => other,
            };
        }
        match self.store.find(self.temporary, space, path.name) {
            Lookup::Absent => {}
            other => return other,
        }
        if Self::is_system_name(space, path.name) {
            return Lookup::Unknown;
        }
        let SearchPath::Known(schemas) = &self.search_path else {
            return Lookup::Unknown;
        };
        for schema in schemas {
            match self.schema(schema) {
                Lookup::Found(oid) => match self.find_on_path(oid, schema, space, path.name) {
                    Lookup::Absent => {}
                    other => return other,
                },
                Lookup::Unknown => return Lookup::Unknown,
                Lookup::Absent => {}
            }
        }
        Lookup::Absent
    }

    /// Looks in one schema of the path. One that the platform keeps for extensions holds no relation
    /// and no type but theirs; of those that are known in part, all names begin alike.
    fn find_on_path(&self, schema: Oid, called: &str, space: Space, name: &str) -> Lookup {
        let is_theirs = match space {
            Space::Relation => builtin::extension_by_prefix(name).is_some(),
            Space::Type => Self::is_named_after_extension(name),
            _ => true,
        };
        if !is_theirs && self.is_platform_schema_of_extensions(called) {
            return self.store.find_of_known(schema, space, name);
        }
        self.store.find(schema, space, name)
    }

    /// Looks in one schema. Where a schema is named as the role that runs the migrations, what was
    /// made without a schema is in it and not in `public`: so a name that `public` has may be there.
    fn look_in(&self, schema: Oid, space: Space, name: &str) -> Lookup {
        match self.store.find(schema, space, name) {
            Lookup::Absent
                if schema != self.public
                    && self.store.find(self.public, space, name) != Lookup::Absent =>
            {
                Lookup::Unknown
            }
            lookup => lookup,
        }
    }

    /// Looks for a relation: a table, a view, a sequence, an index, a composite type.
    pub(super) fn relation(&self, var: &RangeVar) -> Lookup {
        self.look(Space::Relation, relation(var))
    }

    /// Looks for a relation that a statement cannot do without; one that must be there but is not
    /// known is assumed to be an open table from here on.
    ///
    /// # Errors
    ///
    /// 42P01 if it is known not to be there, 3F000 if its schema is. `None` if it cannot even be
    /// said which schema it is in, or belongs to the system.
    pub(super) fn required_relation(&mut self, var: &RangeVar) -> Result<Option<Oid>, Fault> {
        let path = relation(var);
        if let Some(schema) = path.schema {
            // PostgreSQL says "relation does not exist" for a missing schema too.
            if self.schema(schema) == Lookup::Absent {
                return Err(no_relation(path).at(var.location));
            }
        }
        match self.relation(var) {
            Lookup::Found(oid) => Ok(Some(oid)),
            Lookup::Absent => Err(no_relation(path).at(var.location)),
            Lookup::Unknown => Ok(self.assume_table(path)),
        }
    }

    /// Records that there is a relation of a name, of which nothing else is known.
    fn assume_table(&mut self, path: Path<'_>) -> Option<Oid> {
        if Self::is_system_name(Space::Relation, path.name) {
            return None;
        }
        let schema = match path.schema {
            Some(name) if is_system_schema(name) => return None,
            Some(name) => match self.schema(name) {
                Lookup::Found(oid) => oid,
                Lookup::Unknown => self.assume_schema(name),
                Lookup::Absent => return None,
            },
            // A temporary one would stand before it.
            None if self.store.find(self.temporary, Space::Relation, path.name)
                == Lookup::Absent =>
            {
                self.only_searched()?
            }
            None => return None,
        };
        let mut table = Object::new(path.name, schema, Def::Relation(Relation::unknown()));
        table.open = true;
        table.assumed = true;
        Some(self.store.add(table))
    }

    /// Returns the schema that an unqualified relation must be in that is no temporary one; `None` if
    /// which of the path it is cannot be said.
    fn only_searched(&self) -> Option<Oid> {
        let SearchPath::Known(names) = &self.search_path else {
            return None;
        };
        let mut only = None;
        for name in names {
            match (self.schema(name), only) {
                (Lookup::Found(oid), None) => only = Some(oid),
                (Lookup::Absent, _) => {}
                _ => return None,
            }
        }
        only
    }

    /// Records that there is a schema, of which nothing else is known.
    pub(super) fn assume_schema(&mut self, name: &str) -> Oid {
        let mut schema = Object::new(name, Oid::DATABASE, Def::Schema);
        schema.open = true;
        schema.assumed = true;
        self.store.add(schema)
    }

    /// Chooses the schema that a new object goes into.
    ///
    /// # Errors
    ///
    /// 3F000 if it is known not to be there.
    pub(super) fn creation_schema(
        &mut self,
        path: Path<'_>,
        persistence: Persistence,
    ) -> Result<Oid, Fault> {
        if persistence == Persistence::Temporary {
            return Ok(self.temporary);
        }
        if let Some(name) = path.schema {
            return match self.required_schema(name)? {
                Some(oid) => Ok(oid),
                None => Ok(self.assume_schema(name)),
            };
        }
        if let SearchPath::Known(schemas) = &self.search_path {
            for name in schemas {
                match self.schema(name) {
                    Lookup::Found(oid) => return Ok(oid),
                    Lookup::Unknown => return Ok(self.somewhere(path.name)),
                    Lookup::Absent => {}
                }
            }
            return Err(Fault::new(
                "3F000",
                "no schema has been selected to create in",
            ));
        }
        Ok(self.somewhere(path.name))
    }

    /// A place for what is made in a schema that is not known; any schema may now have its name.
    fn somewhere(&mut self, name: &str) -> Oid {
        for schema in self.store.within(Oid::DATABASE, Space::Schema) {
            for space in [Space::Relation, Space::Type, Space::Routine] {
                self.store.blur_name(schema, space, name);
            }
        }
        self.elsewhere
    }

    /// Returns an object's name as a message shows it: qualified unless it is in `public`.
    pub(super) fn display(&self, oid: Oid) -> String {
        let Some(object) = self.store.get(oid) else {
            return String::new();
        };
        match self.store.get(object.within) {
            Some(schema) if object.within != Oid::DATABASE => {
                format!("{}.{}", quote(&schema.name), quote(&object.name))
            }
            _ => quote(&object.name),
        }
    }
}

impl Relation {
    /// Makes a relation of which nothing is known; its object must be open.
    pub(super) fn unknown() -> Self {
        Self {
            kind: RelationKind::Table,
            persistence: Persistence::Permanent,
            columns: Vec::new(),
            next_column: 1,
            gone: Vec::new(),
            row_security: Fact::Unknown,
            partition_key: None,
            partition_of: None,
            inherits: Vec::new(),
            query: None,
            options: Vec::new(),
        }
    }

    /// Makes a table without columns.
    pub(super) fn empty(kind: RelationKind, persistence: Persistence) -> Self {
        Self {
            kind,
            persistence,
            row_security: Fact::Known(RowSecurity::default()),
            ..Self::unknown()
        }
    }
}

/// Returns whether a schema is PostgreSQL's own.
pub(super) fn is_system_schema(name: &str) -> bool {
    name == "information_schema" || name.starts_with("pg_")
}

/// Quotes a name where PostgreSQL would.
pub(super) fn quote(name: &str) -> String {
    let plain = name.bytes().enumerate().all(|(index, byte)| match byte {
        b'a'..=b'z' | b'_' => true,
        b'0'..=b'9' => index > 0,
        _ => false,
    });
    if plain && !name.is_empty() && !crate::sql::is_quoted_keyword(name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

impl Default for SearchPath {
    fn default() -> Self {
        Self::Known(vec!["public".into()])
    }
}

impl From<Openness> for bool {
    fn from(openness: Openness) -> Self {
        openness == Openness::Open
    }
}
