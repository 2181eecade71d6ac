//! Routines that are called: what their bodies may do.

use super::{
    plan::{self, Step, When},
    text::Names,
};
use crate::{
    catalog::{
        Catalog,
        describe::FROM_CURRENT,
        object::{Def, Fact},
        resolve::SearchPath,
        store::{Oid, Openness, Shape},
    },
    tree::{List, Node, Path, string},
};

/// So many routines may call each other before it is no longer followed.
const DEEP: usize = 6;

/// The circumstances under which a body runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    /// What is known of parameters and variables.
    pub(super) names: Names,
    /// The routines that are running.
    pub(super) callers: Vec<Oid>,
    pub(super) calls: Calls,
}

/// How often a body runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::catalog) enum Calls {
    /// Once, for certain.
    #[default]
    Once,
    /// Any number of times, or never.
    Any,
}

impl Run {
    /// Returns when a statement runs that does so under a condition of the body.
    pub(super) fn step(&self, step: &Step) -> Step {
        if self.calls == Calls::Once {
            step.clone()
        } else {
            super::maybe(step)
        }
    }
}

impl Catalog {
    /// Runs a call of a function for what it may do to the schema.
    pub(in crate::catalog) fn run_call(&mut self, name: Path<'_>, arguments: &List, calls: Calls) {
        let arguments: Vec<Shape> = arguments.iter().flatten().map(constant).collect();
        let run = Run {
            calls,
            ..Run::default()
        };
        if self.call_changes_schema(name) == Fact::Known(false) {
            return;
        }
        let (found, openness) = self.routines_named(name);
        match found.as_slice() {
            // A strict one does nothing where it is given null.
            [only] if openness == Openness::Closed && !self.is_strict(*only) => {
                self.run_routine(*only, &arguments, &run);
            }
            _ => self.run_called(name, &arguments, &run),
        }
    }

    fn is_strict(&self, oid: Oid) -> bool {
        match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Routine(routine)) => routine
                .attributes
                .iter()
                .any(|attribute| attribute == "strict" || attribute.ends_with(FROM_CURRENT)),
            _ => true,
        }
    }

    /// Runs a trigger's function for what it may do to the schema.
    pub(in crate::catalog) fn run_trigger(&mut self, function: Oid) {
        let run = Run {
            calls: Calls::Any,
            ..Run::default()
        };
        self.run_routine(function, &[], &run);
    }

    pub(super) fn run_called(&mut self, name: Path<'_>, arguments: &[Shape], run: &Run) {
        if self.call_changes_schema(name) == Fact::Known(false) {
            return;
        }
        match self.known_callees(name) {
            Some(found) => {
                let run = Run {
                    calls: Calls::Any,
                    ..run.clone()
                };
                for oid in found {
                    self.run_routine(oid, arguments, &run);
                }
            }
            None => self.run_opaque(),
        }
    }

    pub(super) fn run_routine(&mut self, oid: Oid, arguments: &[Shape], run: &Run) {
        let routine = match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Routine(routine)) if self.store.is_certain(oid) => routine.clone(),
            _ => return self.run_opaque(),
        };
        if routine.changes_schema == Fact::Known(false) {
            return;
        }
        let is_deep = run.callers.contains(&oid) || run.callers.len() >= DEEP;
        let Some(body) = routine.body.filter(|_| !is_deep && self.touches.is_empty()) else {
            return self.run_opaque();
        };
        let mut names = Names::default();
        let inputs = routine
            .arguments
            .iter()
            .filter(|argument| argument.is_input());
        for (index, argument) in inputs.enumerate() {
            let value = arguments.get(index).cloned().unwrap_or_else(Shape::any);
            names.set(format!("${}", index + 1), value.clone());
            if let Some(name) = &argument.name {
                names.set(name.to_string(), value);
            }
        }
        let mut run = Run {
            names,
            callers: run.callers.clone(),
            calls: run.calls,
        };
        run.callers.push(oid);
        let path = self.search_path.clone();
        if routine
            .attributes
            .iter()
            .any(|attribute| attribute.contains("search_path"))
        {
            self.search_path = SearchPath::Unknown;
        }
        self.store.note_opaque();
        match &*routine.language {
            "plpgsql" => self.run_plan(&plan::plan(&body), run),
            "sql" => {
                for text in body.split(';').filter(|text| !text.trim().is_empty()) {
                    self.run_step(
                        &Step {
                            text: text.to_owned(),
                            when: When::Maybe,
                            block: None,
                            place: plan::Place::default(),
                            asked: None,
                        },
                        &run,
                    );
                }
            }
            _ => self.run_opaque(),
        }
        self.search_path = path;
    }
}

/// Returns what is known of an argument: `'a'`, `'a'::text`.
fn constant(node: &Node) -> Shape {
    match node {
        Node::A_Const(literal) => literal
            .val
            .as_ref()
            .and_then(string)
            .map_or_else(Shape::any, Shape::new),
        Node::TypeCast(cast) => match cast.arg.as_ref() {
            Some(inside) if is_text(cast) => constant(inside),
            _ => Shape::any(),
        },
        _ => Shape::any(),
    }
}

/// Returns whether a cast leaves a text as it is.
fn is_text(cast: &crate::tree::TypeCast) -> bool {
    let name = cast
        .typeName
        .as_ref()
        .and_then(|ty| crate::tree::path(&ty.names));
    name.is_some_and(|name| matches!(name.name, "text" | "varchar" | "regclass" | "name"))
}
