//! Calls of functions, and whether they change the schema.

use super::{
    run::Run,
    text::{Word, name, parts, value, words},
};
use crate::{
    catalog::{
        Catalog, builtin,
        object::{Def, Fact},
        resolve::is_system_schema,
        store::{Lookup, Oid, Openness, Shape, is_mark},
    },
    tree::Path,
};

/// Functions of extensions that make or drop objects in users' schemas; all others of the extensions
/// that are known do not.
const MAKERS: &[&str] = &[
    "addgeometrycolumn",
    "dropgeometrycolumn",
    "dropgeometrytable",
    "updategeometrysrid",
    "populate_geometry_columns",
    "create_hypertable",
    "create_distributed_table",
    "create_reference_table",
    "undistribute_table",
    "create_parent",
    "create_partition",
    "dblink_exec",
    "dblink",
    "topology",
    "createtopology",
    "droptopology",
    "addtopogeometrycolumn",
    "droptopogeometrycolumn",
    "create_graph",
    "drop_graph",
    "add_dimension",
    "ulid_create",
    "lo_manage",
    "partman",
    "run_maintenance",
    "schedule",
];

/// The server's own that run what they are given.
const RUNNERS: &[&str] = &[
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "query_to_xmlschema",
    "cursor_to_xml",
    "ts_stat",
];

impl Catalog {
    /// Lists the routines that a call may mean; `None` if there may be others that change the schema.
    pub(super) fn known_callees(&self, name: Path<'_>) -> Option<Vec<Oid>> {
        let (found, openness) = self.routines_named(name);
        let is_known = openness == Openness::Closed || !is_maker(name) && self.is_harmless(name);
        (is_known && !found.is_empty()).then_some(found)
    }

    /// Returns whether a function of a name that no statement made changes no schema.
    fn is_harmless(&self, name: Path<'_>) -> bool {
        let is_extensions = builtin::extension_with_routine(name.name).is_some();
        match name.schema {
            Some(schema) => {
                is_system_schema(schema) || self.is_platform_schema(schema) || is_extensions
            }
            None => {
                builtin::routine(name.name).is_some()
                    || builtin::is_type(name.name)
                    || is_extensions
            }
        }
    }

    /// Says whether a call may change the schema.
    pub(in crate::catalog) fn call_changes_schema(&self, name: Path<'_>) -> Fact<bool> {
        let (found, openness) = self.routines_named(name);
        let mut changes = Fact::Known(false);
        for oid in &found {
            let of_one = match self.store.get(*oid).map(|object| &object.def) {
                Some(Def::Routine(routine)) if self.store.is_certain(*oid) => {
                    routine.changes_schema.clone()
                }
                _ => Fact::Unknown,
            };
            match of_one {
                Fact::Known(true) => return of_one,
                Fact::Unknown => changes = Fact::Unknown,
                Fact::Known(false) => {}
            }
        }
        if openness == Openness::Closed || changes == Fact::Unknown {
            return changes;
        }
        if is_maker(name) {
            return Fact::Known(true);
        }
        // A function that a user may have made where not all is known may do anything.
        if self.is_harmless(name) {
            changes
        } else {
            Fact::Unknown
        }
    }

    /// Runs the calls in a text for what they may do to the schema.
    pub(super) fn run_calls(&mut self, text: &str, run: &Run) {
        let words = words(text);
        for call in calls(&words) {
            let path = Path {
                schema: call.schema.as_deref(),
                name: &call.name,
            };
            if call.name.contains(is_mark) {
                self.run_any_call(&call);
                continue;
            }
            let (found, _) = self.routines_named(path);
            let is_name = found.is_empty() && self.is_relation(path)
                || found.is_empty() && path.schema.is_none() && crate::sql::is_keyword(&call.name);
            if is_name {
                continue;
            }
            let arguments: Vec<Shape> = parts(call.arguments, ",")
                .into_iter()
                .map(|argument| {
                    // `name => value` stands in another's place.
                    let is_named = argument
                        .iter()
                        .any(|(_, word)| matches!(*word, "=>" | ":="));
                    if is_named {
                        Shape::any()
                    } else {
                        value(argument, &run.names)
                    }
                })
                .collect();
            self.run_called(path, &arguments, run);
        }
    }

    /// Runs a call of which the name is known in parts: `make_…(1)`.
    fn run_any_call(&mut self, call: &Call<'_, '_>) {
        let shape = Shape::new(call.name.clone());
        let changes = self.store.all().any(|(_, object)| match &object.def {
            Def::Routine(routine) => {
                shape.matches(&object.name) && routine.changes_schema != Fact::Known(false)
            }
            _ => false,
        });
        if changes {
            self.run_opaque();
        }
    }

    /// Says whether a call in a text may change the schema when the text runs: a function that is not
    /// there yet may be made before.
    pub(super) fn calls_change_schema(&self, text: &str) -> Fact<bool> {
        let mut changes = Fact::Known(false);
        for Call { schema, name, .. } in calls(&words(text)) {
            let path = Path {
                schema: schema.as_deref(),
                name: &name,
            };
            let (found, openness) = self.routines_named(path);
            if found.is_empty() && schema.is_none() && crate::sql::is_keyword(&name) {
                continue;
            }
            if found.is_empty()
                && openness == Openness::Closed
                && !builtin::is_type(&name)
                && !self.is_relation(path)
            {
                changes = Fact::Unknown;
            }
            match self.call_changes_schema(path) {
                Fact::Known(true) => return Fact::Known(true),
                Fact::Unknown if !self.is_relation(path) => changes = Fact::Unknown,
                _ => {}
            }
        }
        changes
    }

    /// `INSERT INTO t (a)` looks like a call.
    fn is_relation(&self, path: Path<'_>) -> bool {
        let lookup = self.look(crate::catalog::object::Space::Relation, path);
        matches!(lookup, Lookup::Found(_))
    }
}

/// Returns whether a function that is not the user's changes users' schemas, or runs what it is given.
fn is_maker(name: Path<'_>) -> bool {
    MAKERS.contains(&name.name) || RUNNERS.contains(&name.name)
}

/// A name before an opening parenthesis.
struct Call<'w, 'a> {
    schema: Option<String>,
    name: String,
    arguments: &'w [Word<'a>],
}

/// Lists the calls in a text, inner ones too.
fn calls<'w, 'a>(words: &'w [Word<'a>]) -> Vec<Call<'w, 'a>> {
    let name = |at: usize| words.get(at).copied().and_then(name);
    let mut calls = Vec::new();
    let is_insert = words
        .first()
        .is_some_and(|(_, first)| first.eq_ignore_ascii_case("insert"));
    for (at, (_, word)) in words.iter().enumerate() {
        let Some(before) = at.checked_sub(1).filter(|_| *word == "(") else {
            continue;
        };
        let Some(called) = name(before) else {
            continue;
        };
        let is_qualified = before
            .checked_sub(1)
            .and_then(|dot| words.get(dot))
            .is_some_and(|(_, dot)| *dot == ".");
        let start = if is_qualified {
            before.saturating_sub(2)
        } else {
            before
        };
        // The table of `INSERT INTO t (a)`.
        if is_insert && start == 2 {
            continue;
        }
        let schema = is_qualified.then(|| name(start)).flatten();
        let rest = words.get(at + 1..).unwrap_or_default();
        let mut depth = 1usize;
        let end = rest.iter().position(|(_, word)| {
            match *word {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        calls.push(Call {
            schema,
            name: called,
            arguments: rest.get(..end.unwrap_or(rest.len())).unwrap_or_default(),
        });
    }
    calls
}
