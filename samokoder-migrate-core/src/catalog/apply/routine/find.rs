//! From the name of a routine, with or without its arguments, to the routine.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Argument, ArgumentMode, Def, Routine, RoutineKind, Space},
        resolve::SearchPath,
        store::{Lookup, Oid, Openness},
        types::Type,
    },
    tree::{Node, ObjectType, ObjectWithArgs, Path, TypeName, path, strings},
};

/// Routines of one name in one schema that have certain arguments.
#[derive(Debug, Default)]
pub(in crate::catalog) struct Known {
    /// The one with the same arguments.
    pub(in crate::catalog) same: Option<Oid>,
    /// The one that had the same arguments when it was seen last.
    pub(in crate::catalog) seen: Option<Oid>,
    /// Those whose arguments may be the same, as far as they are known.
    pub(in crate::catalog) maybe: Vec<Oid>,
}

/// Whether two lists of types are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sameness {
    Same,
    Maybe,
    Different,
}

impl Catalog {
    /// Looks for a routine by its arguments, or by its name alone; `kind` is that of the statement.
    ///
    /// # Errors
    ///
    /// 42725 if several have the name.
    pub(in crate::catalog) fn find_routine(
        &self,
        written: &ObjectWithArgs,
        kind: ObjectType,
    ) -> Result<Lookup, Fault> {
        let Some(name) = path(&written.objname) else {
            return Ok(Lookup::Unknown);
        };
        let arguments = if written.args_unspecified {
            None
        } else {
            match self.written_types(written) {
                Ok(types) => Some(types),
                Err(_) => return Ok(Lookup::Absent),
            }
        };
        let (schemas, mut openness) = self.schemas_of(name);
        if Self::may_be_builtin_routine(name) {
            openness = Openness::Open;
        }
        let mut found: Vec<Oid> = Vec::new();
        for schema in schemas {
            let (all, more) = self.store.find_all(schema, Space::Routine, name.name);
            if more == Openness::Open {
                openness = Openness::Open;
            }
            for oid in all {
                let Some(Def::Routine(routine)) = self.store.get(*oid).map(|object| &object.def)
                else {
                    openness = Openness::Open;
                    continue;
                };
                if !is_kind(routine, kind) {
                    continue;
                }
                let sameness = match &arguments {
                    Some(types) => named_by(routine, types),
                    // One earlier in the path hides another with the same arguments.
                    None if found.iter().any(|hiding| self.hides(*hiding, routine)) => continue,
                    None => Sameness::Same,
                };
                match sameness {
                    Sameness::Same if !self.store.is_certain(*oid) => openness = Openness::Open,
                    Sameness::Same if arguments.is_some() && openness == Openness::Closed => {
                        return Ok(Lookup::Found(*oid));
                    }
                    Sameness::Same => found.push(*oid),
                    Sameness::Maybe => openness = Openness::Open,
                    Sameness::Different => {}
                }
            }
        }
        match (found.as_slice(), openness) {
            ([], Openness::Closed) => Ok(Lookup::Absent),
            ([only], Openness::Closed) => Ok(Lookup::Found(*only)),
            // By its arguments it is no other's, whatever else there may be of the name.
            ([only], Openness::Open) if arguments.is_some() => Ok(Lookup::Found(*only)),
            ([_, _, ..], _) if arguments.is_none() => {
                let what = word(kind);
                let name = strings(&written.objname).collect::<Vec<_>>().join(".");
                let message = format!("{what} name \"{name}\" is not unique");
                Err(Fault::new("42725", message).at_name(&name).note(format!(
                    "Specify the argument list to select the {what} unambiguously."
                )))
            }
            _ => Ok(Lookup::Unknown),
        }
    }

    /// Looks for a routine that a statement cannot do without; `None` if it is not known.
    ///
    /// # Errors
    ///
    /// 42883 if it is known not to be there, 42704 and 3F000 if a type or a schema in it is, 42725.
    pub(in crate::catalog) fn required_routine(
        &self,
        written: &ObjectWithArgs,
        kind: ObjectType,
    ) -> Result<Option<Oid>, Fault> {
        match self.find_routine(written, kind)? {
            Lookup::Found(oid) => Ok(Some(oid)),
            Lookup::Unknown => Ok(None),
            Lookup::Absent => Err(self.no_routine(written, kind)),
        }
    }

