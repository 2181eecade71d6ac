//! `CREATE EXTENSION`, `ALTER EXTENSION`.

use super::address::Address;
use crate::{
    catalog::{
        Catalog, builtin,
        fault::Fault,
        object::{Def, Extension, Fact, Object, Persistence, Space, Use},
        store::{Lookup, Oid},
    },
    tree::{AlterExtensionContentsStmt, CreateExtensionStmt, DefElem, List, Node, Path, string},
};

impl Catalog {
    pub(super) fn create_extension(&mut self, create: &CreateExtensionStmt) -> Result<(), Fault> {
        let Some(name) = create.extname.as_deref() else {
            return Ok(());
        };
        match self.extension(name) {
            Lookup::Found(_) if create.if_not_exists => return Ok(()),
            Lookup::Found(_) => {
                return Err(
                    Fault::new("42710", format!("extension \"{name}\" already exists"))
                        .at_name(name),
                );
            }
            // Which schema it is in is not known.
            Lookup::Unknown if create.if_not_exists => {
                self.put_extension(name, Fact::Unknown);
                return Ok(());
            }
            Lookup::Absent | Lookup::Unknown => {}
        }
        let known = builtin::extension(name);
        let cascades = options(&create.options).any(|(option, _)| option == "cascade");
        let schema = match option(&create.options, "schema") {
            Some(schema) => self.named_schema(schema)?,
            None => match known.and_then(|known| known.fixed_schema()) {
                Some(schema) => self.schema_or_new(schema),
                None => {
                    let path = Path { schema: None, name };
                    self.creation_schema(path, Persistence::Permanent)?
                }
            },
        };
        if let Some(known) = known {
            for schema in known.schemas() {
                self.schema_or_new(schema);
            }
            if cascades {
                for required in known.requires() {
                    if self.extension(required) != Lookup::Absent {
                        continue;
                    }
                    self.put_extension(required, Fact::Known(schema));
                }
            }
        }
        self.put_extension(name, Fact::Known(schema));
        Ok(())
    }

    pub(super) fn alter_extension(&mut self, node: &Node) -> Result<(), Fault> {
        let (name, contents) = match node {
            Node::AlterExtensionStmt(alter) => (alter.extname.as_deref(), None),
            Node::AlterExtensionContentsStmt(alter) => (alter.extname.as_deref(), Some(alter)),
            _ => (None, None),
        };
        let Some(name) = name else {
            return Ok(());
        };
        let extension = match self.extension(name) {
            Lookup::Found(oid) => oid,
            Lookup::Unknown => self.put_extension(name, Fact::Unknown),
            Lookup::Absent => return Err(no_extension(name)),
        };
        match contents {
            Some(contents) => self.alter_contents(name, extension, contents),
            None => {
                // Another version may hold other things.
                self.open_schemas(extension);
                Ok(())
            }
        }
    }

    /// Looks for an extension; those that every database has are there, but may have been dropped
    /// before the first migration.
    pub(super) fn extension(&self, name: &str) -> Lookup {
        match self.store.find(Oid::DATABASE, Space::Extension, name) {
            Lookup::Absent
                if builtin::extension(name).is_some_and(|known| known.is_preinstalled()) =>
            {
                Lookup::Unknown
            }
            lookup => lookup,
        }
    }

    fn put_extension(&mut self, name: &str, schema: Fact<Oid>) -> Oid {
        let mut uses: Vec<Use> = schema.known().copied().map(Use::of).into_iter().collect();
        for required in builtin::extension(name)
            .iter()
            .flat_map(builtin::Extension::requires)
        {
            if let Lookup::Found(required) = self.extension(required) {
                uses.push(Use::of(required));
            }
        }
        let def = Def::Extension(Extension { schema });
        let oid = self
            .store
            .add(Object::new(name, Oid::DATABASE, def).using(uses));
        let all_known = builtin::extension(name).is_some_and(|known| known.contents_known());
        if !all_known {
            self.open_schemas(oid);
        }
        oid
    }

