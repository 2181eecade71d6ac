//! The function that a trigger calls.

use crate::{
    catalog::{
        Catalog,
        apply::address::written,
        builtin,
        fault::Fault,
        object::{ArgumentMode, Def, Fact, Routine, Space},
        resolve::SearchPath,
        store::{Lookup, Oid, Openness},
        types::{Base, Type},
    },
    tree::{List, Path, path},
};

impl Catalog {
    /// Looks for the function of a trigger: it takes no arguments and returns `trigger`.
    ///
    /// # Errors
    ///
    /// 42883 if it is known not to be there, 3F000 if its schema is, 42P17 if it returns something
    /// else.
    pub(in crate::catalog::apply) fn trigger_function(
        &self,
        names: &List,
    ) -> Result<Fact<Oid>, Fault> {
        let Some(path) = path(names) else {
            return Ok(Fact::Unknown);
        };
        if let Some(missing) = self.missing_schema(path) {
            return Err(missing);
        }
        match self.function_without_arguments(path) {
            Lookup::Found(oid) => {
                if self.store.is_certain(oid) && returns_other(self.routine(oid)) {
                    return Err(Fault::new(
                        "42P17",
                        format!("function {} must return type trigger", written(path)),
                    )
                    .at_name(path.name));
                }
                Ok(Fact::Known(oid))
            }
            Lookup::Unknown => Ok(Fact::Unknown),
            Lookup::Absent => Err(Fault::new(
                "42883",
                format!("function {}() does not exist", written(path)),
            )
            .at_name(path.name)),
        }
    }

    fn function_without_arguments(&self, path: Path<'_>) -> Lookup {
        if builtin::routine(path.name).is_some()
            || builtin::extension_with_routine(path.name).is_some()
        {
            // It may be the system's, or come with an extension.
            let found = self.own_function(path);
            return match found {
                Lookup::Absent => Lookup::Unknown,
                other => other,
            };
        }
        self.own_function(path)
    }

    fn own_function(&self, path: Path<'_>) -> Lookup {
        if let Some(schema) = path.schema {
            return match self.schema(schema) {
                Lookup::Found(schema) => match self.function_in(schema, path.name) {
                    // What was made without a schema is in the role's, if there is one.
                    Lookup::Absent
                        if schema != self.public
                            && self.function_in(self.public, path.name) != Lookup::Absent =>
                    {
                        Lookup::Unknown
                    }
                    lookup => lookup,
                },
                other => other,
            };
        }
        let SearchPath::Known(schemas) = &self.search_path else {
            return Lookup::Unknown;
        };
        for schema in schemas {
            let found = match self.schema(schema) {
                Lookup::Found(schema) => self.function_in(schema, path.name),
                other => other,
            };
            if found != Lookup::Absent {
                return found;
            }
        }
        Lookup::Absent
    }

    fn function_in(&self, schema: Oid, name: &str) -> Lookup {
        let (known, openness) = self.store.find_all(schema, Space::Routine, name);
        let found = known.iter().copied().find(|oid| {
            self.store.is_certain(*oid)
                && self.routine(*oid).is_some_and(|routine| {
                    routine.arguments.iter().all(|argument| {
                        matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table)
                    })
                })
        });
        match (found, openness) {
            (Some(oid), _) => Lookup::Found(oid),
            (None, Openness::Open) => Lookup::Unknown,
            (None, Openness::Closed) if known.iter().any(|oid| !self.store.is_certain(*oid)) => {
                Lookup::Unknown
            }
            (None, Openness::Closed) => Lookup::Absent,
        }
    }

    fn routine(&self, oid: Oid) -> Option<&Routine> {
        match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Routine(routine)) => Some(routine),
            _ => None,
        }
    }
}

fn returns_other(routine: Option<&Routine>) -> bool {
    match routine.and_then(|routine| routine.returns.as_ref()) {
        Some(Type {
            base: Base::Builtin(name),
            ..
        }) => &**name != "trigger",
        _ => false,
    }
}
