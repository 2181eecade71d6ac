//! VACUUM, ANALYZE, CLUSTER and REINDEX.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::no_relation,
        object::{Def, Space},
        store::Lookup,
    },
    tree::{Node, ReindexObjectType, ReindexStmt, RepackStmt, VacuumStmt, relation},
};

impl Catalog {
    pub(super) fn vacuum(&mut self, vacuum: &VacuumStmt) -> Result<(), Fault> {
        for node in vacuum.rels.iter().flatten() {
            let Node::VacuumRelation(item) = node else {
                continue;
            };
            let Some(var) = &item.relation else { continue };
            if let Some(table) = self.command_relation(var)? {
                self.named_columns(table, var, &item.va_cols)?;
            }
        }
        Ok(())
    }

    pub(super) fn cluster(&mut self, cluster: &RepackStmt) -> Result<(), Fault> {
        let Some(var) = cluster
            .relation
            .as_ref()
            .and_then(|item| item.relation.as_deref())
        else {
            return Ok(());
        };
        let table = self.command_relation(var)?;
        let (Some(table), Some(name)) = (table, cluster.indexname.as_deref()) else {
            return Ok(());
        };
        let Some(schema) = self.store.get(table).map(|object| object.within) else {
            return Ok(());
        };
        if self.store.is_open(table)
            || self.store.find(schema, Space::Relation, name) != Lookup::Absent
        {
            return Ok(());
        }
        let message = format!(
            "index \"{name}\" for table \"{}\" does not exist",
            var.relname.as_deref().unwrap_or_default()
        );
        Err(Fault::new("42704", message).at_name(name))
    }

    pub(super) fn reindex(&mut self, reindex: &ReindexStmt) -> Result<(), Fault> {
        if reindex.kind == ReindexObjectType::REINDEX_OBJECT_SCHEMA {
            return match &reindex.name {
                Some(name) => self.required_schema(name).map(drop),
                None => Ok(()),
            };
        }
        let Some(var) = &reindex.relation else {
            return Ok(());
        };
        if reindex.kind != ReindexObjectType::REINDEX_OBJECT_INDEX {
            return self.command_relation(var).map(drop);
        }
        let path = relation(var);
        match self.look(Space::Relation, path) {
            Lookup::Absent => Err(no_relation(path).at(var.location)),
            Lookup::Found(oid) => {
                let object = self.store.get(oid);
                let other = object.filter(|object| {
                    self.store.is_certain(oid) && matches!(object.def, Def::Sequence(_))
                        || self.kind_of(oid).is_some()
                });
                match other {
                    Some(object) => {
                        let message = format!("\"{}\" is not an index", object.name);
                        Err(Fault::new("42809", message).at(var.location))
                    }
                    None => Ok(()),
                }
            }
            Lookup::Unknown => Ok(()),
        }
    }
}
