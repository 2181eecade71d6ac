//! Calls of functions, and whether they change the schema.

use super::{dynamic, first_word};
use crate::{
    catalog::{
        Catalog, builtin,
        object::{Def, Fact},
        resolve::is_system_schema,
        store::{Lookup, Openness},
    },
    lexer::{self, Kind},
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

/// What a function that is not there is to a text that calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// No function: the text runs now.
    None,
    /// One that may be made before the text runs.
    MayCome,
}

impl Catalog {
    /// Runs a call of a function for what it may do to the schema.
    pub(in crate::catalog) fn run_call(&mut self, name: Path<'_>) {
        if self.call_changes_schema(name) != Fact::Known(false) {
            self.run_opaque();
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
        if MAKERS.contains(&name.name) || RUNNERS.contains(&name.name) {
            return Fact::Known(true);
        }
        let is_harmless = match name.schema {
            Some(schema) => {
                is_system_schema(schema)
                    || self.is_platform_schema(schema)
                    || builtin::extension_with_routine(name.name).is_some()
            }
            None => {
                builtin::routine(name.name).is_some()
                    || builtin::is_type(name.name)
                    || builtin::extension_with_routine(name.name).is_some()
            }
        };
        // A function that a user may have made where not all is known may do anything.
        if is_harmless { changes } else { Fact::Unknown }
    }

    /// Runs the calls in a text for what they may do to the schema.
    pub(super) fn run_expression(&mut self, text: &str) {
        if dynamic::executes(text) && !dynamic::is_data(text)
            || self.calls_change_schema(text, Missing::None) != Fact::Known(false)
        {
            self.run_opaque();
        }
    }

    /// Says whether a call in a text may change the schema.
    pub(super) fn calls_change_schema(&self, text: &str, missing: Missing) -> Fact<bool> {
        let mut changes = Fact::Known(false);
        for (schema, name) in calls(text) {
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
                && missing == Missing::MayCome
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

/// Lists the names before an opening parenthesis.
fn calls(text: &str) -> Vec<(Option<String>, String)> {
    let words: Vec<(Kind, &str)> = lexer::tokens(text)
        .iter()
        .filter(|token| !token.kind.is_comment())
        .filter_map(|token| Some((token.kind, text.get(token.span.range())?)))
        .collect();
    let name = |at: usize| match words.get(at)? {
        (Kind::Word, word) => Some(word.to_lowercase()),
        (Kind::QuotedName, word) => Some(word.trim_matches('"').replace("\"\"", "\"")),
        _ => None,
    };
    let mut calls = Vec::new();
    let is_insert = first_word(text) == "insert";
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
        calls.push((schema, called));
    }
    calls
}
