//! `CREATE SCHEMA`.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, Object, Space},
        resolve::SearchPath,
        store::{Lookup, Oid},
    },
    tree::{CreateSchemaStmt, Node},
};

impl Catalog {
    pub(super) fn create_schema(&mut self, create: &CreateSchemaStmt) -> Result<(), Fault> {
        let role = create
            .authrole
            .as_deref()
            .and_then(|role| role.rolename.as_deref());
        let Some(name) = create.schemaname.as_deref().or(role) else {
            // Named as the role that runs it, which is not known.
            if let Some(database) = self.store.get_mut(Oid::DATABASE) {
                database.open = true;
            }
            return Ok(());
        };
        if name.starts_with("pg_") {
            return Err(
                Fault::new("42939", format!("unacceptable schema name \"{name}\""))
                    .at_name(name)
                    .note("the prefix \"pg_\" is reserved for system schemas"),
            );
        }
        if create.if_not_exists && !create.schemaElts.is_empty() {
            return Err(Fault::new(
                "0A000",
                "CREATE SCHEMA IF NOT EXISTS cannot include schema elements",
            ));
        }
        match self.store.find(Oid::DATABASE, Space::Schema, name) {
            Lookup::Found(_) if create.if_not_exists => return Ok(()),
            Lookup::Found(_) => {
                return Err(
                    Fault::new("42P06", format!("schema \"{name}\" already exists")).at_name(name),
                );
            }
            Lookup::Unknown if create.if_not_exists => {
                self.assume_schema(name);
                return Ok(());
            }
            Lookup::Absent | Lookup::Unknown => {}
        }
        self.store
            .add(Object::new(name, Oid::DATABASE, Def::Schema));
        self.create_elements(name, &create.schemaElts)
    }

    /// Runs the statements within `CREATE SCHEMA`, in PostgreSQL's order: what they name without a
    /// schema is in the new one.
    fn create_elements(&mut self, schema: &str, elements: &[Option<Node>]) -> Result<(), Fault> {
        if elements.is_empty() {
            return Ok(());
        }
        let mut elements: Vec<&Node> = elements.iter().flatten().collect();
        elements.sort_by_key(|element| rank(element));
        for element in &elements {
            if let Some(other) = schema_of(element).filter(|other| *other != schema) {
                return Err(Fault::new(
                    "42P15",
                    format!(
                        "CREATE specifies a schema ({other}) different from the one being created \
                         ({schema})"
                    ),
                )
                .at_name(other));
            }
        }
        let before = self.search_path.clone();
        if let SearchPath::Known(schemas) = &mut self.search_path {
            schemas.insert(0, schema.into());
        } else {
            self.search_path = SearchPath::Known(vec![schema.into()]);
        }
        let done = elements
            .into_iter()
            .try_for_each(|element| self.dispatch(element));
        self.search_path = before;
        done
    }
}

fn rank(element: &Node) -> u8 {
    match element {
        Node::CreateSeqStmt(_) => 0,
        Node::CreateStmt(_) => 1,
        Node::ViewStmt(_) => 2,
        Node::IndexStmt(_) => 3,
        Node::CreateTrigStmt(_) => 4,
        _ => 5,
    }
}

fn schema_of(element: &Node) -> Option<&str> {
    let relation = match element {
        Node::CreateSeqStmt(create) => create.sequence.as_deref(),
        Node::CreateStmt(create) => create.relation.as_deref(),
        Node::ViewStmt(create) => create.view.as_deref(),
        Node::IndexStmt(create) => create.relation.as_deref(),
        Node::CreateTrigStmt(create) => create.relation.as_deref(),
        _ => None,
    };
    relation?.schemaname.as_deref()
}