    /// Says in PostgreSQL's words that a routine is not there.
    pub(in crate::catalog) fn no_routine(
        &self,
        written: &ObjectWithArgs,
        kind: ObjectType,
    ) -> Fault {
        let what = word(kind);
        let name = strings(&written.objname).collect::<Vec<_>>().join(".");
        let last = path(&written.objname).map_or("", |path| path.name);
        if let Some(schema) = path(&written.objname).and_then(|path| path.schema)
            && let Err(fault) = self.required_schema(schema)
        {
            return fault;
        }
        if written.args_unspecified {
            let message = format!("could not find a {what} named \"{name}\"");
            return Fault::new("42883", message).at_name(last);
        }
        let types = match self.written_types(written) {
            Ok(types) => types,
            Err(fault) => return fault,
        };
        let types: Vec<String> = types.iter().map(|ty| self.shown_type(ty)).collect();
        let types = if types.is_empty() && kind == ObjectType::OBJECT_AGGREGATE {
            "*".to_owned()
        } else {
            types.join(", ")
        };
        Fault::new("42883", format!("{what} {name}({types}) does not exist")).at_name(last)
    }

    /// Finds the function without arguments that a trigger calls.
    ///
    /// # Errors
    ///
    /// 42883 if it is known not to be there.
    pub(in crate::catalog) fn trigger_function(
        &self,
        name: &crate::tree::List,
    ) -> Result<Option<Oid>, Fault> {
        let written = ObjectWithArgs {
            objname: name.clone(),
            objargs: Vec::new(),
            objfuncargs: Vec::new(),
            args_unspecified: false,
        };
        let kind = ObjectType::OBJECT_FUNCTION;
        match path(name) {
            Some(called)
                if self.find_routine(&written, kind)? == Lookup::Unknown
                    && self.only_extensions_may_have(called) =>
            {
                Err(self.no_routine(&written, kind))
            }
            _ => self.required_routine(&written, kind),
        }
    }

    /// Returns whether a name can be that of a routine in a platform's schema for extensions alone, and
    /// no extension has one of the name. Few have functions for triggers, and those are known.
    fn only_extensions_may_have(&self, name: Path<'_>) -> bool {
        let (None, SearchPath::Known(schemas)) = (name.schema, &self.search_path) else {
            return false;
        };
        let is_free = |called: &str| match self.schema(called) {
            Lookup::Found(schema) if self.is_platform_schema_of_extensions(called) => {
                self.store.find_of_known(schema, Space::Routine, name.name) == Lookup::Absent
            }
            Lookup::Found(schema) => {
                let (all, openness) = self.store.find_all(schema, Space::Routine, name.name);
                all.is_empty() && openness == Openness::Closed
            }
            Lookup::Absent => true,
            Lookup::Unknown => false,
        };
        !Self::may_be_builtin_routine(name)
            && !Self::is_named_after_extension(name.name)
            && schemas.iter().all(|schema| is_free(schema))
    }

    /// Lists the routines of a name, of any arguments, and says whether there may be more.
    pub(in crate::catalog) fn routines_named(&self, name: Path<'_>) -> (Vec<Oid>, Openness) {
        let (schemas, mut openness) = self.schemas_of(name);
        if Self::may_be_builtin_routine(name) {
            openness = Openness::Open;
        }
        let mut found = Vec::new();
        for schema in schemas {
            let (all, more) = self.store.find_all(schema, Space::Routine, name.name);
            found.extend_from_slice(all);
            if more == Openness::Open {
                openness = Openness::Open;
            }
        }
        (found, openness)
    }

    /// Finds the routines of a schema that have a name and the types of these arguments.
    pub(in crate::catalog) fn routines_like(
        &self,
        schema: Oid,
        name: &str,
        arguments: &[Argument],
    ) -> Known {
        let types: Vec<&Type> = inputs(arguments).collect();
        let (all, openness) = self.store.find_all(schema, Space::Routine, name);
        let mut known = Known::default();
        for oid in all {
            let Some(Def::Routine(routine)) = self.store.get(*oid).map(|object| &object.def) else {
                continue;
            };
            match same_types(&inputs(&routine.arguments).collect::<Vec<_>>(), &types) {
                Sameness::Same if openness == Openness::Closed || self.store.is_certain(*oid) => {
                    known.same = Some(*oid);
                }
                Sameness::Same => {
                    known.seen = Some(*oid);
                    known.maybe.push(*oid);
                }
                Sameness::Maybe => known.maybe.push(*oid),
                Sameness::Different => {}
            }
        }
        known
    }

