//! `CREATE TABLE`.

use std::borrow::Cow;

use super::{
    claim::{Claim, Guard},
    constraint::{Moment, Ordered, Placed, folded},
};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::no_column,
        object::{
            ColumnId, Def, Fact, Name, Object, Persistence, Relation, RelationKind, Space, Use,
        },
        resolve::SearchPath,
        store::{Lookup, Oid},
        type_name::type_name_text,
    },
    tree::{
        ColumnDef, ConstrType, CreateForeignTableStmt, CreateStmt, List, Node, RangeVar, relation,
        string, strings,
    },
};

impl Catalog {
    pub(super) fn create_table(&mut self, create: &CreateStmt) -> Result<(), Fault> {
        let kind = if create.partspec.is_some() {
            RelationKind::PartitionedTable
        } else {
            RelationKind::Table
        };
        self.create_relation(create, kind).map(|_| ())
    }

    pub(super) fn create_foreign_table(
        &mut self,
        create: &CreateForeignTableStmt,
    ) -> Result<(), Fault> {
        let made = self.create_relation(&create.base, RelationKind::ForeignTable)?;
        let server = create.servername.as_deref().unwrap_or_default();
        if let Some(oid) = made
            && let Lookup::Found(server) = self.store.find(Oid::DATABASE, Space::Server, server)
        {
            self.store.add_uses(oid, [Use::of(server)]);
        }
        Ok(())
    }

    fn create_relation(
        &mut self,
        create: &CreateStmt,
        kind: RelationKind,
    ) -> Result<Option<Oid>, Fault> {
        let Some(var) = create.relation.as_deref() else {
            return Ok(None);
        };
        let path = relation(var);
        let persistence = persistence(var);
        let schema = self.creation_schema(path, persistence)?;
        match self.claim_relation(schema, path.name, guard(create.if_not_exists))? {
            Claim::Skip => Ok(None),
            Claim::Make => {
                let mut table = Relation::empty(kind, persistence);
                table.options = options(&create.options);
                self.make_table(schema, path.name, table, create).map(Some)
            }
            Claim::Perhaps => {
                self.perhaps(|catalog| {
                    let table = Relation::empty(kind, persistence);
                    catalog
                        .make_table(schema, path.name, table, create)
                        .map(|_| ())
                });
                self.store.blur_name(schema, Space::Relation, path.name);
                Ok(None)
            }
        }
    }

    /// Refuses a column of the type that the table's rows are to be of: it is not there yet.
    fn is_no_member_of_itself(&self, table: Oid, name: &str, node: &Node) -> Result<(), Fault> {
        let Node::ColumnDef(def) = node else {
            return Ok(());
        };
        let Some(written) = def.typeName.as_ref() else {
            return Ok(());
        };
        if super::serial::width(written).is_some() {
            // It is read before types are looked for.
            return Ok(());
        }
        let same_name = strings(&written.names).next_back() == Some(name) && !written.pct_type;
        if same_name
            && !self.is_found_beside(table, name)
            && self.ty(written)?.own_type() == Some(table)
        {
            let shown = type_name_text(written);
            let fault = Fault::new("42704", format!("type \"{shown}\" does not exist"));
            return Err(fault.at(written.location));
        }
        Ok(())
    }

    /// Returns whether another schema of the search path may have a type of a table's name.
    fn is_found_beside(&self, table: Oid, name: &str) -> bool {
        let own = self.store.get(table).map(|object| object.within);
        let SearchPath::Known(schemas) = &self.search_path else {
            return true;
        };
        schemas.iter().any(|schema| match self.schema(schema) {
            Lookup::Found(schema) if Some(schema) == own => false,
            Lookup::Found(schema) => self.store.find(schema, Space::Type, name) != Lookup::Absent,
            Lookup::Absent => false,
            Lookup::Unknown => true,
        })
    }

    fn make_table(
        &mut self,
        schema: Oid,
        name: &str,
        table: Relation,
        create: &CreateStmt,
    ) -> Result<Oid, Fault> {
        self.claim_row_type(schema, name)?;
        // Parents are looked for before there is a table of the new name.
        let parents = self.parents(create)?;
        let oid = self
            .store
            .add(Object::new(Name::from(name), schema, Def::Relation(table)));
        self.take_parents(oid, parents, create.partbound.as_deref())?;
        if let Some(of) = &create.ofTypename {
            self.take_type(oid, of)?;
        }
        let mut body = Body::default();
        for node in create.tableElts.iter().flatten() {
            self.is_no_member_of_itself(oid, name, node)?;
            self.element(oid, node, &mut body)?;
        }
        if let Some(key) = create.partspec.as_deref() {
            self.partition_by(oid, key)?;
        }
        for (id, def) in &body.columns {
            self.fill_column(oid, *id, def)?;
        }
        // The grammar keeps constraints with the columns; other readers set them apart.
        for node in create
            .constraints
            .iter()
            .chain(&create.nnconstraints)
            .flatten()
        {
            if let Node::Constraint(constraint) = node {
                body.constraints.push((Cow::Borrowed(constraint), None));
            }
        }
        if create.partbound.is_some() {
            self.take_parts(oid)?;
        }
        let order = Ordered::new(body.constraints);
        order.checks(self, oid, Moment::Create)?;
        order.keys(self, oid)?;
        for (source, options) in body.likes {
            self.copy_like(source, oid, options)?;
        }
        order.foreign_keys(self, oid, Moment::Create)?;
        Ok(oid)
    }

