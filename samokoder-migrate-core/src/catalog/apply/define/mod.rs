//! Aggregates, operators, casts, text search, statistics, …: most are known by name alone.

mod aggregate;
mod statistics;
#[cfg(test)]
mod tests;

use super::type_def::IsShell;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::written,
        object::{Def, Object, Persistence, Space, Use},
        store::{Lookup, Oid},
    },
    tree::{CreateCastStmt, DefineStmt, List, Node, ObjectType, TypeName, path},
};

/// What a name that is taken means for a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Refused,
    /// IF NOT EXISTS, OR REPLACE.
    Kept,
}

impl Taken {
    fn kept(kept: bool) -> Self {
        if kept { Self::Kept } else { Self::Refused }
    }
}

impl Catalog {
    pub(super) fn define(&mut self, define: &DefineStmt) -> Result<(), Fault> {
        let taken = Taken::kept(define.if_not_exists || define.replace);
        let (space, constraint) = match define.kind {
            ObjectType::OBJECT_TYPE => {
                let is_shell = if define.definition.is_empty() {
                    IsShell::Yes
                } else {
                    IsShell::No
                };
                return self.define_base_type(&define.defnames, is_shell);
            }
            ObjectType::OBJECT_AGGREGATE => return self.create_aggregate(define),
            ObjectType::OBJECT_OPERATOR => {
                return self.make_shared(Space::Operator, &define.defnames);
            }
            ObjectType::OBJECT_COLLATION => {
                // The message tells the encoding of the database too, for a provider that has one.
                return self.make(Space::Collation, &define.defnames, taken, |name| {
                    Fault::new("42710", format!("collation \"{name}\" already exists"))
                });
            }
            ObjectType::OBJECT_TSCONFIGURATION => {
                (Space::TextSearchConfiguration, "pg_ts_config_cfgname_index")
            }
            ObjectType::OBJECT_TSDICTIONARY => {
                (Space::TextSearchDictionary, "pg_ts_dict_dictname_index")
            }
            ObjectType::OBJECT_TSPARSER => (Space::TextSearchParser, "pg_ts_parser_prsname_index"),
            ObjectType::OBJECT_TSTEMPLATE => {
                (Space::TextSearchTemplate, "pg_ts_template_tmplname_index")
            }
            _ => return Ok(()),
        };
        self.make(space, &define.defnames, taken, |_| {
            Fault::new(
                "23505",
                format!("duplicate key value violates unique constraint \"{constraint}\""),
            )
        })
    }

