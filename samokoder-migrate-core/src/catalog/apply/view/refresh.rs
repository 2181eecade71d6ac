//! `REFRESH MATERIALIZED VIEW`.

use super::may_serve;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, RelationKind},
        resolve::quote,
    },
    tree::RefreshMatViewStmt,
};

impl Catalog {
    pub(in crate::catalog::apply) fn refresh(
        &mut self,
        refresh: &RefreshMatViewStmt,
    ) -> Result<(), Fault> {
        if refresh.concurrent && refresh.skipData {
            return Err(Fault::new(
                "42601",
                "CONCURRENTLY and WITH NO DATA options cannot be used together",
            ));
        }
        let Some(var) = &refresh.relation else {
            return Ok(());
        };
        let Some(oid) = self.command_relation(var)? else {
            return Ok(());
        };
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        if !self.store.is_certain(oid) || object.open {
            return Ok(());
        }
        let kind = object.relation().map(|relation| relation.kind);
        let fault = match (kind, &object.def) {
            (Some(RelationKind::MaterializedView), _) => None,
            (Some(RelationKind::Table | RelationKind::PartitionedTable), _) => Some((
                "0A000",
                format!("\"{}\" is not a materialized view", object.name),
            )),
            (Some(RelationKind::View | RelationKind::ForeignTable), _)
            | (None, Def::Index(_) | Def::Sequence(_)) => Some((
                "42809",
                format!("\"{}\" is not a table or materialized view", object.name),
            )),
            _ => None,
        };
        if let Some((sqlstate, message)) = fault {
            return Err(Fault::new(sqlstate, message).at(var.location));
        }
        let served = self
            .store
            .users(oid)
            .into_iter()
            .any(|(user, _)| may_serve(self, user));
        if refresh.concurrent && !served {
            let schema = self.own_name(object.within);
            return Err(Fault::new(
                "55000",
                format!(
                    "cannot refresh materialized view \"{}.{}\" concurrently",
                    quote(&schema),
                    quote(&object.name)
                ),
            )
            .at(var.location)
            .note(
                "create a unique index with no WHERE clause on one or more columns of the \
                 materialized view",
            ));
        }
        Ok(())
    }
}
