//! `CREATE TABLE AS`, `CREATE MATERIALIZED VIEW`, `SELECT INTO`.

use super::{
    claim::{Claim, Guard},
    column::plain,
};
use crate::{
    catalog::{
        Catalog,
        expression::Query,
        fault::Fault,
        object::{Def, Name, Object, Persistence, Relation, RelationKind, Space, Use},
        store::Oid,
    },
    tree::{CreateTableAsStmt, IntoClause, Node, ObjectType, SelectStmt, relation, strings},
};

impl Catalog {
    pub(super) fn create_table_as(&mut self, create: &CreateTableAsStmt) -> Result<(), Fault> {
        let Some(into) = create.into.as_deref() else {
            return Ok(());
        };
        let kind = if create.objtype == ObjectType::OBJECT_MATVIEW {
            RelationKind::MaterializedView
        } else {
            RelationKind::Table
        };
        let guard = super::table::guard(create.if_not_exists);
        self.create_from(into, create.query.as_ref(), kind, guard)
    }

    /// Reads a query, and makes the table of its INTO.
    pub(super) fn select(&mut self, node: &Node, select: &SelectStmt) -> Result<(), Fault> {
        match into(select) {
            Some(into) => self.create_from(into, Some(node), RelationKind::Table, Guard::None),
            None => self.data(node),
        }
    }

    fn create_from(
        &mut self,
        into: &IntoClause,
        node: Option<&Node>,
        kind: RelationKind,
        guard: Guard,
    ) -> Result<(), Fault> {
        let Some(var) = into.rel.as_deref() else {
            return Ok(());
        };
        let path = relation(var);
        let persistence = super::table::persistence(var);
        // A prepared statement is not kept.
        let query = match node {
            Some(Node::ExecuteStmt(_)) | None => None,
            Some(node) => Some(self.query(node)?),
        };
        let schema = self.creation_schema(path, persistence)?;
        match self.claim_relation(schema, path.name, guard)? {
            Claim::Skip => Ok(()),
            Claim::Make => {
                self.make_from(schema, path.name, (kind, persistence), into, query.as_ref())
            }
            Claim::Perhaps => {
                self.perhaps(|catalog| {
                    catalog.make_from(schema, path.name, (kind, persistence), into, query.as_ref())
                });
                self.store.blur_name(schema, Space::Relation, path.name);
                Ok(())
            }
        }
    }

    fn make_from(
        &mut self,
        schema: Oid,
        name: &str,
        (kind, persistence): (RelationKind, Persistence),
        into: &IntoClause,
        query: Option<&Query>,
    ) -> Result<(), Fault> {
        let columns = query.and_then(|query| query.columns.clone());
        let names: Vec<&str> = strings(&into.colNames).collect();
        if columns
            .as_ref()
            .is_some_and(|columns| names.len() > columns.len())
        {
            return Err(Fault::new("42601", "too many column names were specified"));
        }
        self.claim_row_type(schema, name)?;
        let mut relation = Relation::empty(kind, persistence);
        relation.options = super::table::options(&into.options);
        let mut uses = Vec::new();
        if kind == RelationKind::MaterializedView
            && let Some(query) = query
        {
            relation.query = Some(query.sql.clone());
            uses.extend(query.needs.iter().map(|need| {
                let mut r#use = Use::of(need.what);
                r#use.column = need.column;
                r#use
            }));
        }
        let mut object = Object::new(Name::from(name), schema, Def::Relation(relation)).using(uses);
        object.open = columns.is_none();
        let oid = self.store.add(object);
        let mut given = names.iter();
        let made: Vec<_> = match columns {
            Some(columns) => columns
                .into_iter()
                .map(|(own, ty)| (given.next().map_or(own, |name| Name::from(*name)), ty))
                .collect(),
            // The first columns are known by the names that they are given.
            None => given
                .map(|name| (Name::from(*name), crate::catalog::types::Type::unknown()))
                .collect(),
        };
        for (column, ty) in made {
            let there = self
                .relation_of(oid)
                .is_some_and(|(_, relation)| relation.column(&column).is_some());
            if there {
                return Err(Fault::new(
                    "42701",
                    format!("column \"{column}\" specified more than once"),
                )
                .at_name(&column));
            }
            self.push_column(oid, plain(column, ty));
        }
        Ok(())
    }
}

/// Returns the INTO of a query, which is that of its leftmost part.
fn into(select: &SelectStmt) -> Option<&IntoClause> {
    let mut select = select;
    while let Some(left) = select.larg.as_deref() {
        select = left;
    }
    select.intoClause.as_deref()
}
