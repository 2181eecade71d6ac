//! Foreign data, subscriptions: known by name.

use super::drop::{Behavior, Guard};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, Object, Space, Use},
        store::{Lookup, Oid},
    },
    tree::{CreateForeignServerStmt, Node},
};

impl Catalog {
    pub(super) fn foreign(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::CreateFdwStmt(create) => {
                self.create_named(Space::Wrapper, create.fdwname.as_deref())
            }
            Node::AlterFdwStmt(alter) => self.must_be(Space::Wrapper, alter.fdwname.as_deref()),
            Node::CreateForeignServerStmt(create) => self.create_server(create),
            Node::AlterForeignServerStmt(alter) => {
                self.must_be(Space::Server, alter.servername.as_deref())
            }
            Node::CreateUserMappingStmt(create) => {
                self.must_be(Space::Server, create.servername.as_deref())
            }
            Node::AlterUserMappingStmt(alter) => {
                self.must_be(Space::Server, alter.servername.as_deref())
            }
            Node::DropUserMappingStmt(drop) if drop.missing_ok => Ok(()),
            Node::DropUserMappingStmt(drop) => {
                self.must_be(Space::Server, drop.servername.as_deref())
            }
            Node::ImportForeignSchemaStmt(import) => {
                self.must_be(Space::Server, import.server_name.as_deref())?;
                self.import_into(import.local_schema.as_deref())
            }
            Node::CreateSubscriptionStmt(create) => {
                self.create_named(Space::Subscription, create.subname.as_deref())
            }
            Node::AlterSubscriptionStmt(alter) => {
                self.must_be(Space::Subscription, alter.subname.as_deref())
            }
            Node::DropSubscriptionStmt(drop) => {
                let Some(name) = drop.subname.as_deref() else {
                    return Ok(());
                };
                self.drop_by_name(
                    Space::Subscription,
                    name,
                    Guard::of(drop.missing_ok),
                    Behavior::of(drop.behavior),
                    || missing(Space::Subscription, name),
                )
            }
            _ => Ok(()),
        }
    }

    fn create_server(&mut self, create: &CreateForeignServerStmt) -> Result<(), Fault> {
        let Some(name) = create.servername.as_deref() else {
            return Ok(());
        };
        let existing = self.store.find(Oid::DATABASE, Space::Server, name);
        if let (Lookup::Found(_), true) = (existing, create.if_not_exists) {
            return Ok(());
        }
        if let Lookup::Found(_) = existing {
            return Err(exists(Space::Server, name));
        }
        let wrapper = create.fdwname.as_deref();
        self.must_be(Space::Wrapper, wrapper)?;
        if existing == Lookup::Unknown && create.if_not_exists {
            // Of which wrapper it is, is not known.
            self.store
                .add(Object::new(name, Oid::DATABASE, Def::Other(Space::Server)));
            return Ok(());
        }
        let uses =
            match wrapper.map(|wrapper| self.store.find(Oid::DATABASE, Space::Wrapper, wrapper)) {
                Some(Lookup::Found(wrapper)) => vec![Use::of(wrapper)],
                _ => Vec::new(),
            };
        let server = Object::new(name, Oid::DATABASE, Def::Other(Space::Server)).using(uses);
        self.store.add(server);
        Ok(())
    }

    fn create_named(&mut self, space: Space, name: Option<&str>) -> Result<(), Fault> {
        let Some(name) = name else {
            return Ok(());
        };
        if let Lookup::Found(_) = self.store.find(Oid::DATABASE, space, name) {
            return Err(exists(space, name));
        }
        self.store
            .add(Object::new(name, Oid::DATABASE, Def::Other(space)));
        Ok(())
    }

    /// Refuses a name that nothing has; extensions bring wrappers of their own.
    fn must_be(&self, space: Space, name: Option<&str>) -> Result<(), Fault> {
        let Some(name) = name else {
            return Ok(());
        };
        match self.store.find(Oid::DATABASE, space, name) {
            Lookup::Absent if space != Space::Wrapper || !self.has_extensions() => {
                Err(missing(space, name))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether an extension other than those of every database may be there.
    fn has_extensions(&self) -> bool {
        self.store.is_open(Oid::DATABASE)
            || self
                .store
                .within(Oid::DATABASE, Space::Extension)
                .into_iter()
                .any(|oid| &*self.own_name(oid) != "plpgsql")
    }

    /// Opens the schema that foreign tables are imported into.
    fn import_into(&mut self, schema: Option<&str>) -> Result<(), Fault> {
        let Some(schema) = schema else {
            return Ok(());
        };
        let oid = match self.required_schema(schema)? {
            Some(oid) => oid,
            None => self.assume_schema(schema),
        };
        if let Some(schema) = self.store.get_mut(oid) {
            schema.open = true;
        }
        Ok(())
    }
}

fn exists(space: Space, name: &str) -> Fault {
    Fault::new(
        "42710",
        format!("{} \"{name}\" already exists", space.word()),
    )
    .at_name(name)
}

fn missing(space: Space, name: &str) -> Fault {
    Fault::new(
        "42704",
        format!("{} \"{name}\" does not exist", space.word()),
    )
    .at_name(name)
}