    /// Records that an extension's schema may hold more than is known.
    fn open_schemas(&mut self, extension: Oid) {
        let schema = match self.store.get(extension).map(|object| &object.def) {
            Some(Def::Extension(extension)) => extension.schema.known().copied(),
            _ => None,
        };
        let schemas = match schema {
            Some(schema) => vec![schema],
            None => self.store.within(Oid::DATABASE, Space::Schema),
        };
        for schema in schemas {
            if self.store.get(schema).is_some_and(|schema| !schema.open)
                && let Some(schema) = self.store.get_mut(schema)
            {
                schema.open = true;
            }
        }
    }

    /// Looks for the schema of `SCHEMA x`.
    fn named_schema(&mut self, name: &str) -> Result<Oid, Fault> {
        Ok(match self.required_schema(name)? {
            Some(oid) => oid,
            None => self.assume_schema(name),
        })
    }

    fn schema_or_new(&mut self, name: &str) -> Oid {
        match self.schema(name) {
            Lookup::Found(oid) => oid,
            Lookup::Unknown => self.assume_schema(name),
            // What an extension makes is known by its name alone.
            Lookup::Absent => self.assume_schema(name),
        }
    }

    fn alter_contents(
        &mut self,
        name: &str,
        extension: Oid,
        alter: &AlterExtensionContentsStmt,
    ) -> Result<(), Fault> {
        let Some(object) = &alter.object else {
            return Ok(());
        };
        let target = match self.address(alter.objtype, object)? {
            Address::Found(target) => target,
            Address::Absent(fault) => return Err(fault),
            Address::Unknown => return Ok(()),
        };
        let member = self
            .store
            .get(target.oid())
            .and_then(|object| object.extension);
        let certain = self.store.is_certain(target.oid());
        let wording = self.wording(target);
        let adds = alter.action > 0;
        let owner = match member {
            Some(owner) if adds && certain => {
                let owner = self
                    .store
                    .get(owner)
                    .map(|owner| owner.name.clone())
                    .unwrap_or_default();
                return Err(Fault::new(
                    "55000",
                    format!("{wording} is already a member of extension \"{owner}\""),
                ));
            }
            None if !adds && certain && !self.store.is_open(extension) => {
                return Err(Fault::new(
                    "55000",
                    format!("{wording} is not a member of extension \"{name}\""),
                ));
            }
            _ => adds.then_some(extension),
        };
        if let Some(object) = self.store.get_mut(target.oid()) {
            object.extension = owner;
        }
        Ok(())
    }

    /// Moves an extension, with what it made, to another schema.
    pub(super) fn move_extension(&mut self, name: &str, to: &str) -> Result<(), Fault> {
        let extension = match self.extension(name) {
            Lookup::Found(oid) => oid,
            Lookup::Absent => return Err(no_extension(name)),
            Lookup::Unknown => self.put_extension(name, Fact::Unknown),
        };
        let schema = self.named_schema(to)?;
        let members: Vec<Oid> = self
            .store
            .all()
            .filter(|(_, object)| object.extension == Some(extension))
            .map(|(oid, _)| oid)
            .collect();
        for member in members {
            if let Some(name) = self.store.get(member).map(|member| member.name.clone()) {
                self.store.rename(member, schema, &name);
            }
        }
        if let Some(object) = self.store.get_mut(extension) {
            object.def = Def::Extension(Extension {
                schema: Fact::Known(schema),
            });
        }
        self.store.set_uses(extension, vec![Use::of(schema)]);
        let all_known = builtin::extension(name).is_some_and(|known| known.contents_known());
        if !all_known {
            self.open_schemas(extension);
        }
        Ok(())
    }
}

/// 42704 in PostgreSQL's words.
fn no_extension(name: &str) -> Fault {
    Fault::new("42704", format!("extension \"{name}\" does not exist")).at_name(name)
}

fn options(list: &List) -> impl Iterator<Item = (&str, &DefElem)> {
    list.iter().flatten().filter_map(|option| match option {
        Node::DefElem(option) => Some((option.defname.as_deref()?, &**option)),
        _ => None,
    })
}

fn option<'a>(list: &'a List, name: &str) -> Option<&'a str> {
    options(list)
        .find(|(known, _)| *known == name)
        .and_then(|(_, option)| string(option.arg.as_ref()?))
}
