//! Rows of the system catalogs that a statement writes itself.
//!
//! What each holds is the documentation's chapter "System Catalogs".

use crate::{
    catalog::{
        Catalog, builtin,
        object::{Def, TypeKind},
        store::Oid,
    },
    tree::{Node, RangeVar},
};

/// Those that hold nothing of a schema.
const OF_NO_SCHEMA: [&str; 13] = [
    "pg_auth_members",
    "pg_authid",
    "pg_database",
    "pg_db_role_setting",
    "pg_largeobject",
    "pg_largeobject_metadata",
    "pg_replication_origin",
    "pg_seclabel",
    "pg_shdescription",
    "pg_shseclabel",
    "pg_statistic",
    "pg_statistic_ext_data",
    "pg_tablespace",
];

impl Catalog {
    /// Returns whether a name without a schema, or with this one, is a system catalog's whose rows are
    /// what the schema is.
    pub(in crate::catalog::apply) fn is_of_schema(schema: Option<&str>, name: &str) -> bool {
        matches!(schema, None | Some("pg_catalog"))
            && builtin::is_relation("pg_catalog", name)
            && !OF_NO_SCHEMA.contains(&name)
    }

    /// Changes rows of a system catalog: which ones is not followed.
    pub(in crate::catalog::apply) fn write_system(&mut self, schema: Option<&str>, name: &str) {
        if !Self::is_of_schema(schema, name) {
            return;
        }
        match name {
            "pg_settings" => self.set_config(None, None),
            "pg_enum" => {
                self.store.note_opaque();
                let enums: Vec<Oid> = self
                    .store
                    .all()
                    .filter(|(_, object)| match &object.def {
                        Def::Type(def) => matches!(def.kind, TypeKind::Enum(_)),
                        _ => false,
                    })
                    .map(|(oid, _)| oid)
                    .collect();
                for oid in enums {
                    self.store.blur(oid);
                }
            }
            _ => self.run_opaque(),
        }
    }
}

/// Lists the tables that the WITH of a statement writes.
pub(super) fn written_in_with(node: &Node) -> impl Iterator<Item = &RangeVar> {
    let with = match node {
        Node::SelectStmt(select) => select.withClause.as_ref(),
        Node::InsertStmt(insert) => insert.withClause.as_ref(),
        Node::UpdateStmt(update) => update.withClause.as_ref(),
        Node::DeleteStmt(delete) => delete.withClause.as_ref(),
        Node::MergeStmt(merge) => merge.withClause.as_ref(),
        _ => None,
    };
    let queries = with.into_iter().flat_map(|with| with.ctes.iter().flatten());
    queries.filter_map(|query| {
        let Node::CommonTableExpr(query) = query else {
            return None;
        };
        match query.ctequery.as_ref()? {
            Node::InsertStmt(insert) => insert.relation.as_deref(),
            Node::UpdateStmt(update) => update.relation.as_deref(),
            Node::DeleteStmt(delete) => delete.relation.as_deref(),
            _ => None,
        }
    })
}
