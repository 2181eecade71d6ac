//! `DROP TABLE`, `VIEW`, `INDEX`, …: each has its own words for what is missing or of another kind.

use super::Target;
use crate::{
    catalog::{
        Catalog,
        apply::address::{Address, is_of_kind, word},
        fault::Fault,
        object::{Def, RelationKind},
    },
    tree::{ObjectType, Path},
};

impl Catalog {
    /// Looks for a relation that is dropped.
    ///
    /// # Errors
    ///
    /// 42809 if it is of another kind.
    pub(super) fn dropped_relation(
        &self,
        kind: ObjectType,
        path: Path<'_>,
    ) -> Result<Address, Fault> {
        let oid = match self.any_relation(path) {
            Address::Found(Target::Object(oid)) => oid,
            Address::Absent(fault) if fault.sqlstate == "42P01" => {
                return Ok(Address::Absent(missing(kind, path)));
            }
            other => return Ok(other),
        };
        let Some(object) = self.store.get(oid) else {
            return Ok(Address::Unknown);
        };
        if !is_of_kind(object, kind) {
            if !self.store.is_certain(oid) {
                return Ok(Address::Unknown);
            }
            let article = match kind {
                ObjectType::OBJECT_INDEX => "an",
                _ => "a",
            };
            let fault = Fault::new(
                "42809",
                format!("\"{}\" is not {article} {}", path.name, word(kind)),
            )
            .at_name(path.name);
            return Err(match hint(&object.def) {
                Some(hint) => fault.note(hint),
                None => fault,
            });
        }
        Ok(Address::Found(Target::Object(oid)))
    }
}

fn missing(kind: ObjectType, path: Path<'_>) -> Fault {
    let sqlstate = match kind {
        ObjectType::OBJECT_INDEX | ObjectType::OBJECT_FOREIGN_TABLE => "42704",
        _ => "42P01",
    };
    Fault::new(
        sqlstate,
        format!("{} \"{}\" does not exist", word(kind), path.name),
    )
    .at_name(path.name)
}

/// Says how what is there is dropped.
fn hint(def: &Def) -> Option<&'static str> {
    Some(match def {
        Def::Relation(relation) => match relation.kind {
            RelationKind::Table | RelationKind::PartitionedTable => {
                "use DROP TABLE to remove a table"
            }
            RelationKind::View => "use DROP VIEW to remove a view",
            RelationKind::MaterializedView => {
                "use DROP MATERIALIZED VIEW to remove a materialized view"
            }
            RelationKind::ForeignTable => "use DROP FOREIGN TABLE to remove a foreign table",
        },
        Def::Index(_) => "use DROP INDEX to remove an index",
        Def::Sequence(_) => "use DROP SEQUENCE to remove a sequence",
        Def::Type(_) => "use DROP TYPE to remove a type",
        _ => return None,
    })
}
