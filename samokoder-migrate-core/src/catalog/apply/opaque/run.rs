//! Routines that are called: what their bodies may do.

use super::{
    plan::{self, Step, When},
    text::Names,
};
use crate::{
    catalog::{
        Catalog,
        object::{Def, Fact},
        resolve::SearchPath,
        store::{Oid, Shape},
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
    /// The routines that are running; none for a block, which runs once and for certain.
    pub(super) callers: Vec<Oid>,
}

impl Run {
    /// Returns when a statement runs that does so under a condition of the body.
    pub(super) fn step(&self, step: &Step) -> Step {
        if self.callers.is_empty() {
            step.clone()
        } else {
            super::maybe(step)
        }
    }
}

impl Catalog {
    /// Runs a call of a function for what it may do to the schema.
    pub(in crate::catalog) fn run_call(&mut self, name: Path<'_>, arguments: &List) {
        let arguments: Vec<Shape> = arguments.iter().flatten().map(constant).collect();
        self.run_called(name, &arguments, &Run::default());
    }

    /// Runs a trigger's function for what it may do to the schema.
    pub(in crate::catalog) fn run_trigger(&mut self, function: Oid) {
        self.run_routine(function, &[], &Run::default());
    }

    pub(super) fn run_called(&mut self, name: Path<'_>, arguments: &[Shape], run: &Run) {
        if self.call_changes_schema(name) == Fact::Known(false) {
            return;
        }
        match self.known_callees(name) {
            Some(found) => {
                for oid in found {
                    self.run_routine(oid, arguments, run);
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
        let inputs = routine.arguments.iter().filter(|argument| argument.is_input());
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
        };
        run.callers.push(oid);
        let path = self.search_path.clone();
        if routine.attributes.iter().any(|attribute| attribute.contains("search_path")) {
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
    let name = cast.typeName.as_ref().and_then(|ty| crate::tree::path(&ty.names));
    name.is_some_and(|name| matches!(name.name, "text" | "varchar" | "regclass" | "name"))
}
