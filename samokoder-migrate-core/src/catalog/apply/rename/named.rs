//! Schemas, and what is known by its name alone.

use super::{found, object_path};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::Space,
        store::{Lookup, Oid},
    },
    tree::{ObjectType as Kind, Path, RenameStmt},
};

impl Catalog {
    pub(super) fn rename_schema(&mut self, rename: &RenameStmt, new: &str) -> Result<(), Fault> {
        let old = rename.subname.as_deref().unwrap_or_default();
        let Some(oid) = self.required_schema(old)? else {
            self.blur_names_in(Oid::DATABASE, Space::Schema, &[old, new]);
            return Ok(());
        };
        if let Lookup::Found(taken) = self.store.find(Oid::DATABASE, Space::Schema, new)
            && self.store.is_certain(taken)
        {
            return Err(
                Fault::new("42P06", format!("schema \"{new}\" already exists")).at_name(new),
            );
        }
        if new.starts_with("pg_") {
            return Err(
                Fault::new("42939", format!("unacceptable schema name \"{new}\""))
                    .at_name(new)
                    .note("the prefix \"pg_\" is reserved for system schemas"),
            );
        }
        self.store.rename(oid, Oid::DATABASE, &new.into());
        Ok(())
    }

    pub(super) fn rename_named(&mut self, rename: &RenameStmt, new: &str) -> Result<(), Fault> {
        let Some(space) = space(rename.renameType) else {
            return Ok(());
        };
        let path = match rename.subname.as_deref() {
            Some(name) => Path { schema: None, name },
            None => match object_path(rename.object.as_ref()) {
                // Those of an access method are named after it.
                Some(path) if matches!(space, Space::OperatorClass | Space::OperatorFamily) => {
                    Path {
                        schema: None,
                        ..path
                    }
                }
                Some(path) => path,
                None => return Ok(()),
            },
        };
        if !is_of_database(space) {
            return self.rename_in_schema(space, path, new);
        }
        let lookup = self.store.find(Oid::DATABASE, space, path.name);
        if let Some(oid) = found(lookup) {
            if let Lookup::Found(taken) = self.store.find(Oid::DATABASE, space, new)
                && self.store.is_certain(taken)
            {
                return Err(Fault::new(
                    "42710",
                    format!("{} \"{new}\" already exists", noun(space)),
                )
                .at_name(new));
            }
            self.store.rename(oid, Oid::DATABASE, &new.into());
            return Ok(());
        }
        // Roles and tablespaces are of the whole cluster, and some languages are always there.
        let closed = matches!(
            space,
            Space::Publication
                | Space::Subscription
                | Space::Server
                | Space::Wrapper
                | Space::EventTrigger
        );
        if lookup == Lookup::Absent && closed {
            return Err(Fault::new(
                "42704",
                format!("{} \"{}\" does not exist", noun(space), path.name),
            )
            .at_name(path.name));
        }
        self.blur_names_in(Oid::DATABASE, space, &[path.name, new]);
        Ok(())
    }

    fn rename_in_schema(&mut self, space: Space, path: Path<'_>, new: &str) -> Result<(), Fault> {
        if let Some(schema) = path.schema {
            self.required_schema(schema)?;
        }
        let within =
            found(self.look(space, path)).and_then(|oid| Some((oid, self.store.get(oid)?.within)));
        match within {
            Some((oid, schema)) if !space.shares_names() => {
                self.store.rename(oid, schema, &new.into());
            }
            _ => self.blur_names(space, path.schema, &[path.name, new]),
        }
        Ok(())
    }
}

pub(super) fn space(kind: Kind) -> Option<Space> {
    Some(match kind {
        Kind::OBJECT_ROLE => Space::Role,
        Kind::OBJECT_LANGUAGE => Space::Language,
        Kind::OBJECT_ACCESS_METHOD => Space::AccessMethod,
        Kind::OBJECT_EVENT_TRIGGER => Space::EventTrigger,
        Kind::OBJECT_PUBLICATION => Space::Publication,
        Kind::OBJECT_SUBSCRIPTION => Space::Subscription,
        Kind::OBJECT_FDW => Space::Wrapper,
        Kind::OBJECT_FOREIGN_SERVER => Space::Server,
        Kind::OBJECT_TABLESPACE => Space::Tablespace,
        Kind::OBJECT_OPERATOR => Space::Operator,
        Kind::OBJECT_OPCLASS => Space::OperatorClass,
        Kind::OBJECT_OPFAMILY => Space::OperatorFamily,
        Kind::OBJECT_COLLATION => Space::Collation,
        Kind::OBJECT_CONVERSION => Space::Conversion,
        Kind::OBJECT_STATISTIC_EXT => Space::Statistics,
        Kind::OBJECT_TSCONFIGURATION => Space::TextSearchConfiguration,
        Kind::OBJECT_TSDICTIONARY => Space::TextSearchDictionary,
        Kind::OBJECT_TSPARSER => Space::TextSearchParser,
        Kind::OBJECT_TSTEMPLATE => Space::TextSearchTemplate,
        _ => return None,
    })
}

fn is_of_database(space: Space) -> bool {
    matches!(
        space,
        Space::Role
            | Space::Language
            | Space::AccessMethod
            | Space::EventTrigger
            | Space::Publication
            | Space::Subscription
            | Space::Wrapper
            | Space::Server
            | Space::Tablespace
    )
}

fn noun(space: Space) -> &'static str {
    match space {
        Space::Role => "role",
        Space::Language => "language",
        Space::AccessMethod => "access method",
        Space::EventTrigger => "event trigger",
        Space::Publication => "publication",
        Space::Subscription => "subscription",
        Space::Wrapper => "foreign-data wrapper",
        Space::Server => "server",
        _ => "tablespace",
    }
}
