//! From the name of an object of any kind, as `DROP`, `COMMENT`, `ALTER … OWNER` and `ALTER EXTENSION`
//! write it, to the object.

mod attached;
mod callable;
mod relation;

pub(in crate::catalog::apply) use self::relation::{is_of_kind, word};

use crate::{
    catalog::{
        Catalog,
        apply::drop::Target,
        fault::Fault,
        missing::{no_schema, no_type, written},
        object::{Def, Space, TypeKind},
        store::{Lookup, Oid},
        types::Base,
    },
    tree::{List, Node, ObjectType, Path, TypeName, path, string},
};

/// What a name was found to mean.
#[derive(Clone, Debug)]
pub(in crate::catalog) enum Address {
    /// It is this.
    Found(Target),
    /// Nothing has it; what PostgreSQL says where it must be there.
    Absent(Fault),
    /// Something may have it.
    Unknown,
}

/// A name to look for in a place.
#[derive(Clone, Copy, Debug)]
pub(in crate::catalog::apply) struct Place<'a> {
    pub(in crate::catalog::apply) space: Space,
    pub(in crate::catalog::apply) path: Path<'a>,
}

impl Catalog {
    /// Looks for the object that a statement names.
    ///
    /// # Errors
    ///
    /// 42809 if the name is that of something of another kind; what IF EXISTS does not forgive.
    pub(in crate::catalog) fn address(
        &self,
        kind: ObjectType,
        object: &Node,
    ) -> Result<Address, Fault> {
        match kind {
            ObjectType::OBJECT_TABLE
            | ObjectType::OBJECT_VIEW
            | ObjectType::OBJECT_MATVIEW
            | ObjectType::OBJECT_FOREIGN_TABLE
            | ObjectType::OBJECT_SEQUENCE
            | ObjectType::OBJECT_INDEX => match list(object).and_then(path) {
                Some(path) => self.relation_address(kind, path),
                None => Ok(Address::Unknown),
            },
            ObjectType::OBJECT_COLUMN => Ok(self.column_address(list(object))),
            ObjectType::OBJECT_TABCONSTRAINT
            | ObjectType::OBJECT_TRIGGER
            | ObjectType::OBJECT_POLICY
            | ObjectType::OBJECT_RULE => Ok(self.attached_address(kind, list(object))),
            ObjectType::OBJECT_DOMCONSTRAINT => self.domain_constraint_address(list(object)),
            ObjectType::OBJECT_TYPE | ObjectType::OBJECT_DOMAIN => self.type_address(kind, object),
            ObjectType::OBJECT_FUNCTION
            | ObjectType::OBJECT_PROCEDURE
            | ObjectType::OBJECT_ROUTINE
            | ObjectType::OBJECT_AGGREGATE => self.routine_address(kind, object),
            ObjectType::OBJECT_OPERATOR
            | ObjectType::OBJECT_OPCLASS
            | ObjectType::OBJECT_OPFAMILY
            | ObjectType::OBJECT_CAST
            | ObjectType::OBJECT_TRANSFORM
            | ObjectType::OBJECT_USER_MAPPING
            | ObjectType::OBJECT_LARGEOBJECT => Ok(Address::Unknown),
            _ => Ok(match place(kind, object) {
                Some(place) => self.named(place, absent),
                None => Address::Unknown,
            }),
        }
    }

    /// Looks for a name in a space; a name that is not there may be one of `pg_catalog`.
    pub(in crate::catalog::apply) fn named(
        &self,
        place: Place<'_>,
        absent: impl FnOnce(Place<'_>) -> Fault,
    ) -> Address {
        let Place { space, path } = place;
        if let Some(missing) = self.missing_schema(path) {
            return Address::Absent(missing);
        }
        let lookup = match space {
            _ if is_of_a_schema(space) => self.look(space, path),
            Space::Schema => self.schema(path.name),
            _ => self.store.find(Oid::DATABASE, space, path.name),
        };
        match lookup {
            Lookup::Found(oid) => Address::Found(Target::Object(oid)),
            Lookup::Unknown => Address::Unknown,
            Lookup::Absent if Self::may_be_builtin(space, path) => Address::Unknown,
            Lookup::Absent => Address::Absent(absent(place)),
        }
    }

    /// Returns 3F000 if a name is in a schema that is known not to be there: what commands say, where
    /// a query says that the relation does not exist.
    pub(in crate::catalog::apply) fn missing_schema(&self, path: Path<'_>) -> Option<Fault> {
        let schema = path.schema?;
        self.required_schema(schema).err()
    }

    /// Returns whether a name that nothing has been given may be one that every database has.
    fn may_be_builtin(space: Space, path: Path<'_>) -> bool {
        match space {
            // They are of the whole cluster.
            Space::Role | Space::Tablespace => true,
            _ => path.schema.is_none() && Self::is_system_name(space, path.name),
        }
    }

    fn type_address(&self, kind: ObjectType, object: &Node) -> Result<Address, Fault> {
        // Some statements have a name only, which cannot be an array's.
        let (names, location) = match object {
            Node::TypeName(name) if name.arrayBounds.is_empty() => (&name.names, name.location),
            Node::List(names) => (names, -1),
            _ => return Ok(Address::Unknown),
        };
        let Some(path) = path(names) else {
            return Ok(Address::Unknown);
        };
        let address = match self.named_type(path) {
            Err(fault) => Address::Absent(fault),
            Ok(None) => Address::Absent(no_type(path).at(location)),
            Ok(Some(ty)) => match ty.base {
                Base::Own(oid) if !ty.array => Address::Found(Target::Object(oid)),
                _ => Address::Unknown,
            },
        };
        if kind == ObjectType::OBJECT_DOMAIN
            && let Address::Found(Target::Object(oid)) = address
        {
            self.must_be_domain(oid)?;
        }
        Ok(address)
    }

    fn must_be_domain(&self, oid: Oid) -> Result<(), Fault> {
        let is_other = match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Type(def)) => !matches!(def.kind, TypeKind::Domain(_)),
            Some(Def::Relation(_)) => true,
            _ => false,
        };
        if is_other && self.store.is_certain(oid) {
            let name = self.visible_name(oid);
            return Err(Fault::new("42809", format!("\"{name}\" is not a domain")));
        }
        Ok(())
    }

    /// Looks for the type that a cast, a domain's constraint, … is about.
    fn own_type(&self, name: &TypeName) -> Result<Option<Oid>, Fault> {
        Ok(match self.ty(name)?.base {
            Base::Own(oid) => Some(oid),
            _ => None,
        })
    }
}