    pub(super) fn define_other(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::CreateStatsStmt(create) => self.create_statistics(create),
            Node::AlterStatsStmt(alter) => {
                let missing = |name: &str| {
                    Fault::new(
                        "42704",
                        format!("statistics object \"{name}\" does not exist"),
                    )
                };
                match self.need(Space::Statistics, &alter.defnames, missing) {
                    Err(_) if alter.missing_ok => Ok(()),
                    done => done,
                }
            }
            Node::AlterTSConfigurationStmt(alter) => {
                self.need(Space::TextSearchConfiguration, &alter.cfgname, |name| {
                    Fault::new(
                        "42704",
                        format!("text search configuration \"{name}\" does not exist"),
                    )
                })
            }
            Node::AlterTSDictionaryStmt(alter) => {
                self.need(Space::TextSearchDictionary, &alter.dictname, |name| {
                    Fault::new(
                        "42704",
                        format!("text search dictionary \"{name}\" does not exist"),
                    )
                })
            }
            Node::CreateConversionStmt(create) => self.make(
                Space::Conversion,
                &create.conversion_name,
                Taken::Refused,
                |name| Fault::new("42710", format!("conversion \"{name}\" already exists")),
            ),
            Node::CreateOpClassStmt(create) => {
                self.make_shared(Space::OperatorFamily, &create.opclassname)?;
                self.make_shared(Space::OperatorClass, &create.opclassname)
            }
            Node::CreateOpFamilyStmt(create) => {
                self.make_shared(Space::OperatorFamily, &create.opfamilyname)
            }
            Node::CreateEventTrigStmt(create) => {
                let uses = self.trigger_function(&create.funcname)?.map(Use::of);
                let name = create.trigname.as_deref().unwrap_or_default();
                self.make_global(Space::EventTrigger, "event trigger", name, Taken::Refused)
                    .map(|made| {
                        if let Some(made) = made {
                            self.store.add_uses(made, uses);
                        }
                    })
            }
            Node::AlterEventTrigStmt(alter) => {
                let name = alter.trigname.as_deref().unwrap_or_default();
                match self.store.find(Oid::DATABASE, Space::EventTrigger, name) {
                    Lookup::Absent => {
                        let message = format!("event trigger \"{name}\" does not exist");
                        Err(Fault::new("42704", message).at_name(name))
                    }
                    _ => Ok(()),
                }
            }
            Node::CreateAmStmt(create) => {
                let name = create.amname.as_deref().unwrap_or_default();
                self.make_global(Space::AccessMethod, "access method", name, Taken::Refused)
                    .map(|_| ())
            }
            Node::CreatePLangStmt(create) => {
                let name = create.plname.as_deref().unwrap_or_default();
                self.make_global(Space::Language, "language", name, Taken::Kept)
                    .map(|_| ())
            }
            Node::CreateCastStmt(create) => self.create_cast(create),
            _ => Ok(()),
        }
    }

    fn create_cast(&mut self, create: &CreateCastStmt) -> Result<(), Fault> {
        let mut uses = Vec::new();
        for written in [&create.sourcetype, &create.targettype]
            .into_iter()
            .flatten()
        {
            uses.extend(self.ty(written)?.own_type().map(Use::of));
        }
        if let Some(function) = &create.func {
            let kind = ObjectType::OBJECT_FUNCTION;
            uses.extend(self.required_routine(function, kind)?.map(Use::of));
        }
        let name = self.cast_name(create.sourcetype.as_deref(), create.targettype.as_deref());
        if let Some(name) = name {
            if self.is_taken(Oid::DATABASE, Space::Cast, &name)
                && self.cast_of(&name, &uses).is_some()
            {
                return Err(Fault::new(
                    "42710",
                    format!("cast from type {name} already exists"),
                ));
            }
            let cast = Object::new(name, Oid::DATABASE, Def::Other(Space::Cast));
            self.store.add(cast.using(uses));
        }
        Ok(())
    }

    /// Looks for a cast by its name and its own types: they may have been renamed since.
    pub(in crate::catalog::apply) fn cast_of(&self, name: &str, uses: &[Use]) -> Option<Oid> {
        let (casts, _) = self.store.find_all(Oid::DATABASE, Space::Cast, name);
        let types = |uses: &[Use]| -> Vec<Oid> {
            let all = uses.iter().map(|r#use| r#use.what);
            all.filter(|what| self.type_kind(*what).is_some()).collect()
        };
        let is_it = |cast: Oid| {
            self.store
                .get(cast)
                .is_some_and(|cast| types(&cast.uses) == types(uses))
        };
        casts.iter().copied().find(|cast| is_it(*cast))
    }

    /// Returns what a cast goes by: `st to type integer`; `None` if its types are not known.
    pub(in crate::catalog) fn cast_name(
        &self,
        source: Option<&TypeName>,
        target: Option<&TypeName>,
    ) -> Option<String> {
        let text = |written: Option<&TypeName>| {
            let ty = self.ty(written?).ok()?;
            ty.is_known().then(|| self.shown_type(&ty))
        };
        Some(format!("{} to type {}", text(source)?, text(target)?))
    }

    /// Makes an object that is known by its name in a schema.
    fn make(
        &mut self,
        space: Space,
        names: &List,
        taken: Taken,
        refusal: impl FnOnce(&str) -> Fault,
    ) -> Result<(), Fault> {
        let Some(written) = path(names) else {
            return Ok(());
        };
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        match self.store.find(schema, space, written.name) {
            _ if taken == Taken::Refused && self.is_taken(schema, space, written.name) => {
                Err(refusal(written.name).at_name(written.name))
            }
            Lookup::Found(_) if taken == Taken::Kept => Ok(()),
            before => {
                self.store
                    .add(Object::new(written.name, schema, Def::Other(space)));
                if before == Lookup::Unknown && taken == Taken::Kept {
                    self.store.blur_name(schema, space, written.name);
                }
                Ok(())
            }
        }
    }

    /// Makes one of several objects that share a name, told apart by what is not modelled.
    fn make_shared(&mut self, space: Space, names: &List) -> Result<(), Fault> {
        let Some(written) = path(names) else {
            return Ok(());
        };
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        if self.store.find(schema, space, written.name) != Lookup::Absent {
            self.store.blur_name(schema, space, written.name);
            return Ok(());
        }
        self.store
            .add(Object::new(written.name, schema, Def::Other(space)));
        Ok(())
    }

    /// Makes an object of the database; `None` if there is one.
    fn make_global(
        &mut self,
        space: Space,
        what: &str,
        name: &str,
        taken: Taken,
    ) -> Result<Option<Oid>, Fault> {
        if self.is_taken(Oid::DATABASE, space, name) {
            return match taken {
                Taken::Kept => Ok(None),
                Taken::Refused => {
                    let message = format!("{what} \"{name}\" already exists");
                    Err(Fault::new("42710", message).at_name(name))
                }
            };
        }
        let object = Object::new(name, Oid::DATABASE, Def::Other(space));
        Ok(Some(self.store.add(object)))
    }

    /// Makes sure that there is what a statement changes.
    fn need(
        &self,
        space: Space,
        names: &List,
        missing: impl FnOnce(&str) -> Fault,
    ) -> Result<(), Fault> {
        let Some(name) = path(names) else {
            return Ok(());
        };
        match self.look(space, name) {
            Lookup::Absent => Err(missing(&written(name)).at_name(name.name)),
            Lookup::Found(_) | Lookup::Unknown => Ok(()),
        }
    }
}