    /// Lists the schemas that a name is looked for in, and says whether those are all.
    fn schemas_of(&self, name: Path<'_>) -> (Vec<Oid>, Openness) {
        if let Some(schema) = name.schema {
            return match self.schema(schema) {
                Lookup::Found(oid) => {
                    // Where it is named as the role that runs the migrations, what was made
                    // without a schema is in it and not in `public`.
                    let (there, _) = self.store.find_all(self.public, Space::Routine, name.name);
                    let openness = if oid != self.public && !there.is_empty() {
                        Openness::Open
                    } else {
                        Openness::Closed
                    };
                    (vec![oid], openness)
                }
                Lookup::Unknown => (Vec::new(), Openness::Open),
                Lookup::Absent => (Vec::new(), Openness::Closed),
            };
        }
        let SearchPath::Known(names) = &self.search_path else {
            return (Vec::new(), Openness::Open);
        };
        let mut schemas = Vec::new();
        let mut openness = Openness::Closed;
        for name in names {
            match self.schema(name) {
                Lookup::Found(oid) => schemas.push(oid),
                Lookup::Unknown => openness = Openness::Open,
                Lookup::Absent => {}
            }
        }
        (schemas, openness)
    }

    fn hides(&self, earlier: Oid, routine: &Routine) -> bool {
        let Some(Def::Routine(earlier)) = self.store.get(earlier).map(|object| &object.def) else {
            return false;
        };
        let types: Vec<&Type> = inputs(&earlier.arguments).collect();
        same_types(&types, &inputs(&routine.arguments).collect::<Vec<_>>()) != Sameness::Different
    }

    fn written_types(&self, written: &ObjectWithArgs) -> Result<Vec<Type>, Fault> {
        written
            .objargs
            .iter()
            .flatten()
            .filter_map(|node| match node {
                Node::TypeName(name) => Some(&**name),
                _ => None,
            })
            .map(|name: &TypeName| {
                let mut ty = self.ty(name)?;
                ty.modifier = "".into();
                Ok(ty)
            })
            .collect()
    }

    /// Returns whether a routine of a name may be there that no statement made: the server's own, or
    /// an extension's.
    pub(in crate::catalog) fn may_be_builtin_routine(name: Path<'_>) -> bool {
        name.schema.is_none() && Self::is_system_name(Space::Routine, name.name)
            || Self::is_extensions_name(Space::Routine, name)
    }
}

/// Holds the types that a statement names against a routine's.
fn named_by(routine: &Routine, types: &[Type]) -> Sameness {
    let types: Vec<&Type> = types.iter().collect();
    let given = same_types(&inputs(&routine.arguments).collect::<Vec<_>>(), &types);
    if routine.kind != RoutineKind::Procedure || given == Sameness::Same {
        return given;
    }
    // A procedure can be named by all its arguments too (chapter "DROP PROCEDURE").
    let all: Vec<&Type> = routine
        .arguments
        .iter()
        .filter(|argument| argument.mode != ArgumentMode::Table)
        .map(|argument| &argument.ty)
        .collect();
    match same_types(&all, &types) {
        Sameness::Different => given,
        _ => Sameness::Maybe,
    }
}

fn inputs(arguments: &[Argument]) -> impl Iterator<Item = &Type> {
    arguments
        .iter()
        .filter(|argument| argument.is_input())
        .map(|argument| &argument.ty)
}

fn same_types(a: &[&Type], b: &[&Type]) -> Sameness {
    if a.len() != b.len() {
        return Sameness::Different;
    }
    let mut sameness = Sameness::Same;
    for (a, b) in a.iter().zip(b) {
        if !a.is_known() || !b.is_known() {
            sameness = Sameness::Maybe;
        } else if a.base != b.base || a.array != b.array {
            return Sameness::Different;
        }
    }
    sameness
}

fn is_kind(routine: &Routine, kind: ObjectType) -> bool {
    match kind {
        ObjectType::OBJECT_PROCEDURE => routine.kind == RoutineKind::Procedure,
        ObjectType::OBJECT_FUNCTION => routine.kind != RoutineKind::Procedure,
        ObjectType::OBJECT_AGGREGATE => routine.kind == RoutineKind::Aggregate,
        _ => true,
    }
}

fn word(kind: ObjectType) -> &'static str {
    match kind {
        ObjectType::OBJECT_PROCEDURE => "procedure",
        ObjectType::OBJECT_AGGREGATE => "aggregate",
        _ => "function",
    }
}