/// Returns where an object of a kind has its name, if its name is all that says which it is.
pub(in crate::catalog::apply) fn place(kind: ObjectType, object: &Node) -> Option<Place<'_>> {
    let space = space(kind)?;
    let path = match object {
        Node::String(name) => Path { schema: None, name },
        Node::List(names) => path(names)?,
        Node::TypeName(name) => path(&name.names)?,
        Node::ObjectWithArgs(object) => path(&object.objname)?,
        _ => return None,
    };
    Some(Place { space, path })
}

/// Returns the space that an object of a kind has its name in.
fn space(kind: ObjectType) -> Option<Space> {
    Some(match kind {
        ObjectType::OBJECT_TABLE
        | ObjectType::OBJECT_VIEW
        | ObjectType::OBJECT_MATVIEW
        | ObjectType::OBJECT_FOREIGN_TABLE
        | ObjectType::OBJECT_SEQUENCE
        | ObjectType::OBJECT_INDEX => Space::Relation,
        ObjectType::OBJECT_TYPE | ObjectType::OBJECT_DOMAIN => Space::Type,
        ObjectType::OBJECT_FUNCTION
        | ObjectType::OBJECT_PROCEDURE
        | ObjectType::OBJECT_ROUTINE
        | ObjectType::OBJECT_AGGREGATE => Space::Routine,
        ObjectType::OBJECT_OPERATOR => Space::Operator,
        ObjectType::OBJECT_SCHEMA => Space::Schema,
        ObjectType::OBJECT_EXTENSION => Space::Extension,
        ObjectType::OBJECT_ROLE => Space::Role,
        ObjectType::OBJECT_LANGUAGE => Space::Language,
        ObjectType::OBJECT_ACCESS_METHOD => Space::AccessMethod,
        ObjectType::OBJECT_EVENT_TRIGGER => Space::EventTrigger,
        ObjectType::OBJECT_PUBLICATION => Space::Publication,
        ObjectType::OBJECT_SUBSCRIPTION => Space::Subscription,
        ObjectType::OBJECT_FDW => Space::Wrapper,
        ObjectType::OBJECT_FOREIGN_SERVER => Space::Server,
        ObjectType::OBJECT_TABLESPACE => Space::Tablespace,
        ObjectType::OBJECT_COLLATION => Space::Collation,
        ObjectType::OBJECT_CONVERSION => Space::Conversion,
        ObjectType::OBJECT_STATISTIC_EXT => Space::Statistics,
        ObjectType::OBJECT_TSCONFIGURATION => Space::TextSearchConfiguration,
        ObjectType::OBJECT_TSDICTIONARY => Space::TextSearchDictionary,
        ObjectType::OBJECT_TSPARSER => Space::TextSearchParser,
        ObjectType::OBJECT_TSTEMPLATE => Space::TextSearchTemplate,
        _ => return None,
    })
}

/// Returns whether objects of a space are in schemas.
pub(in crate::catalog::apply) fn is_of_a_schema(space: Space) -> bool {
    matches!(
        space,
        Space::Relation
            | Space::Type
            | Space::Routine
            | Space::Operator
            | Space::OperatorClass
            | Space::OperatorFamily
            | Space::Collation
            | Space::Conversion
            | Space::Statistics
            | Space::TextSearchConfiguration
            | Space::TextSearchDictionary
            | Space::TextSearchParser
            | Space::TextSearchTemplate
    )
}

fn absent(place: Place<'_>) -> Fault {
    let name = written(place.path);
    let kind = place.space.word();
    let fault = match place.space {
        Space::Schema => no_schema(&name),
        Space::Collation => Fault::new(
            "42704",
            format!("collation \"{name}\" for encoding \"UTF8\" does not exist"),
        ),
        _ => Fault::new("42704", format!("{kind} \"{name}\" does not exist")),
    };
    fault.at_name(place.path.name)
}

/// Returns a node as a list.
pub(in crate::catalog::apply) fn list(node: &Node) -> Option<&List> {
    match node {
        Node::List(list) => Some(list),
        _ => None,
    }
}

/// Splits off the last part of a name: `users.email` is `email` of `users`.
pub(in crate::catalog::apply) fn split_last(list: &List) -> Option<(Path<'_>, &str)> {
    let (part, rest) = list.split_last()?;
    let part = string(part.as_ref()?)?;
    let mut parts = rest.iter().flatten().filter_map(string).rev();
    let name = parts.next()?;
    let schema = parts.next();
    Some((Path { schema, name }, part))
}