    /// Adds one of the things between a table's parentheses.
    fn element<'a>(
        &mut self,
        table: Oid,
        node: &'a Node,
        body: &mut Body<'a>,
    ) -> Result<(), Fault> {
        match node {
            Node::ColumnDef(def) => {
                let id = self.table_column(table, def, body)?;
                body.columns.push((id, def));
                for constraint in folded(def)? {
                    if constraint.contype != ConstrType::CONSTR_NOTNULL {
                        body.constraints.push((constraint, Some(id)));
                    }
                }
            }
            Node::Constraint(constraint) => {
                body.constraints.push((Cow::Borrowed(constraint), None));
            }
            Node::TableLikeClause(like) => {
                if let Some(source) = self.like(table, like)? {
                    body.likes.push((source, like.options));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a column that is written for the table, or merges it with the one that is inherited.
    fn table_column(
        &mut self,
        table: Oid,
        def: &ColumnDef,
        body: &Body<'_>,
    ) -> Result<ColumnId, Fault> {
        let name = def.colname.as_deref().unwrap_or_default();
        let there = self
            .relation_of(table)
            .and_then(|(_, table)| table.column(name))
            .cloned();
        let Some(there) = there else {
            if def.typeName.is_none() && !self.store.is_open(table) {
                return Err(no_column(name));
            }
            return self.place_column(table, def);
        };
        let written = body.columns.iter().any(|(id, _)| *id == there.id);
        if written || (there.inherited == 0 && def.typeName.is_some()) {
            return Err(Fault::new(
                "42701",
                format!("column \"{name}\" specified more than once"),
            )
            .at(def.location));
        }
        self.merge_column(table, &there, def)
    }
}

/// What is between a table's parentheses, for later.
#[derive(Default)]
struct Body<'a> {
    columns: Vec<(ColumnId, &'a ColumnDef)>,
    constraints: Vec<Placed<'a>>,
    likes: Vec<(Oid, u32)>,
}

/// Returns what a statement does if the name is taken.
pub(super) fn guard(if_not_exists: bool) -> Guard {
    if if_not_exists {
        Guard::IfNotExists
    } else {
        Guard::None
    }
}

/// Returns whether a relation is temporary.
pub(super) fn persistence(var: &RangeVar) -> Persistence {
    match var.relpersistence {
        b't' => Persistence::Temporary,
        _ if var.schemaname.as_deref() == Some("pg_temp") => Persistence::Temporary,
        b'u' => Persistence::Unlogged,
        _ => Persistence::Permanent,
    }
}

/// Reads `WITH (…)` as `name=value`, sorted.
pub(super) fn options(list: &List) -> Vec<String> {
    let mut options: Vec<String> = list
        .iter()
        .flatten()
        .filter_map(|node| match node {
            Node::DefElem(option) if option.defnamespace.is_none() => Some(option),
            _ => None,
        })
        .filter(|option| option.defname.as_deref() != Some("oids"))
        .map(|option| {
            let name = option.defname.as_deref().unwrap_or_default();
            format!(
                "{name}={}",
                option.arg.as_ref().map_or_else(|| "true".to_owned(), value)
            )
        })
        .collect();
    options.sort();
    options
}

fn value(node: &Node) -> String {
    match node {
        Node::Integer(value) => value.to_string(),
        Node::Float(text) => text.to_string(),
        Node::Boolean(value) => value.to_string(),
        Node::TypeName(name) => strings(&name.names)
            .next_back()
            .unwrap_or_default()
            .to_owned(),
        Node::List(parts) => strings(parts).collect::<Vec<_>>().join("."),
        other => string(other).unwrap_or_default().to_owned(),
    }
}

/// Marks a relation as one that may have more columns than are known.
pub(super) fn open(catalog: &mut Catalog, relation: Oid) {
    if let Some(object) = catalog.store.get_mut(relation) {
        object.open = true;
        if let Some(relation) = object.relation_mut() {
            relation.row_security = Fact::Known(crate::catalog::object::RowSecurity::default());
        }
    }
}

#[cfg(test)]
mod tests;
