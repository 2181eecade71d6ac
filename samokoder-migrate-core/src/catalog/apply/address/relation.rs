//! Relations and their columns by name.

use super::{Address, Place, split_last};
use crate::{
    catalog::{
        Catalog,
        apply::{ColumnLookup, drop::Target},
        fault::Fault,
        missing::{no_column_of, no_relation},
        object::{Def, Object, RelationKind, Space},
        store::Oid,
    },
    tree::{List, ObjectType, Path, RangeVar, relation},
};

impl Catalog {
    /// Looks for a relation as commands do: in a missing schema it is the schema that is missing.
    pub(in crate::catalog::apply) fn any_relation(&self, path: Path<'_>) -> Address {
        self.named(
            Place {
                space: Space::Relation,
                path,
            },
            |place| no_relation(place.path),
        )
    }

    /// Looks for a relation that a command needs. `None` if it cannot be said what it is.
    ///
    /// # Errors
    ///
    /// 42P01 if it is known not to be there, 3F000 if its schema is.
    pub(in crate::catalog::apply) fn command_relation(
        &mut self,
        var: &RangeVar,
    ) -> Result<Option<Oid>, Fault> {
        if let Some(missing) = self.missing_schema(relation(var)) {
            return Err(missing.at(var.location));
        }
        self.required_relation(var)
    }

    /// Looks for a relation of a kind.
    ///
    /// # Errors
    ///
    /// 42809 if it is of another kind.
    pub(super) fn relation_address(
        &self,
        kind: ObjectType,
        path: Path<'_>,
    ) -> Result<Address, Fault> {
        let address = self.any_relation(path);
        if let Address::Found(Target::Object(oid)) = address
            && let Some(object) = self.store.get(oid)
            && self.store.is_certain(oid)
            && !is_of_kind(object, kind)
        {
            let article = match kind {
                ObjectType::OBJECT_INDEX => "an",
                _ => "a",
            };
            return Err(Fault::new(
                "42809",
                format!("\"{}\" is not {article} {}", object.name, word(kind)),
            )
            .at_name(path.name));
        }
        Ok(address)
    }

    pub(super) fn column_address(&self, names: Option<&List>) -> Address {
        if let Some([Some(_)]) = names.map(Vec::as_slice) {
            return Address::Absent(Fault::new("42601", "column name must be qualified"));
        }
        let Some((path, column)) = names.and_then(split_last) else {
            return Address::Unknown;
        };
        let oid = match self.any_relation(path) {
            Address::Found(Target::Object(oid)) => oid,
            other => return other,
        };
        match self.column(oid, column) {
            ColumnLookup::Found(id) => Address::Found(Target::Column(oid, id)),
            ColumnLookup::Absent => Address::Absent(no_column_of(&self.name_of(oid), column)),
            ColumnLookup::Unknown => Address::Unknown,
        }
    }
}

/// Returns whether a statement about a kind of relations takes an object.
pub(in crate::catalog::apply) fn is_of_kind(object: &Object, kind: ObjectType) -> bool {
    match (&object.def, kind) {
        (Def::Index(_), ObjectType::OBJECT_INDEX)
        | (Def::Sequence(_), ObjectType::OBJECT_SEQUENCE) => true,
        // Of what was only seen by name, the kind is not known.
        (Def::Relation(relation), _) if relation.known_kind().is_none() => true,
        (Def::Relation(relation), _) => matches!(
            (relation.kind, kind),
            (
                RelationKind::Table | RelationKind::PartitionedTable,
                ObjectType::OBJECT_TABLE
            ) | (RelationKind::View, ObjectType::OBJECT_VIEW)
                | (RelationKind::MaterializedView, ObjectType::OBJECT_MATVIEW)
                | (RelationKind::ForeignTable, ObjectType::OBJECT_FOREIGN_TABLE)
        ),
        (Def::Index(_) | Def::Sequence(_) | Def::Type(_), _) => false,
        _ => true,
    }
}

/// Returns what messages call a kind of relations.
pub(in crate::catalog::apply) fn word(kind: ObjectType) -> &'static str {
    match kind {
        ObjectType::OBJECT_TABLE => "table",
        ObjectType::OBJECT_VIEW => "view",
        ObjectType::OBJECT_MATVIEW => "materialized view",
        ObjectType::OBJECT_FOREIGN_TABLE => "foreign table",
        ObjectType::OBJECT_SEQUENCE => "sequence",
        ObjectType::OBJECT_INDEX => "index",
        _ => "relation",
    }
}
